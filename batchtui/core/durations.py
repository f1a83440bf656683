"""Durations as recipes write them: `90s`, `20m`, `1h30m`, `2d`."""

import re
from datetime import timedelta

WHOLE = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


class DurationError(ValueError):
    """A text that is no duration."""


def duration(text: str) -> timedelta:
    """Raises `DurationError`. Nothing and zero are no durations either."""
    found = WHOLE.fullmatch(text.strip())
    numbers = [int(number or 0) for number in found.groups()] if found else []
    if not any(numbers):
        raise DurationError(f"{text!r} is no duration; write it like 90s, 20m, 1h30m or 2d")
    days, hours, minutes, seconds = numbers
    try:
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError as error:
        raise DurationError(f"{text!r} is longer than anything can be told to last") from error


def spelled(length: timedelta) -> str:
    """As a recipe would write it: `1h30m`; to the second, and empty for nothing."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number)
