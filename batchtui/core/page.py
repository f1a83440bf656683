"""An entity as a person reads it: what is wrong first, then what it is."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
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
TIMED = frozenset(
    (
        # Times of the service, those of storage, and what the service writes as a duration.
        *("allocationStateTransitionTime", "allocationTime", "batchSupportEndOfLife"),
        *("creationTime", "doNotRunAfter", "doNotRunUntil", "endTime", "expiryTime"),
        *("lastBootTime", "lastModified", "lastRequeueTime", "lastRetryTime", "lastUpdateTime"),
        *("nextRunTime", "previousStateTransitionTime", "startTime", "stateTransitionTime"),
        *("time", "timestamp", "lastAccessTime", "accessTierChangeTime", "completionTime"),
        *("autoScaleEvaluationInterval", "dedicatedCoreTime", "kernelCPUTime"),
        *("maxWallClockTime", "pauseTimeBetweenBatches", "recurrenceInterval", "resizeTimeout"),
        *("retentionTime", "startWindow", "userCPUTime", "waitTime", "wallClockTime", "elapsed"),
    )
)
"""Members that are times or durations, of all models of azure-batch 15.1.0 and of `properties`."""
FREE = frozenset(
    (
        *("environmentSettings", "commonEnvironmentSettings", "metadata", "settings"),
        *("protectedSettings", "tags", "resourceTags", "details", "errorDetails", "values"),
    )
)
"""Members whose parts have the names that a user gave them: what they say is text."""
UNLIMITED = timedelta(days=10_000_000)
"""The service writes no limit as the longest duration that it can."""
NEVER = 9999
"""The year by which the service says that something is never to happen."""

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_DIGITS = re.compile(r"(\.\d{6})\d+")
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
        Line(words(name), said_of(name, value, now))
        for name, value in document.items()
        if value is not None and not isinstance(value, Mapping | list) and name not in TOLD
    )
    parts = [
        Section(words(name).capitalize(), tuple(_lines((name,), value, now)))
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


def said_of(name: str, value: object, now: datetime, *, free: bool = False) -> str:
    """The value of a member of that name; `free`: below one of `FREE`.

    A user's text stands as it is, also where it looks like a time.
    """
    if free or (isinstance(value, str) and name not in (LENGTH, *TIMED)):
        return value if isinstance(value, str) else said(value, now)
    return _amount(value) if name == LENGTH else said(value, now)


def is_free(path: Iterable[object]) -> bool:
    """Whether a member behind these names is one that a user named."""
    return any(name in FREE for name in path)


def said(value: object, now: datetime) -> str:
    """A value: times with their distance from now, durations in words."""
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


def _amount(size: object) -> str:
    """`1.5 KB, 1,500 bytes`; the service may write a number of 64 bits as a text."""
    text = f"{size}"
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        return text
    known = int(text)
    return in_bytes(known) if known < 1000 else f"{in_bytes(known)}, {known:,} bytes"


def moment(text: object) -> datetime | None:
    """A time as the service writes it, with up to seven digits of a second; else None.

    In UTC where it names no zone, so that it can be compared with others.
    """
    if not isinstance(text, str):
        return None
    try:
        at = msgspec.convert(_DIGITS.sub(r"\1", text), datetime)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (msgspec.ValidationError, OverflowError):
        return None


def clock(at: datetime, now: datetime) -> str:
    """`12:00:03 UTC, 5 min ago`; with the day where that is another one; or `never`."""
    if at.year == NEVER:
        return "never"
    day = "" if at.date() == now.date() else f"{at:%Y-%m-%d} "
    away = (now - at).total_seconds()
    distance = f"{in_time(away)} ago" if away >= 0 else f"in {in_time(-away)}"
    return f"{day}{at:%H:%M:%S} UTC, {distance}"


def _moment(text: str, now: datetime) -> str:
    at = moment(text)
    return text if at is None else clock(at, now)


def span(text: str) -> timedelta | None:
    """A duration as the service writes it; None for any other text."""
    if not _DURATION.match(text):
        return None
    try:
        return msgspec.convert(text, timedelta)
    except (msgspec.ValidationError, OverflowError):
        return None


def _length(text: str) -> str:
    length = span(text)
    if length is None:
        return text
    return "no limit" if length > UNLIMITED else in_time(length)


def _told(name: str, value: Any, now: datetime) -> Iterator[Line]:
    """The code and the message of an error, then its details."""
    if not isinstance(value, Mapping):
        yield Line(words(name), said_of(name, value, now), bad=True)
        return
    code, message, category = (_text(value.get(m)) for m in ("code", "message", "category"))
    yield Line(code or words(name), message + (f" ({category})" if category else ""), bad=True)
    for member in ("details", "errorDetails", "values"):
        yield from _details(value.get(member))


def _details(value: Any) -> Iterator[Line]:
    """Pairs as the service writes them, or as some of its errors come: an object, or texts."""
    if isinstance(value, Mapping) and not {"name", "value"} <= set(value):
        value = [{"name": name, "value": each} for name, each in value.items()]
    for detail in value if isinstance(value, list) else [value]:
        if isinstance(detail, Mapping):
            yield Line(f"  {_text(detail.get('name'))}", _text(detail.get("value")))
        elif detail is not None:
            yield Line("  ", _text(detail))


def _text(value: Any) -> str:
    """Empty for null; what is no text as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return msgspec.json.encode(value).decode()


def _lines(path: tuple[str, ...], value: Any, now: datetime, before: str = "") -> Iterable[Line]:
    """The members of a part, those of its parts behind their names."""
    free = is_free(path)
    if isinstance(value, Mapping):
        if set(value) == {"name", "value"}:
            yield Line(f"{before}{value['name']}", said_of("", value["value"], now, free=True))
            return
        for name, each in value.items():
            if name in TROUBLE:
                continue
            label = f"{before}{name if free else words(name)}"
            if isinstance(each, Mapping | list):
                yield from _lines((*path, name), each, now, f"{label} · ")
            elif each is not None:
                yield Line(label, said_of(name, each, now, free=free))
    elif isinstance(value, list):
        for number, each in enumerate(value, 1):
            if isinstance(each, Mapping) and set(each) != {"name", "value"}:
                yield from _lines(path, each, now, f"{before}{number} · ")
            elif isinstance(each, Mapping):
                yield from _lines(path, each, now, before)
            else:
                yield Line(before.removesuffix(" · "), said_of(path[-1], each, now, free=free))
