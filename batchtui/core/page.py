"""An entity as a person reads it: what is wrong first, then what it is."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from batchtui.core.things import Document
from batchtui.core.wording import in_bytes, in_time

TROUBLE = ("failureInfo", "schedulingError", "resizeErrors", "errors", "error")
"""Members that say what went wrong, wherever they stand."""
TOLD = frozenset(("id", "url", "eTag"))
"""Members that the title says, or that tell a person nothing."""
WRONG = "What is wrong"
LENGTH = "contentLength"
UNLIMITED = timedelta(days=10_000_000)
"""The service writes no limit as the longest duration that it can."""

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_DURATION = re.compile(r"P(?=[\dT])[\dYMWDTHS.]+$")


class Line(Struct, frozen=True):
    """`text` may have several lines of its own. A line without a label stands for itself."""

    label: str
    text: str
    bad: bool = False


class Section(Struct, frozen=True):
    title: str
    lines: tuple[Line, ...]


def sections(document: Document, now: datetime) -> tuple[Section, ...]:
    """All of a document. What went wrong stands at its beginning, and there alone."""
    about = tuple(
        Line(words(name), _amount(value) if name == LENGTH else said(value, now))
        for name, value in document.items()
        if value is not None and not isinstance(value, Mapping | list) and name not in TOLD
    )
    parts = [
        Section(words(name).capitalize(), tuple(_lines(value, now)))
        for name, value in document.items()
        if isinstance(value, Mapping | list) and value and name not in TROUBLE
    ]
    wrong = tuple(trouble(document, now))
    first = [Section(WRONG, wrong)] if wrong else []
    return (*first, Section("About", about), *parts)


def trouble(document: Document, now: datetime) -> Iterator[Line]:
    """What the service says went wrong, in the entity or in any part of it."""
    for name, value in document.items():
        if name in TROUBLE and value:
            for each in value if isinstance(value, list) else [value]:
                yield from _told(name, each, now)
        elif isinstance(value, Mapping):
            yield from trouble(value, now)


def words(name: str) -> str:
    """`stateTransitionTime` as `state transition time`."""
    parts = _WORDS.split(name)
    return " ".join(part if part.isupper() and len(part) > 1 else part.lower() for part in parts)


def said(value: object, now: datetime) -> str:
    """A member's value: times with their distance from now, durations in words."""
    if value is None or isinstance(value, bool):
        return "yes" if value else "none" if value is None else "no"
    if isinstance(value, int):
        return f"{value:,}"
    text = str(value)
    if _TIME.match(text):
        return _moment(text, now)
    if _DURATION.match(text):
        return _length(text)
    return text


def _amount(size: int) -> str:
    """`1.5 KB, 1,500 bytes`."""
    return in_bytes(size) if size < 1000 else f"{in_bytes(size)}, {size:,} bytes"


def moment(text: str | None) -> datetime | None:
    """A time as the service writes it, with up to seven digits of a second."""
    if text is None:
        return None
    try:
        return msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        return None


def clock(at: datetime, now: datetime) -> str:
    """`12:00:03 UTC, 5 min ago`; with the day where that is another one."""
    day = "" if at.date() == now.date() else f"{at:%Y-%m-%d} "
    away = (now - at).total_seconds()
    distance = f"{in_time(away)} ago" if away >= 0 else f"in {in_time(-away)}"
    return f"{day}{at:%H:%M:%S} UTC, {distance}"


def _moment(text: str, now: datetime) -> str:
    at = moment(text)
    return text if at is None else clock(at, now)


def _length(text: str) -> str:
    try:
        length = msgspec.convert(text, timedelta)
    except (msgspec.ValidationError, OverflowError):
        return text
    return "no limit" if length > UNLIMITED else in_time(length)


def _told(name: str, value: Any, now: datetime) -> Iterator[Line]:
    """The code and the message of an error, then its details."""
    if not isinstance(value, Mapping):
        yield Line(words(name), said(value, now), bad=True)
        return
    code, message = str(value.get("code", "")), str(value.get("message", ""))
    category = value.get("category")
    yield Line(code or words(name), message + (f" ({category})" if category else ""), bad=True)
    for member in ("details", "errorDetails", "values"):
        for detail in value.get(member) or ():
            yield Line(f"  {detail.get('name', '')}", said(detail.get("value", ""), now))


def _lines(value: Any, now: datetime, before: str = "") -> Iterable[Line]:
    """The members of a part, those of its parts behind their names."""
    if isinstance(value, Mapping):
        if set(value) == {"name", "value"}:
            yield Line(f"{before}{value['name']}", said(value["value"], now))
            return
        for name, each in value.items():
            if name in TROUBLE:
                continue
            label = f"{before}{words(name)}"
            if isinstance(each, Mapping | list):
                yield from _lines(each, now, f"{label} · ")
            elif each is not None:
                yield Line(label, said(each, now))
    elif isinstance(value, list):
        for number, each in enumerate(value, 1):
            if isinstance(each, Mapping) and set(each) != {"name", "value"}:
                yield from _lines(each, now, f"{before}{number} · ")
            elif isinstance(each, Mapping):
                yield from _lines(each, now, before)
            else:
                yield Line(before.removesuffix(" · "), said(each, now))
