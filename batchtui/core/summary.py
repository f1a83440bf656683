"""How far a job has come, and how long it may still take."""

from batchtui.core.models import TaskCounts


def share(counts: TaskCounts, total: int) -> float:
    """The part of the tasks that are completed, 0 to 1; a job without tasks is through."""
    return min(1.0, counts.completed / total) if total else 1.0


def remaining(counts: TaskCounts, total: int, per_second: float) -> float | None:
    """Seconds until all tasks are completed at this rate; None while nobody can tell."""
    left = max(0, total - counts.completed)
    if not left:
        return 0.0
    return left / per_second if per_second > 0 else None
