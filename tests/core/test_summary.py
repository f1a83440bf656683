"""Progress and what remains, as pure functions."""

from batchtui.core.models import TaskCounts
from batchtui.core.summary import remaining, share


def test_share() -> None:
    assert share(TaskCounts(completed=3), 6) == 0.5
    assert share(TaskCounts(), 0) == 1.0
    assert share(TaskCounts(completed=7), 6) == 1.0


def test_remaining() -> None:
    assert remaining(TaskCounts(completed=4), 10, 2.0) == 3.0
    assert remaining(TaskCounts(completed=10), 10, 0.0) == 0.0
    assert remaining(TaskCounts(completed=4), 10, 0.0) is None
