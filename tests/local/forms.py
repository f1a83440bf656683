"""What values look like, so that ours can be held against those of the real service."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

_FORMS = (
    ("time", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,6}[1-9])?Z"),
    ("duration", r"P(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"),
    ("etag", r"0x[0-9A-F]{15}"),
    ("url", r"https?://.+"),
    ("affinity", r"TVM:.+"),
    ("address", r"\d+\.\d+\.\d+\.\d+"),
    ("number", r"\d+"),
)


def form(value: Any) -> str:
    """The form of a plain value: its JSON type, and for strings what kind of string."""
    if isinstance(value, str):
        return next((name for name, shape in _FORMS if re.fullmatch(shape, value)), "text")
    return type(value).__name__


def members(thing: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Paths of all members with the forms of their values; items of a list share a path."""
    if isinstance(thing, dict):
        if path:
            yield path, "object"
        for name, value in thing.items():
            yield from members(value, f"{path}.{name}" if path else name)
    elif isinstance(thing, list):
        yield path, "list"
        for value in thing:
            yield from members(value, f"{path}[]")
    else:
        yield path, form(thing)


def always(things: Iterable[Any]) -> set[str]:
    """The members that every one of these things has."""
    kept: set[str] | None = None
    for thing in things:
        here = {path for path, _ in members(thing)}
        kept = here if kept is None else kept & here
    return kept or set()


def forms(things: Iterable[Any]) -> dict[str, set[str]]:
    """For each member of any of these things, the forms that it was seen in."""
    seen: dict[str, set[str]] = {}
    for thing in things:
        for path, kind in members(thing):
            seen.setdefault(path, set()).add(kind)
    return seen
