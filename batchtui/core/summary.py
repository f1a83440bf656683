"""How far a job has come, how fast, and how long it may still take."""

from collections.abc import Sequence

from msgspec import Struct

from batchtui.core.models import TaskCounts


class Sample(Struct, frozen=True):
    at: float
    """Seconds on any clock."""
    completed: int


def share(counts: TaskCounts, total: int) -> float:
    """The part of the tasks that are completed, 0 to 1; a job without tasks is through."""
    return min(1.0, counts.completed / total) if total else 1.0


def rate(samples: Sequence[Sample], *, window: float = 60.0) -> float:
    """Tasks completed per second over the window's length before the last sample."""
    if not samples:
        return 0.0
    last = samples[-1]
    first = next(sample for sample in samples if sample.at >= last.at - window)
    passed = last.at - first.at
    return max(0.0, (last.completed - first.completed) / passed) if passed > 0 else 0.0


def remaining(counts: TaskCounts, total: int, per_second: float) -> float | None:
    """Seconds until all tasks are completed at this rate; None while nobody can tell."""
    left = max(0, total - counts.completed)
    if not left:
        return 0.0
    return left / per_second if per_second > 0 else None
