"""Times as the screen says them."""

from datetime import datetime, timedelta

from batchtui.core.wording import in_time


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in whole seconds at the finest; empty for no moment."""
    return "" if moment is None else whole(max(0.0, (now - moment).total_seconds()))


def roughly(moment: datetime | None, now: datetime) -> str:
    """How long ago, in its largest unit, begun ones left out: `40 s`, `51 min`, `13 h`, `5 d`."""
    if moment is None:
        return ""
    seconds = max(0, int((now - moment).total_seconds()))
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def since(moment: datetime | None, now: datetime) -> timedelta | None:
    """The time that has passed, to sort and to filter by; None for no moment."""
    return None if moment is None else now - moment


def lasted(start: datetime | None, end: datetime | None, now: datetime) -> str:
    """How long something took, or has taken up to now; empty before its start."""
    if start is None:
        return ""
    if end is not None:
        return in_time(end - start)
    return ago(start, now)


def whole(seconds: float) -> str:
    """A duration that counts on while one looks, without tenths of a second."""
    return f"{seconds:.0f} s" if seconds < 59.5 else in_time(seconds)
