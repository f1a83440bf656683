"""Why a service refused a request, out of whatever came as its answer."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from batchtui.core.redact import redacted

LONGEST = 1000
"""Characters of a text that no service of Azure wrote, and of a member with an unknown shape."""

_NOISE = re.compile(r"^\s*(RequestId|Time|ErrorCode|Content)\s*:", re.IGNORECASE)
_WEB_PAGE = re.compile(rb"\s*(<!doctype\s+html|<html|<head|<body)", re.IGNORECASE)
_ELEMENT = re.compile(r"<(\w+)>([^<]*)</\1>")


@dataclass(frozen=True, slots=True)
class Refusal:
    """`code` is the service's name for the error, `details` what it says of single members."""

    code: str = ""
    message: str = ""
    details: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """What to write after a colon; empty where the service gives no reason."""
        named = redacted("; ".join(self.details))
        return ": ".join(filter(None, (sentence(self.message), named)))

    @property
    def sentence(self) -> str:
        """The reason with the service's name for it."""
        return f"{self.reason or 'no reason given'} ({self.code})" if self.code else self.reason


def read_refusal(body: bytes) -> Refusal:
    """The error of a Batch service (JSON), a storage service (XML or JSON) or a proxy (text).

    Nothing is expected of its shape: a member that is not as documented is shown as it came.
    """
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    if text[:1] in (b"{", b"["):
        try:
            # As text, with what is no UTF-8 in it replaced: msgspec refuses such bytes as a whole.
            return refusal_of(msgspec.json.decode(text.decode("utf-8", "replace")))
        except (msgspec.DecodeError, RecursionError):
            return Refusal()
    if is_web_page(text):
        return Refusal()
    plain = text[:65536].decode("utf-8", "replace")
    if plain.startswith("<"):
        found = {name.lower(): html.unescape(value) for name, value in _ELEMENT.findall(plain)}
        return Refusal(found.get("code", ""), found.get("message", ""))
    return Refusal(message=plain[:LONGEST])


def is_web_page(body: bytes) -> bool:
    return _WEB_PAGE.match(body.removeprefix(b"\xef\xbb\xbf")) is not None


def sentence(text: str) -> str:
    """One line without the request's id and time, to stand after a colon."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not _NOISE.match(line)]
    joined = redacted(" ".join(lines)).rstrip(".")
    return joined[:1].lower() + joined[1:] if joined[1:2].islower() else joined


def refusal_of(answer: object) -> Refusal:
    """`{"code": …, "message": {"value": …}, "values": […]}`; storage puts it into an `error`."""
    root = answer if isinstance(answer, Mapping) else {}
    for name in ("error", "odata.error"):
        if isinstance(root.get(name), Mapping):
            root = root[name]
    if not ("code" in root or "message" in root):
        return Refusal(message=as_text(answer))
    return Refusal(as_text(root.get("code")), as_text(root.get("message")), tuple(_details(root)))


def _details(root: Mapping[str, Any]) -> list[str]:
    values = root.get("values") or root.get("details") or []
    texts = [detail_text(value) for value in (values if isinstance(values, list) else [values])]
    return [text for text in texts if text]


def detail_text(value: object) -> str:
    """`vmSize small` of what a service says about a member."""
    if not isinstance(value, Mapping):
        return as_text(value)
    name = as_text(value.get("key") or value.get("name") or value.get("code"))
    said = as_text(value.get("value") or value.get("message"))
    # What is wrong in a formula, with its place, comes under this name, which is no member's.
    return said if name == "Message" else f"{name} {said}".strip()


def as_text(value: object) -> str:
    """A text as it stands, the text within `{"lang": …, "value": …}`; other values as JSON."""
    if isinstance(value, Mapping) and "value" in value:
        value = value["value"]
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()[:LONGEST]
