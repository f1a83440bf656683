"""Numbers and times as a person says them, in few cells."""

import math
from collections.abc import Sequence
from datetime import timedelta


def in_bytes(size: int) -> str:
    """`0 B`, `812 B`, `1.1 KB`, `41.2 GB`: powers of 1,000, as disks and Azure's bills count."""
    if size < 1_000:
        return f"{size} B"
    amount = float(size)
    for unit in ("KB", "MB", "GB", "TB"):
        amount /= 1_000
        if amount < 999.95:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1_000:.1f} PB"


def in_time(duration: timedelta | float) -> str:
    """`0.4 s`, `41 s`, `11 min`, `3 h 20 min`, `5 d 2 h`; a float is seconds."""
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    seconds = max(0.0, seconds)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def format_age(seconds: float) -> str:
    """`45s`, `1m23s`, `2h06m`, `3d5h`: rounded up, since data must not seem younger than it is."""
    left = max(0, math.ceil(seconds))
    if left < 60:
        return f"{left}s"
    if left < 3_600:
        return f"{left // 60}m{left % 60:02}s"
    minutes = -(-left // 60)
    if minutes < 48 * 60:
        return f"{minutes // 60}h{minutes % 60:02}m"
    hours = -(-left // 3_600)
    return f"{hours // 24}d{hours % 24}h"


def roundly(seconds: float) -> float:
    """An estimate without digits that it does not have: within a tenth or so."""
    for least, step in ((36_000, 3_600), (7_200, 1_800), (3_600, 600), (1_200, 300), (60, 60)):
        if seconds >= least:
            return round(seconds / step) * step
    return -(-seconds // 10) * 10


def with_full_stop(text: str) -> str:
    """The text with a full stop, where it has none and others follow it."""
    text = text.strip()
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."


def many(count: int, noun: str) -> str:
    """`1 task`, `3 tasks`, `12,000 tasks`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def some(names: Sequence[str], *, at_most: int = 3) -> str:
    """The first names in a row, and how many more there are: `a, b, c and 4 more`."""
    shown, rest = names[:at_most], len(names) - at_most
    if rest > 0:
        return f"{', '.join(shown)} and {rest:,} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def as_sentence(text: str) -> str:
    """With a full stop, so that another sentence may follow."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
