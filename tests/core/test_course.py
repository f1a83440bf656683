"""When tasks ran and where, and how that is followed."""

from datetime import UTC, datetime, timedelta

from batchtui.core.chronicle import Chronicle
from batchtui.core.course import course_of, histogram
from batchtui.core.models import NodeInfo, PoolInfo, Task, TaskExecution
from batchtui.core.specs import JobSpec
from batchtui.core.states import Result, TaskState
from tests.fakes import FakeAccount, Outcome, pool_spec, task_spec

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def ran(task_id: str, node: str, start: int, end: int | None, *, failed: bool = False) -> Task:
    """A task that ran on `node` from `start` to `end`, in seconds after noon."""

    def at(seconds: int) -> datetime:
        return NOON + timedelta(seconds=seconds)

    return Task(
        task_id,
        TaskState.RUNNING if end is None else TaskState.COMPLETED,
        state_transition_time=at(start if end is None else end),
        execution_info=TaskExecution(
            start_time=at(start),
            end_time=None if end is None else at(end),
            result=Result.FAILURE if failed else None,
        ),
        node_info=NodeInfo("p", node),
    )


def test_each_node_has_a_lane_with_what_it_ran() -> None:
    tasks = [
        ran("c", "n2", 5, 9, failed=True),
        ran("b", "n1", 4, None),
        ran("a", "n1", 0, 3),
        ran("d", "n1", 2, 6),
        Task("waiting", TaskState.ACTIVE),
    ]
    course = course_of(tasks, complete=True)
    first, second = course.lanes
    assert [stint.task_id for stint in first.stints] == ["a", "d", "b"]
    assert (first.slots, first.failed, second.slots, second.failed) == (2, 0, 1, 1)
    assert course.tasks == 5
    noon = NOON.timestamp()
    assert [course.running_at(noon + second) for second in (-1, 0, 2, 4, 6, 9)] == [
        0,
        1,
        2,
        2,
        2,
        1,
    ]
    assert course.ended_between(noon, noon + 9) == (3, 1)
    assert course.end(noon + 30) == noon + 30, "one task still runs"
    assert {stint.task_id for stint in first.between(noon + 20, noon + 30)} >= {"b"}


def test_a_course_that_is_over_ends_with_its_last_task() -> None:
    course = course_of([ran("a", "n", 0, 3), ran("b", "n", 3, 8)], complete=True)
    assert course.end(NOON.timestamp() + 999) - course.begin == 8
    assert course_of([], complete=True).end(5.0) == 0.0


def test_the_progress_of_a_course_is_known_end_by_end() -> None:
    course = course_of([ran(str(i), "n", 0, 10 + i) for i in range(100)], complete=True)
    noon = NOON.timestamp()
    assert course.progress(1000)[0] == (noon + 10, 1)
    assert course.progress(1000)[-1] == (noon + 109, 100)
    few = course.progress(10)
    assert len(few) == 10
    assert few[-1] == (noon + 109, 100)
    assert few[0] == (noon + 19, 10)


def test_durations_fall_into_even_steps_or_steps_of_even_ratio() -> None:
    even = course_of([ran(str(i), "n", 0, 10 + i) for i in range(10)], complete=True)
    assert [span.count for span in histogram(even, 3)] == [3, 3, 4]
    assert histogram(even, 3)[0].least == 10
    wide = course_of([ran(str(i), "n", 0, 4**i) for i in range(6)], complete=True)
    spans = histogram(wide, 5)
    assert sum(span.count for span in spans) == 6
    assert max(span.count for span in spans) <= 2, "even steps would put five of six in the first"
    same = course_of([ran("a", "n", 0, 4), ran("b", "n", 0, 4)], complete=True)
    assert [span.count for span in histogram(same, 5)] == [2]
    assert histogram(course_of([], complete=True), 5) == ()
    assert even.quantile(0.5) == 15


async def a_job(tasks: int) -> FakeAccount:
    account = FakeAccount()
    account.batch.by_itself = False
    account.batch.outcomes["*"] = Outcome(steps=1)
    await account.batch.create_pool(pool_spec("p", dedicated=1))
    await account.batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    specs = [task_spec(f"t{index}") for index in range(tasks)]
    await account.batch.add_tasks("j", specs, added=lambda _count: None)
    return account


async def test_only_changes_are_asked_for_once_all_is_known() -> None:
    account = await a_job(3)
    account.batch.step(4)
    chronicle = Chronicle(account.batch, "j")
    first = await chronicle.fetch()
    assert await chronicle.fetch() is first, "an unchanged job has an unchanged course"
    account.batch.step()
    later = await chronicle.fetch()
    assert later is not first
    assert [call for call in account.calls.made if call.startswith("task_history")] == [
        "task_history j all",
        "task_history j changed",
        "task_history j changed",
    ]
    account.batch.step(20)
    done = await chronicle.fetch()
    assert (len(done.ends), done.tasks) == (3, 3)


async def test_a_sweep_finds_what_was_deleted() -> None:
    account = await a_job(3)
    account.batch.step(9)
    chronicle = Chronicle(account.batch, "j")
    chronicle.SWEEP = 2
    assert (await chronicle.fetch()).tasks == 3
    await account.batch.delete_task("j", "t1")
    assert (await chronicle.fetch()).tasks == 3
    assert (await chronicle.fetch()).tasks == 2
