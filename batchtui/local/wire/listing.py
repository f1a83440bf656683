"""Lists: their query, their pages, and the token that leads from one page to the next."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from batchtui.local.errors import invalid_query
from batchtui.local.wire.filters import Filter, Kind, parse

LARGEST = 1000
_TOKEN = "WATV2:"  # noqa: S105, the prefix of a continuation token

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a client asked of a list.

    `after` is the place of the last thing on the page before, empty at the start: a page is found
    by key, so what is added or deleted meanwhile never shifts another page.
    """

    limit: int = LARGEST
    after: str = ""
    chosen: frozenset[str] = frozenset()
    filter: Filter | None = None


def read(
    query: Mapping[str, str], properties: Mapping[str, Kind], *, largest: int = LARGEST
) -> Listing:
    """Read `maxresults`, `$select`, `$filter` and `$skiptoken`; 400 with the reason if wrong."""
    text = query.get("$filter", "")
    return Listing(
        limit=_limit(query.get("maxresults"), largest),
        after=_decode(query.get("$skiptoken") or query.get("$skipToken") or ""),
        chosen=selected(query),
        filter=parse(text, properties) if text.strip() else None,
    )


def selected(query: Mapping[str, str]) -> frozenset[str]:
    """The members that `$select` names; none means all."""
    names = (name.strip() for name in query.get("$select", "").split(","))
    return frozenset(name for name in names if name)


def choose(thing: Json, chosen: frozenset[str]) -> Json:
    """A thing with the chosen members only, in their own order."""
    return {name: thing[name] for name in thing if name in chosen} if chosen else thing


def page(
    kind: str, base: str, path: str, query: Mapping[str, str], things: Iterable[Json], last: str
) -> Json:
    """One page; `last` is the place of its last thing if there are more after it, else empty."""
    body: Json = {"odata.metadata": f"{base}/$metadata#{kind}", "value": list(things)}
    if last:
        kept = {n: v for n, v in query.items() if n.lower() not in ("$skiptoken", "timeout")}
        pairs = [f"{quote(n, safe='$')}={quote(v)}" for n, v in kept.items()]
        # The service leaves the token itself unescaped.
        body["odata.nextLink"] = f"{base}{path}?{'&'.join([*pairs, f'$skiptoken={_encode(last)}'])}"
    return body


def _limit(text: str | None, largest: int) -> int:
    if text is None or not text.strip():
        return largest
    try:
        number = int(text)
    except ValueError:
        raise invalid_query("maxresults", text, "MaxResults is not an integer") from None
    if number < 1:
        raise invalid_query("maxresults", text, "MaxResults cannot be less than 1")
    if number > LARGEST:
        raise invalid_query("maxresults", text, f"MaxResults cannot be more than {LARGEST}")
    return number


def _encode(place: str) -> str:
    return _TOKEN + base64.urlsafe_b64encode(place.encode()).decode()


def _decode(token: str) -> str:
    if not token:
        return ""
    try:
        return base64.b64decode(token.removeprefix(_TOKEN).encode(), b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        raise invalid_query("$skiptoken", token, "It is not a token of this service") from None
