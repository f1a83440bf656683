"""What a formula calculates with, and how each value is written in its results."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from batchtui.local.wire.times import moment, stamp

TICKS_PER_MICRO = 10
_LONGEST = 2**63
_SHOWN = 100
"""Values of a vector that results show: they are kept with the pool."""


class OutOfRangeError(ValueError):
    """A result that no value can hold: a sentence without its place."""


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A timeinterval, in ticks of 100 ns."""

    ticks: int

    def __post_init__(self) -> None:
        if not -_LONGEST <= self.ticks < _LONGEST:
            raise OutOfRangeError("The time interval is too long")

    def times(self, factor: float) -> "Interval":
        product = self.ticks * factor
        if not math.isfinite(product):
            raise OutOfRangeError("The time interval is too long")
        return Interval(round(product))

    def __str__(self) -> str:
        """`1.02:03:04.5`, as .NET writes it: days and fractions only where there are some."""
        seconds, ticks = divmod(abs(self.ticks), 10_000_000)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        sign = "-" if self.ticks < 0 else ""
        fraction = f".{ticks:07}" if ticks else ""
        day = f"{days}." if days else ""
        return f"{sign}{day}{hours:02}:{minutes:02}:{seconds:02}{fraction}"


@dataclass(frozen=True, slots=True, order=True)
class Timestamp:
    """A point in time (UTC), in microseconds since 1970."""

    at: int

    def __post_init__(self) -> None:
        try:
            moment(self.at)
        except OverflowError:
            raise OutOfRangeError("The timestamp is beyond the years 1 to 9999") from None

    @classmethod
    def of(cls, when: datetime) -> "Timestamp":
        """Raises OutOfRangeError for what is out of range in UTC."""
        try:
            utc = when.astimezone(UTC)
        except OverflowError:
            raise OutOfRangeError("The timestamp is beyond the years 1 to 9999") from None
        return cls((utc - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))

    def plus(self, interval: Interval) -> "Timestamp":
        return Timestamp(self.at + interval.ticks // TICKS_PER_MICRO)

    def since(self, other: "Timestamp") -> Interval:
        return Interval((self.at - other.at) * TICKS_PER_MICRO)

    def member(self, name: str) -> float | None:
        """One of its parts, or None for a name that it has not; Sunday is day 0 of the week."""
        when = moment(self.at)
        parts = {
            "year": when.year,
            "month": when.month,
            "day": when.day,
            "weekday": when.isoweekday() % 7,
            "hour": when.hour,
            "minute": when.minute,
            "second": when.second,
        }
        return float(parts[name]) if name in parts else None

    def __str__(self) -> str:
        return stamp(self.at)


DoubleVec: TypeAlias = tuple[float, ...]
Value: TypeAlias = float | str | DoubleVec | Interval | Timestamp

_UNITS = {
    "Zero": 0,
    "100ns": 1,
    "Microsecond": 10,
    "Millisecond": 10_000,
    "Second": 10_000_000,
    "Minute": 600_000_000,
    "Hour": 36_000_000_000,
    "Day": 864_000_000_000,
    "Week": 6_048_000_000_000,
    "Year": 315_360_000_000_000,
}
INTERVALS = {f"TimeInterval_{name}": Interval(ticks) for name, ticks in _UNITS.items()}


def type_name(value: Value) -> str:
    """As the documentation of formulas calls it."""
    match value:
        case float():
            return "double"
        case str():
            return "string"
        case tuple():
            return "doubleVec"
        case Interval():
            return "timeinterval"
        case Timestamp():
            return "timestamp"


def written(value: Value) -> str:
    """As it stands in the results of a run."""
    match value:
        case float():
            return _number(value)
        case tuple():
            shown = [_number(one) for one in value[:_SHOWN]]
            return f"[{','.join(shown)}{',...' if len(value) > _SHOWN else ''}]"
        case _:
            return str(value)


def _number(value: float) -> str:
    """Fifteen digits and no point for whole numbers, as .NET writes a double."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return format(value, ".15g").upper()
