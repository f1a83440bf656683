"""What a change of limits changes, in words."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from batchtui.core.clone import UNLIMITED
from batchtui.core.durations import spelled
from batchtui.core.things import Document

RETRIES = "maxTaskRetryCount"
TIMES = {"maxWallClockTime": "time", "retentionTime": "files kept"}
"""Members of constraints that are durations, in words."""


def changed_limits(before: Document | None, after: Document) -> list[str]:
    """Each constraint that changes: `retries 0 → 3`, `time no limit → 12h`.

    What `after` leaves out is without a limit. Where `before` is not known, each is told.
    """
    known = before or {}
    parts = [
        change(
            "retries",
            unlimited(int(known.get(RETRIES, 0))) if before is not None else "",
            unlimited(int(after.get(RETRIES, 0))),
        )
    ]
    for member, words in TIMES.items():
        told = before is not None or member in after
        old = limit(known.get(member)) if before is not None else ""
        parts.append(change(words, old, limit(after.get(member))) if told else "")
    return [part for part in parts if part]


def change(words: str, before: str, after: str) -> str:
    """`priority 0 → 500`; `priority → 500` where what was before is not known; empty for none."""
    if before == after:
        return ""
    return " ".join(filter(None, (words, before, "→", after)))


def unlimited(number: int) -> str:
    """A number of retries or tasks, of which -1 stands for any."""
    return f"{number:,}" if number >= 0 else "unlimited"


def span(numbers: Sequence[int]) -> str:
    """What several things have: `0`, or `0 to 100`."""
    least, most = min(numbers), max(numbers)
    if least < 0:
        least, most = (most, -1) if most >= 0 else (-1, -1)
    return unlimited(least) if least == most else f"{unlimited(least)} to {unlimited(most)}"


def limit(said: object) -> str:
    """A duration as the service writes it, as a form spells it."""
    if not isinstance(said, str) or said == UNLIMITED:
        return "no limit"
    return spelled(msgspec.convert(said, timedelta))
