"""Shared-key signatures, checked on the raw request: no byte of it is decoded first."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, unquote_to_bytes

from batchtui.local.errors import ServiceError
from batchtui.local.wire.times import parse_http_date

SKEW = timedelta(minutes=15)

_SIGNED = (
    "content-encoding", "content-language", "content-length", "content-md5", "content-type",
    "date", "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range",
)  # fmt: skip


def string_to_sign(method: str, target: str, headers: Mapping[str, str], account: str) -> str:
    """What the client signed. `target` is the request's path and query as they came in."""
    path, _, query = target.partition("?")
    lowered = {name.lower(): value for name, value in headers.items()}
    if method not in ("GET", "HEAD"):
        lowered.setdefault("content-length", "0")
    lines = [method, *(lowered.get(name, "") for name in _SIGNED)]
    lines += [f"{name}:{value}" for name, value in sorted(lowered.items()) if "ocp-" in name]
    lines.append(f"/{account}{path}")
    values = parse_qs(query)
    lines += [f"{name}:{values[name][0]}" for name in sorted(values)]
    return "\n".join(lines)


def signature(key: str, text: str) -> str:
    """The base64 of the HMAC-SHA256 of `text` under the base64 `key`."""
    digest = hmac.digest(
        base64.b64decode(key), text.encode("utf-8", "surrogateescape"), hashlib.sha256
    )
    return base64.b64encode(digest).decode()


def verify(
    method: str,
    target: str,
    headers: Mapping[str, str],
    *,
    account: str,
    key: str,
    now: datetime | None = None,
) -> None:
    """Let a request pass, or raise the service's own error for it.

    400 MissingRequiredHeader without an Authorization, 403 AuthenticationFailed (with the string
    that was to be signed) for a wrong one, and for a date that is too far off.
    """
    authorization = headers.get("Authorization")
    if not authorization:
        raise ServiceError("MissingRequiredHeader", ("HeaderName", "Authorization"))
    scheme, _, credential = authorization.partition(" ")
    name, _, given = credential.rpartition(":")
    if scheme.lower() != "sharedkey" or not name:
        raise _refused("The Authorization header is not of the form 'SharedKey account:signature'.")
    if name != account:
        raise _refused(f"Cannot find the claimed account '{name}': this is '{account}'.")
    _check_age(headers, now or datetime.now(UTC))
    texts = _signable(method, target, headers, name)
    text = next(texts)
    if not any(_same(given, signature(key, each)) for each in (text, *texts)):
        raise _refused(
            f"The MAC signature found in the HTTP request '{given}' is not the same as any computed"
            f" signature. Server used following string to sign: '{text}'."
        )


def _signable(method: str, target: str, headers: Mapping[str, str], account: str) -> Iterator[str]:
    """What clients sign of one and the same request; the first is what the service names."""
    yield string_to_sign(method, target, headers, account)
    # Without a body and a Content-Length, the SDKs for Python sign a 0 and that for JavaScript
    # nothing.
    yield string_to_sign(method, target, {"Content-Length": "", **headers}, account)
    # aiohttp sends a scheduled job's %3A, which the SDK for Python has signed, as a colon.
    path, mark, query = target.partition("?")
    quoted = "/".join(quote(unquote_to_bytes(part), safe="") for part in path.split("/"))
    if quoted != path:
        yield string_to_sign(method, f"{quoted}{mark}{query}", headers, account)


def _check_age(headers: Mapping[str, str], now: datetime) -> None:
    date = headers.get("ocp-date") or headers.get("Date")
    if not date:
        raise _refused("The request has neither an ocp-date nor a Date header.")
    try:
        sent = parse_http_date(date)
    except ValueError:
        raise _refused(f"The date '{date}' is not in the format of RFC 1123.") from None
    if abs(now - sent) > SKEW:
        raise _refused(
            f"The date '{date}' is more than 15 minutes away from the server's,"
            f" {now:%a, %d %b %Y %H:%M:%S} GMT."
        )


def _same(given: str, computed: str) -> bool:
    try:
        return hmac.compare_digest(
            base64.b64decode(given, validate=True), base64.b64decode(computed)
        )
    except (binascii.Error, ValueError):
        return False


def _refused(detail: str) -> ServiceError:
    return ServiceError("AuthenticationFailed", ("AuthenticationErrorDetail", detail))
