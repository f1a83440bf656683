"""The tasks of a job come into another: all of them, once, and with all that they say."""

import asyncio

import pytest

from batchtui.core.bulk import Fate
from batchtui.core.copying import Copying
from batchtui.core.models import PoolInfo
from batchtui.core.specs import JobSpec, TaskConstraints, TaskDependencies, TaskSpec
from batchtui.core.traffic import Traffic
from tests.fakes import FakeAccount, refused

TASKS = [
    TaskSpec(id="a", command_line="one", constraints=TaskConstraints(max_task_retry_count=2)),
    TaskSpec(id="b", command_line="two", depends_on=TaskDependencies(("a",)), required_slots=3),
    TaskSpec(id="manager", command_line="manage"),
    *(TaskSpec(id=f"t{number}", command_line="true") for number in range(4)),
]


@pytest.fixture
async def account() -> FakeAccount:
    account = FakeAccount()
    account.batch.by_itself = False
    for job in ("old", "new"):
        await account.batch.create_job(JobSpec(id=job, pool_info=PoolInfo("p")))
    await account.batch.add_tasks("old", TASKS, added=lambda _more: None)
    return account


def copying(account: FakeAccount) -> tuple[Copying, list[str]]:
    ended: list[str] = []

    async def finish() -> None:
        ended.append("finished")

    copy = Copying(
        account.batch, "old", "new", total=6, traffic=Traffic(), manager="manager", finish=finish
    )
    return copy, ended


async def test_each_task_is_copied_as_it_is_but_for_the_job_manager(account: FakeAccount) -> None:
    copy, ended = copying(account)
    assert copy.counts == {Fate.WAITING: 6}
    seen: list[int] = []
    copy.told = lambda: seen.append(copy.counts.total())
    await copy.run()
    made = {name: task.spec for name, task in account.batch.world.jobs["new"].tasks.items()}
    assert made == {task.id: task for task in TASKS if task.id != "manager"}
    assert copy.counts == {Fate.DONE: 6}
    assert set(seen) == {6}
    assert ended == ["finished"]


async def test_what_is_refused_keeps_nothing_back_and_is_tried_again(account: FakeAccount) -> None:
    account.batch.unwanted = frozenset(("b", "t1"))
    copy, ended = copying(account)
    await copy.run()
    assert copy.counts == {Fate.DONE: 4, Fate.FAILED: 2}
    assert [(item.name, item.said) for item in copy.items] == [
        ("b", "b is not wanted"),
        ("t1", "t1 is not wanted"),
    ]
    assert not ended
    account.batch.unwanted = frozenset()
    del account.batch.world.jobs["old"].tasks["t1"]
    await copy.run()
    assert copy.counts == {Fate.DONE: 5}
    assert ended == ["finished"]


async def test_a_request_that_is_refused_ends_it_and_it_goes_on_from_there(
    account: FakeAccount,
) -> None:
    copy, _ = copying(account)
    held = account.calls.hold("task_documents")
    running = asyncio.create_task(copy.run())
    await held.reached.wait()
    account.calls.fail("add_documents", refused("Could not add: the job is over"))
    held.release()
    await running
    assert copy.counts == {Fate.FAILED: 1, Fate.WAITING: 5}
    assert copy.items[-1].said == "Could not add: the job is over"
    # As though the refused request had added one of them all the same.
    await account.batch.add_tasks("new", TASKS[:1], added=lambda _more: None)
    await copy.run()
    assert copy.counts == {Fate.DONE: 6}
    assert not copy.items


async def test_an_interrupted_page_is_not_counted_twice(account: FakeAccount) -> None:
    copy, ended = copying(account)
    first = account.calls.hold("add_documents")
    running = asyncio.create_task(copy.run())
    await first.reached.wait()
    second = account.calls.hold("add_documents")
    first.release()
    await second.reached.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert 0 < copy.counts[Fate.DONE] < 6
    await copy.run()
    assert copy.counts == {Fate.DONE: 6}
    assert ended == ["finished"]
