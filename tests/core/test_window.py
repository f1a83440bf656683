"""A window on tasks costs what changed, and misses nothing."""

import asyncio
from datetime import timedelta

import pytest

from batchtui.core.gateway import GatewayError
from batchtui.core.models import PoolInfo, Task, Window
from batchtui.core.queries import EVERY_TASK, FAILED
from batchtui.core.specs import JobSpec
from batchtui.core.states import TaskState
from batchtui.core.window import PAGE, TaskWindow, merged
from tests.fakes import FakeAccount, Outcome, pool_spec, refused, task_spec


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def account() -> FakeAccount:
    account = FakeAccount()
    account.batch.by_itself = False
    account.batch.outcomes["t1"] = Outcome(exit_code=1)
    await account.batch.create_pool(pool_spec("p", dedicated=1))
    await account.batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    await add(account, "t0", "t1", "t2")
    return account


async def add(account: FakeAccount, *task_ids: str) -> None:
    specs = [task_spec(task_id) for task_id in task_ids]
    await account.batch.add_tasks("j", specs, added=lambda _count: None)


def asked(account: FakeAccount) -> list[str]:
    return [call.split()[-1] for call in account.calls.made if call.startswith("tasks ")]


async def test_only_the_first_reading_is_a_full_one_until_the_next_is_due(
    account: FakeAccount,
) -> None:
    clock = Clock()
    window = TaskWindow(account.batch, clock)
    window.show("j", EVERY_TASK)
    first = await window.fetch()
    assert await window.fetch() is first, "nothing changed"
    account.batch.step(5)
    await add(account, "t1b")
    now = await window.fetch()
    assert [task.id for task in now.items] == ["t0", "t1", "t1b", "t2"]
    assert now.items == (await account.batch.tasks("j", at_most=9)).items
    await account.batch.delete_task("j", "t0")
    clock.now = TaskWindow.SWEEP + 1
    assert [task.id for task in (await window.fetch()).items] == ["t1", "t1b", "t2"]
    assert asked(account) == ["all", "changed", "changed", "all", "all"]


async def test_a_narrowed_window_loses_what_no_longer_fits(account: FakeAccount) -> None:
    window = TaskWindow(account.batch, Clock())
    window.show("j", FAILED)
    assert (await window.fetch()).items == ()
    account.batch.step(9)
    assert [task.id for task in (await window.fetch()).items] == ["t1"]
    assert asked(account) == ["failed", "failed"]


async def test_more_changes_than_fit_a_page_are_read_in_full(account: FakeAccount) -> None:
    await add(account, *(f"u{i:04}" for i in range(2 * PAGE)))
    window = TaskWindow(account.batch, Clock())
    window.show("j", EVERY_TASK)
    assert not (await window.fetch()).complete
    assert len((await window.fetch()).items) == PAGE
    assert asked(account) == ["all", "changed", "all"]


async def long_listing(account: FakeAccount) -> None:
    """Two pages and three tasks, all of which failed, all but the first long before that."""
    await add(account, *(f"u{i:04}" for i in range(2 * PAGE)))
    world = account.batch.world
    for task in world.jobs["j"].tasks.values():
        task.outcome, task.state = Outcome(exit_code=1), TaskState.COMPLETED
        task.since = world.now - timedelta(hours=2)
    world.jobs["j"].tasks["t0"].since = world.now - timedelta(hours=1)


async def test_a_window_that_grows_is_read_on_from_its_end(account: FakeAccount) -> None:
    await long_listing(account)
    window = TaskWindow(account.batch, Clock())
    window.show("j", FAILED)
    first = await window.fetch()
    window.widen(PAGE)
    second = await window.fetch()
    assert second.items[:PAGE] == first.items
    assert (len(second.items), second.complete) == (2 * PAGE, False)
    window.widen(2 * PAGE)
    third = await window.fetch()
    assert (len(third.items), third.complete) == (2 * PAGE + 3, True)
    assert asked(account) == ["failed", first.items[-1].id, second.items[-1].id]
    assert (await window.fetch()).items == third.items
    assert asked(account)[-1] == "failed", "what no longer fits is looked for"


