"""What the dashboard looks at, over the fake account."""

import asyncio
from datetime import timedelta

import pytest

from batchtui.core.controller import Controller
from batchtui.core.feeds import Feeds
from batchtui.core.lately import FailedLately
from batchtui.core.models import PoolInfo, TaskCounts
from batchtui.core.specs import JobSpec
from batchtui.core.states import JobState, TaskState
from batchtui.core.tallies import Tallies
from batchtui.core.traffic import Traffic
from tests.fakes import FakeAccount, Outcome, pool_spec, refused, task_spec


class Steady:
    """A clock that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def feeds_of(account: FakeAccount, clock: Steady | None = None) -> Feeds:
    return Feeds(account.gateway, Traffic(clock=clock or Steady()))


async def job(account: FakeAccount, job_id: str, tasks: int) -> None:
    await account.batch.create_job(JobSpec(id=job_id, pool_info=PoolInfo("p")))
    await account.batch.add_tasks(
        job_id, [task_spec(f"t{i}") for i in range(tasks)], added=lambda _count: None
    )


async def test_another_job_shows_nothing_of_the_one_before() -> None:
    account = FakeAccount()
    await job(account, "a", 2)
    await job(account, "b", 0)
    feeds = feeds_of(account)
    feeds.show_job("a")
    await feeds.tasks.poll()
    assert [task.id for task in feeds.tasks.reading.value.items] == ["t0", "t1"]
    feeds.show_job("b")
    assert not feeds.tasks.reading.known
    assert not feeds.tasks.reading.value.items


async def test_progress_is_counted_for_what_is_on_screen_and_not_again_once_settled() -> None:
    account = FakeAccount()
    await job(account, "done", 0)
    await job(account, "live", 1)
    await job(account, "hidden", 1)
    for over in ("done", "hidden"):
        account.batch.world.jobs[over].state = JobState.COMPLETED
    clock = Steady()
    feeds = feeds_of(account, clock)
    feeds.show_progress_of(("done", "live"))
    await feeds.jobs.poll()
    for _ in range(3):
        await feeds.progress.poll()
        clock.now += 2
    assert feeds.progress.reading.value == {"done": TaskCounts(), "live": TaskCounts(active=1)}
    assert account.calls.made.count("task_counts done") == 1
    assert account.calls.made.count("task_counts live") == 3
    assert account.calls.made.count("task_counts hidden") == 0


async def test_open_jobs_that_are_not_on_screen_are_counted_in_turn() -> None:
    account = FakeAccount()
    names = [f"j{i}" for i in range(10)]
    for name in names:
        await job(account, name, 1)
    clock = Steady()
    feeds = feeds_of(account, clock)
    feeds.show_progress_of(("j0",))
    await feeds.jobs.poll()
    await feeds.progress.poll()
    assert len(feeds.progress.reading.value) == 1 + Tallies.OTHERS_EACH
    for _ in range(2):
        clock.now += 2
        await feeds.progress.poll()
    assert sorted(feeds.progress.reading.value) == names
    assert account.calls.count("task_counts") == 3 * (1 + Tallies.OTHERS_EACH)


async def test_failures_of_the_last_hour_are_counted_in_jobs_that_have_any() -> None:
    account = FakeAccount()
    batch = account.batch
    batch.outcomes["t*"] = Outcome(exit_code=1)
    await batch.create_pool(pool_spec("p", dedicated=2))
    await job(account, "failing", 3)
    batch.outcomes.clear()
    await job(account, "fine", 3)
    batch.step(9)
    batch.by_itself = False
    feeds = Feeds(account.gateway, Traffic(), now=lambda: batch.world.now)
    feeds.show_progress_of(("failing", "fine"))
    for feed in (feeds.jobs, feeds.progress, feeds.failures):
        await feed.poll()
    assert feeds.failures.reading.value == FailedLately(3, complete=True)
    assert not any("fine" in call for call in account.calls.made if call.startswith("tasks"))
    batch.world.now += timedelta(hours=2)
    await feeds.failures.poll()
    assert feeds.failures.reading.value == FailedLately(0, complete=True)


async def test_a_job_deleted_meanwhile_does_not_spoil_the_others_progress() -> None:
    account = FakeAccount()
    await job(account, "live", 1)
    feeds = feeds_of(account)
    feeds.show_progress_of(("gone", "live"))
    assert await feeds.progress.poll()
    assert set(feeds.progress.reading.value) == {"live"}


async def test_without_storage_there_are_no_containers_and_no_error() -> None:
    account = FakeAccount()
    feeds = Feeds(type(account.gateway)(account.batch, None), Traffic())
    assert await feeds.containers.poll()
    assert feeds.containers.reading.value == ()


async def test_the_window_on_tasks_widens_by_a_page_when_asked() -> None:
    account = FakeAccount()
    await job(account, "j", 1_500)
    feeds = feeds_of(account)
    feeds.show_job("j")
    await feeds.tasks.poll()
    assert (len(feeds.tasks.reading.value.items), feeds.tasks.reading.value.complete) == (
        1_000,
        False,
    )
    feeds.show_more_tasks()
    await feeds.tasks.poll()
    assert (len(feeds.tasks.reading.value.items), feeds.tasks.reading.value.complete) == (
        1_500,
        True,
    )


async def test_the_question_before_a_deletion_says_what_goes() -> None:
    account = FakeAccount()
    batch = account.batch
    await batch.create_pool(pool_spec("p", dedicated=2))
    await job(account, "j", 3)
    batch.step(2)
    batch.by_itself = False
    account.storage.put("c", {"a": bytes(700), "b": bytes(800)})
    controller = Controller(account.gateway, feeds_of(account))
    assert await controller.losses_of_job("j") == (
        "Deleted with it: 3 tasks, and their files on the nodes.",
        "Still running, and ended: 2 tasks.",
        "Still waiting, and never run: 1 task.",
    )
    assert await controller.losses_of_pool("p") == (
        "Deleted with it: 2 nodes, and every file on them.",
        "Busy now, their tasks interrupted: 2 nodes.",
        "Left without a pool: j.",
    )
    assert await controller.losses_of_container("c") == ("Deleted with it: 2 blobs, 1.5 KB.",)


async def test_a_refused_count_is_the_feeds_error() -> None:
    account = FakeAccount()
    await job(account, "j", 1)
    account.calls.fail("task_counts", refused("too many requests", status=429))
    feeds = feeds_of(account)
    feeds.show_progress_of(("j",))
    assert not await feeds.progress.poll()
    assert feeds.progress.reading.error == "too many requests"


def counted(account: FakeAccount, job_id: str) -> int:
    return account.calls.made.count(f"task_counts {job_id}")


@pytest.fixture
def still() -> FakeAccount:
    account = FakeAccount()
    account.batch.by_itself = False
    return account


@pytest.mark.fault("2.11")
async def test_a_job_that_completed_between_two_counts_is_counted_after_its_end(
    still: FakeAccount,
) -> None:
    account, clock = still, Steady()
    world = account.batch.world
    await job(account, "j", 0)
    feeds = Feeds(account.gateway, Traffic(clock=clock), now=lambda: world.now)
    feeds.show_progress_of(("j",))
    await feeds.jobs.poll()
    await feeds.progress.poll()
    assert feeds.progress.reading.value == {"j": TaskCounts()}
    await account.batch.add_tasks(
        "j", [task_spec(f"t{i}") for i in range(100)], added=lambda _count: None
    )
    for number, task in enumerate(world.jobs["j"].tasks.values()):
        task.state = TaskState.COMPLETED
        task.outcome = Outcome(exit_code=1 if number < 10 else 0)
    world.jobs["j"].state = JobState.COMPLETED
    clock.now += 2
    await feeds.jobs.poll()
    await feeds.progress.poll()
    assert feeds.progress.reading.value["j"] == TaskCounts(completed=100, succeeded=90, failed=10)


@pytest.mark.fault("2.11")
async def test_a_count_that_lags_behind_a_jobs_end_is_not_the_last(still: FakeAccount) -> None:
    account, clock = still, Steady()
    world = account.batch.world
    await job(account, "j", 0)
    world.jobs["j"].state = JobState.COMPLETED
    ended = world.now
    feeds = Feeds(account.gateway, Traffic(clock=clock), now=lambda: world.now)
    feeds.show_progress_of(("j",))
    for second in range(0, 120, 2):
        clock.now, world.now = 1000.0 + second, ended + timedelta(seconds=second)
        await feeds.jobs.poll()
        await feeds.progress.poll()
        if second == 20:
            await account.batch.add_tasks("j", [task_spec("late")], added=lambda _count: None)
            world.jobs["j"].tasks["late"].state = TaskState.COMPLETED
    assert feeds.progress.reading.value["j"].completed == 1
    assert counted(account, "j") == 16, "until half a minute after its end, and then no more"


@pytest.mark.fault("2.11")
async def test_a_job_that_is_made_again_under_its_id_is_counted_anew(still: FakeAccount) -> None:
    account, clock = still, Steady()
    world = account.batch.world
    await job(account, "j", 0)
    world.jobs["j"].state = JobState.COMPLETED
    world.now += timedelta(hours=1)
    feeds = Feeds(account.gateway, Traffic(clock=clock), now=lambda: world.now)
    feeds.show_progress_of(("j",))
    feeds.show_job("j")
    for _ in range(3):
        await feeds.jobs.poll()
        await feeds.progress.poll()
        clock.now += 2
    assert counted(account, "j") == 1
    del world.jobs["j"]
    await job(account, "j", 7)
    world.jobs["j"].state = JobState.COMPLETED
    await feeds.jobs.poll()
    await feeds.progress.poll()
    assert feeds.progress.reading.value == {"j": TaskCounts(active=7)}
    assert not feeds.tasks.reading.known, "and none of the other job's tasks is shown in it"


async def test_a_job_in_which_all_is_done_is_counted_once_a_minute(still: FakeAccount) -> None:
    account, clock = still, Steady()
    await job(account, "done", 3)
    await job(account, "hidden", 3)
    await job(account, "live", 3)
    for job_id in ("done", "hidden"):
        for task in account.batch.world.jobs[job_id].tasks.values():
            task.state = TaskState.COMPLETED
    feeds = Feeds(account.gateway, Traffic(clock=clock))
    feeds.show_progress_of(("done", "live"))
    await feeds.jobs.poll()
    for _ in range(60):
        await feeds.progress.poll()
        clock.now += 2
    assert counted(account, "done") == counted(account, "hidden") == 2
    assert counted(account, "live") == 60
    feeds.refresh("progress")
    await feeds.progress.poll()
    assert counted(account, "done") == 3, "or when the user wants to"


@pytest.mark.fault("2.12")
async def test_one_job_of_four_that_cannot_be_counted_is_marked(still: FakeAccount) -> None:
    account, clock = still, Steady()
    names = ("a", "b", "c", "d")
    for name in names:
        await job(account, name, 1)
    feeds = Feeds(account.gateway, Traffic(clock=clock))
    feeds.show_progress_of(names)
    await feeds.progress.poll()
    for name in names:
        await account.batch.add_tasks(name, [task_spec("more")], added=lambda _count: None)
    clock.now += 2
    account.calls.fail("task_counts", refused("Could not count: 500", status=500))
    assert not await feeds.progress.poll()
    reading = feeds.progress.reading
    assert sorted(counts.active for counts in reading.value.values()) == [1, 2, 2, 2]
    assert reading.error == "Could not count: 500"
    clock.now += 2
    assert await feeds.progress.poll()
    assert {counts.active for counts in feeds.progress.reading.value.values()} == {2}


async def test_a_small_account_is_asked_for_nothing_that_nobody_needs() -> None:
    """One pool, no job shown, no container open: four listings, and nothing else."""
    account = FakeAccount()
    await account.batch.create_pool(pool_spec("p", dedicated=1))
    account.batch.step(9)
    account.batch.by_itself = False
    account.calls.made.clear()
    feeds = Feeds(account.gateway, Traffic())
    for name in feeds.NAMES:
        assert await feeds[name].poll()
    assert sorted(account.calls.made) == ["containers", "jobs", "node_counts", "pools"]


async def test_failures_of_the_last_hour_are_a_minimum_where_a_job_cannot_be_listed(
    still: FakeAccount,
) -> None:
    account = still
    for job_id in ("a", "b"):
        await job(account, job_id, 2)
        for task in account.batch.world.jobs[job_id].tasks.values():
            task.state, task.outcome = TaskState.COMPLETED, Outcome(exit_code=1)
    feeds = Feeds(account.gateway, Traffic(), now=lambda: account.batch.world.now)
    feeds.show_progress_of(("a", "b"))
    await feeds.jobs.poll()
    await feeds.progress.poll()
    account.calls.fail("tasks", refused("Busy", status=503))
    assert await feeds.failures.poll()
    assert feeds.failures.reading.value == FailedLately(2, complete=False)
    account.calls.fail("tasks", refused("Busy", status=503), times=2)
    assert not await feeds.failures.poll()
    assert feeds.failures.reading.value == FailedLately(2, complete=False)


async def test_what_comes_on_screen_by_itself_is_no_wish_of_the_user(still: FakeAccount) -> None:
    account, clock = still, Steady()
    for name in ("a", "b", "c"):
        await job(account, name, 1)
    feeds = Feeds(account.gateway, Traffic(clock=clock), every=3600)
    feeds.progress.looked_at = True
    feeds.show_progress_of(("a", "b", "c"))
    polling = asyncio.create_task(feeds.progress.run())
    for shown in (("a", "b"), ("a", "b", "c"), (), ("b",)):
        for _ in range(20):
            await asyncio.sleep(0)
        feeds.show_progress_of(shown)
    for _ in range(20):
        await asyncio.sleep(0)
    assert account.calls.count("task_counts") == 3, "as a sentence below the table comes and goes"
    await job(account, "new", 1)
    feeds.show_progress_of(("b", "new"))
    for _ in range(20):
        await asyncio.sleep(0)
    assert account.calls.made[-1] == "task_counts new"
    polling.cancel()
