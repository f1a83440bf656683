"""What is asked about the twin of a job, and what is then made."""

from typing import Any

from batchtui.core.bulk import Fate
from batchtui.core.traffic import Traffic
from batchtui.ui.screens.steering.job_clone import JobClone
from tests.fakes import FakeAccount


def twin(tasks: int, **members: Any) -> JobClone:
    job = {"id": "night", "poolInfo": {"poolId": "cpu"}, **members}
    return JobClone(FakeAccount().batch, job, tasks, Traffic())


async def test_a_job_without_tasks_has_none_to_choose() -> None:
    clone = twin(0)
    assert clone.choice is None
    await clone.create(clone.request)
    assert clone.copying is None


async def test_a_job_manager_is_not_among_the_tasks_to_copy() -> None:
    clone = twin(5, jobManagerTask={"id": "fill", "commandLine": "x"})
    assert clone.choice is not None
    assert ("with its 4 tasks", True) in clone.choice.select._options
    clone.choice.select.value = True
    await clone.create(clone.request)
    assert clone.copying is not None
    assert clone.copying.counts == {Fate.WAITING: 4}
    assert twin(1, jobManagerTask={"id": "fill", "commandLine": "x"}).choice is None


async def test_a_job_that_ends_with_its_tasks_says_what_becomes_of_that() -> None:
    assert "once all copied tasks are there" in twin(3, onAllTasksComplete="terminatejob").about
    assert "end at once" in twin(0, onAllTasksComplete="terminatejob").about
    assert not twin(3, onAllTasksComplete="noaction").about
