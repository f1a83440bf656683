"""Times and durations in the service's spelling.

Inside the account a time is a number of microseconds since 1970 (UTC): whole, ordered and what
SQLite can index. Only this module turns it into words.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

# .NET counts ticks of 100 ns since the year 1; an eTag is that number in hexadecimal.
_EPOCH_TICKS = 621_355_968_000_000_000
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)

# The service's word for "no limit", the longest time that .NET can hold.
UNLIMITED = "P10675199DT2H48M5.4775807S"
_LONGEST = timedelta(days=10_675_199, hours=2, minutes=48, seconds=5)

_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,7})Y)?(?:(\d{1,8})M)?(?:(\d{1,8})W)?(?:(\d{1,8})D)?"
    r"(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,7}))?S)?)?",
    re.ASCII,
)


class Clock:
    """Tells the time in microseconds, never the same twice: an eTag is made of it."""

    def __init__(self, source: Callable[[], int] = time.time_ns) -> None:
        self._source = source
        self._last = 0

    def now(self) -> int:
        self._last = max(self._source() // 1000, self._last + 1)
        return self._last


def micros(moment: datetime) -> int:
    """An aware `datetime` as microseconds since 1970."""
    return (moment - _ZERO) // timedelta(microseconds=1)


def moment(at: int) -> datetime:
    """Microseconds since 1970 as an aware `datetime`."""
    return _ZERO + timedelta(microseconds=at)


def stamp(at: int) -> str:
    """`2020-11-23T23:23:57.6664Z`: trailing zeros are cut, a whole second has no point."""
    seconds, fraction = divmod(at, 1_000_000)
    text = _whole(seconds)
    return f"{text}.{f'{fraction:06}'.rstrip('0')}Z" if fraction else f"{text}Z"


@lru_cache(maxsize=4096)
def _whole(seconds: int) -> str:
    """A listing shows thousands of times of the same few seconds."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def error_stamp(at: int) -> str:
    """The time in an error's message, always with seven digits (recorded fact 17)."""
    return f"{moment(at):%Y-%m-%dT%H:%M:%S.%f}0Z"


def http_date(at: int) -> str:
    """RFC 1123, cut to the second."""
    return format_datetime(moment(at), usegmt=True)


def parse_http_date(text: str) -> datetime:
    """Read a date of RFC 1123; without a zone it is UTC. Raises ValueError when it is none."""
    try:
        when = parsedate_to_datetime(text)
    except OverflowError:
        raise ValueError(f"'{text}' is beyond all calendars") from None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def etag(at: int) -> str:
    """`0x8D9E6CCF65384B9`: unquoted, the ticks of the last change (recorded fact 1)."""
    return f"0x{_EPOCH_TICKS + at * 10:X}"


def parse_duration(text: str) -> timedelta:
    """Read an ISO 8601 duration; a year counts 365 days and a month 30 (recorded fact 24).

    Raises ValueError with a sentence when it is none. What is longer than the service's longest
    is the longest.
    """
    match = _DURATION.fullmatch(text)
    if not match:
        raise ValueError(f"'{text}' is not an ISO 8601 duration such as PT15M or P7D")
    years, months, weeks, days, hours, minutes, seconds = (int(n or 0) for n in match.groups()[:7])
    fraction = int((match[8] or "").ljust(7, "0")) // 10
    whole = ((years * 365 + months * 30 + weeks * 7 + days) * 24 + hours) * 60 + minutes
    total = whole * 60 + seconds
    if total >= _LONGEST.total_seconds():
        return _LONGEST
    return timedelta(seconds=total, microseconds=fraction)


def duration(length: timedelta) -> str:
    """The shortest spelling: `PT1H`, `P1279DT12H30M5S`, and `PT0S` for nothing."""
    if length >= _LONGEST:
        return UNLIMITED
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    point = f"{seconds}.{length.microseconds:06}".rstrip("0").rstrip(".") if length else "0"
    clock = "".join(
        f"{number}{unit}"
        for number, unit in ((hours, "H"), (minutes, "M"), (point, "S"))
        if number not in (0, "0", "")
    )
    days = f"{length.days}D" if length.days else ""
    if not days and not clock:
        return "PT0S"
    return f"P{days}T{clock}" if clock else f"P{days}"


def limit(text: str) -> timedelta | None:
    """A wall-clock limit in the service's spelling; None for no limit."""
    length = parse_duration(text)
    return None if length >= _LONGEST else length