async def test_a_growth_that_fails_is_taken_up_at_the_next_look(account: FakeAccount) -> None:
    await long_listing(account)
    window = TaskWindow(account.batch, Clock())
    window.show("j", EVERY_TASK)
    await window.fetch()
    window.widen(PAGE)
    account.calls.fail("tasks", refused("The service is busy", status=503))
    with pytest.raises(GatewayError):
        await window.fetch()
    assert len((await window.fetch()).items) == 2 * PAGE


async def test_what_changed_while_a_window_grew_is_read_after_that(account: FakeAccount) -> None:
    await long_listing(account)
    window = TaskWindow(account.batch, Clock())
    window.show("j", EVERY_TASK)
    window.widen(PAGE)
    await window.fetch()
    await add(account, "a")
    window.widen(2 * PAGE)
    grown = await window.fetch()
    assert (len(grown.items), grown.complete) == (2 * PAGE + 3, True)
    now = await window.fetch()
    assert (now.items[0].id, len(now.items)) == ("a", 2 * PAGE + 4)
    assert asked(account) == ["all", "u1996", "changed"]


async def test_a_place_that_the_service_no_longer_knows_is_looked_for_anew(
    account: FakeAccount,
) -> None:
    await long_listing(account)
    window = TaskWindow(account.batch, Clock())
    window.show("j", FAILED)
    await window.fetch()
    window.widen(PAGE)
    account.calls.fail("tasks", refused("The token is too old", status=400))
    assert len((await window.fetch()).items) == 2 * PAGE


def test_what_lies_behind_the_window_stays_out() -> None:
    held = Window((Task("b"), Task("d")), complete=False)
    running = Task("d", TaskState.RUNNING)
    assert merged(held, [Task("e"), running, Task("C")]).items == (Task("b"), Task("C"), running)
    assert merged(held, [Task("e"), Task("b")]) is held
    assert merged(Window(), [Task("e")]).items == (Task("e"),)


async def test_what_begins_as_wanted_is_found_wherever_in_the_job_it_is(
    account: FakeAccount,
) -> None:
    await add(account, *(f"a{number:05d}" for number in range(PAGE + 3)))
    window = TaskWindow(account.batch, Clock())
    window.show("j", EVERY_TASK)
    await window.fetch()
    window.begin = "T1"
    found = await window.fetch()
    assert [task.id for task in found.items[-2:]] == [f"a{PAGE - 1:05d}", "t1"]
    assert not found.complete
    window.widen(len(found.items))
    assert window.wanted == 2 * PAGE, "what is beyond the window does not widen it"
    calls = len(asked(account))
    assert (await window.fetch()).complete
    assert "some" not in asked(account)[calls:], "nothing lies beyond a window on everything"


@pytest.mark.fault("2.13")
@pytest.mark.parametrize("first", [True, False], ids=["a full look", "a look at changes"])
async def test_a_wish_to_see_all_during_a_look_has_the_next_one_read_all(
    account: FakeAccount, first: bool
) -> None:
    window = TaskWindow(account.batch, Clock())
    window.show("j", EVERY_TASK)
    if not first:
        await window.fetch()
    hold = account.calls.hold("tasks")
    under_way = asyncio.create_task(window.fetch())
    await hold.reached.wait()
    await account.batch.delete_task("j", "t0")
    window.sweep()
    hold.release()
    await under_way
    assert [task.id for task in (await window.fetch()).items] == ["t1", "t2"]
    assert asked(account)[-1] == "all"
    await window.fetch()
    assert asked(account)[-1] == "changed"


@pytest.mark.fault("2.13")
async def test_a_growth_under_way_does_not_lose_a_wish_either(account: FakeAccount) -> None:
    await long_listing(account)
    window = TaskWindow(account.batch, Clock())
    window.show("j", EVERY_TASK)
    await window.fetch()
    window.widen(PAGE)
    hold = account.calls.hold("tasks")
    under_way = asyncio.create_task(window.fetch())
    await hold.reached.wait()
    window.sweep()
    hold.release()
    await under_way
    assert len((await window.fetch()).items) == 2 * PAGE
    assert asked(account)[-1] == "all"
