"""Rates and what they promise, from counts as they come in."""

from batchtui.core.models import TaskCounts
from batchtui.core.pace import Paces


def counted(completed: int, total: int = 100) -> TaskCounts:
    return TaskCounts(active=total - completed, completed=completed, succeeded=completed)


def test_a_rate_needs_two_looks_and_fades_when_nothing_completes() -> None:
    paces = Paces()
    paces.note({"j": counted(10)}, 0.0)
    assert paces.rate("j", 0.0) == 0.0
    assert paces.remaining("j", counted(10), 0.0) is None
    paces.note({"j": counted(30)}, 10.0)
    assert paces.rate("j", 10.0) == 2.0
    assert paces.remaining("j", counted(30), 10.0) == 35.0
    assert paces.rate("j", 40.0) == 0.5
    assert paces.rate("j", 1000.0) == 0.0
    assert paces.rate("unheard of", 10.0) == 0.0


def test_what_is_long_past_does_not_count() -> None:
    paces = Paces()
    for minute in range(10):
        paces.note({"j": counted(minute * 6, 1000)}, minute * 60.0)
    paces.note({"j": counted(1000, 1000)}, 600.0)
    assert paces.rate("j", 600.0) > 5


def test_tasks_that_run_again_begin_a_new_count() -> None:
    paces = Paces()
    paces.note({"j": counted(90)}, 0.0)
    paces.note({"j": counted(50)}, 10.0)
    paces.note({"j": counted(60)}, 20.0)
    assert paces.rate("j", 20.0) == 1.0
    paces.note({}, 30.0)
    assert paces.rate("j", 30.0) == 0.0
