"""Durations as recipes write them: `90s`, `20m`, `1h30m`, `2d`."""

import re
from datetime import timedelta

LONGEST = timedelta(days=3650)
"""Longer than any job, task or signature lasts; with now, it stays within the calendar."""
DIGITS = 18
"""Of one number: a duration of more is too long whatever its unit."""
WHOLE = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


class DurationError(ValueError):
    """A text that is not a duration."""


def duration(text: str) -> timedelta:
    """At most `LONGEST`. Raises `DurationError`, for nothing and zero too."""
    shown = repr(text if len(text) <= 40 else f"{text[:39]}…")
    found = WHOLE.fullmatch(text.strip())
    # Cut, because Python reads no number of more than 4,300 digits.
    groups = found.groups() if found else ()
    numbers = [int((number or "").lstrip("0")[:DIGITS] or 0) for number in groups]
    if not any(numbers):
        raise DurationError(f"{shown} is not a duration; write it like 90s, 20m, 1h30m or 2d")
    days, hours, minutes, seconds = numbers
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if total > LONGEST.total_seconds():
        raise DurationError(f"{shown} is too long; the longest is {spelled(LONGEST)}")
    return timedelta(seconds=total)


def spelled(length: timedelta) -> str:
    """As a recipe would write it: `1h30m`; to the second, and empty for nothing."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number)
