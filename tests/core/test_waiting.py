"""Why a task waits."""

from typing import Any

import pytest
from msgspec.structs import replace

from batchtui.core.dependencies import Dependencies, IdRange
from batchtui.core.exit_conditions import ExitCode, ExitConditions, ExitOptions
from batchtui.core.known_tasks import KnownTasks
from batchtui.core.models import (
    FailureInfo,
    Job,
    JobExecution,
    MultiInstance,
    NodeCounts,
    Pool,
    PoolInfo,
    PoolNodeCounts,
    ResizeError,
    Task,
    TaskCounts,
    TaskExecution,
)
from batchtui.core.preparation_status import JobPreparation, NodeTaskRun, PreparationStatus
from batchtui.core.states import AllocationState, JobState, PoolState, Result, TaskState
from batchtui.core.surroundings import surroundings
from batchtui.core.waiting import FREE_SLOT, Reason, why_waiting

pytestmark = pytest.mark.fault("2.3")

JOB = Job("j", JobState.ACTIVE, pool_info=PoolInfo("p"))
POOL = Pool(
    "p", PoolState.ACTIVE, AllocationState.STEADY, current_dedicated_nodes=2,
    target_dedicated_nodes=2, task_slots_per_node=8,
)  # fmt: skip
BUSY = PoolNodeCounts("p", NodeCounts(running=2, total=2))
WAITS = Task("t", TaskState.ACTIVE)


def reason(task: Task = WAITS, job: Job = JOB, **known: Any) -> Reason:
    """Why it waits on a pool of two busy nodes, with what else is known."""
    given: dict[str, Any] = {"pools": (POOL,), "nodes": (BUSY,), "counts": TaskCounts(active=1)}
    found = why_waiting(task, surroundings(job, **given | known))
    assert found is not None
    return found


def words(task: Task = WAITS, job: Job = JOB, **known: Any) -> str:
    return reason(task, job, **known).words


def ended(task_id: str, exit_code: int | None, *, code: str = "FailureExitCode") -> Task:
    result = Result.SUCCESS if exit_code == 0 else Result.FAILURE
    failure = None if exit_code == 0 else FailureInfo("usererror", code)
    return Task(
        task_id,
        TaskState.COMPLETED,
        execution_info=TaskExecution(exit_code=exit_code, result=result, failure_info=failure),
    )


def after(*task_ids: str, task_id: str = "t") -> Task:
    return Task(task_id, TaskState.ACTIVE, depends_on=Dependencies(task_ids))


def unprepared(*ends: int | str, pool: str = "p") -> JobPreparation:
    """Nodes whose preparation ended with these exit codes, or for these reasons."""
    runs = [
        NodeTaskRun(
            "completed",
            exit_code=end if isinstance(end, int) else None,
            result=Result.FAILURE,
            failure_info=FailureInfo(code=end if isinstance(end, str) else "FailureExitCode"),
        )
        for end in ends
    ]
    nodes = (PreparationStatus(pool, f"n{i}", run) for i, run in enumerate(runs))
    return JobPreparation(tuple(nodes))


def test_a_task_waits_for_a_slot_where_nothing_else_is_known() -> None:
    assert reason() == FREE_SLOT
    assert words(nodes=None, pools=None, counts=None) == "waits for a free slot"
    idle = PoolNodeCounts("p", NodeCounts(idle=1, running=1, total=2))
    assert words(nodes=(idle,)) == "waits to be scheduled"


@pytest.mark.parametrize("state", [TaskState.RUNNING, TaskState.COMPLETED, TaskState.UNKNOWN])
def test_a_task_that_does_not_wait_has_no_reason(state: TaskState) -> None:
    job = replace(JOB, state=JobState.DISABLED)
    assert why_waiting(Task("t", state), surroundings(job)) is None


@pytest.mark.parametrize(
    ("slots", "each", "told"),
    [(16, 8, "needs 16 slots, nodes of p have 8"), (2, 1, "needs 2 slots, nodes of p have 1")],
)
def test_more_slots_than_a_node_has(slots: int, each: int, told: str) -> None:
    pool = replace(POOL, task_slots_per_node=each)
    assert reason(replace(WAITS, required_slots=slots), pools=(pool,)) == Reason(told, True)
    assert reason(replace(WAITS, required_slots=each), pools=(pool,)) == FREE_SLOT


def test_the_pool_is_gone_or_goes() -> None:
    assert reason(pools=(), nodes=()) == Reason("pool p no longer exists", True)
    other = replace(POOL, id="other")
    assert words(pools=(other,)) == "pool p no longer exists"
    assert words(pools=(replace(POOL, state=PoolState.DELETING),)) == "pool p is being deleted"
    assert words(pools=None) == "waits for a free slot"


def test_a_pool_is_found_in_upper_and_lower_case() -> None:
    assert words(pools=(replace(POOL, id="P"),)) == "waits for a free slot"


def test_an_auto_pool_that_has_not_been_created() -> None:
    auto = Job("j", JobState.ACTIVE)
    assert words(job=auto) == "job has no pool yet"
    made = replace(auto, execution_info=JobExecution(pool_id="p"))
    assert words(job=made) == "waits for a free slot"


NONE = replace(POOL, current_dedicated_nodes=0, target_dedicated_nodes=0)


@pytest.mark.parametrize(
    ("pool", "told"),
    [
        (NONE, "pool has no nodes"),
        (replace(NONE, target_low_priority_nodes=4), "pool has no nodes yet, 4 requested"),
        (replace(NONE, enable_auto_scale=True), "pool has no nodes: autoscale requests none"),
        (
            replace(NONE, target_dedicated_nodes=4, resize_errors=(ResizeError("Quota"),)),
            "pool has no nodes: Quota",
        ),
    ],
)
def test_a_pool_without_nodes(pool: Pool, told: str) -> None:
    assert words(pools=(pool,), nodes=(PoolNodeCounts("p"),)) == told
    assert words(pools=(pool,), nodes=None) == told


def test_nodes_that_are_counted_late_are_none_where_the_pool_says_so() -> None:
    assert words(pools=(POOL,), nodes=(PoolNodeCounts("p"),)) == "waits for a free slot"


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (NodeCounts(starting=2, total=2), "nodes of p are starting"),
        (NodeCounts(start_task_failed=2), "no node of p runs tasks: 2 start task failed"),
        (
            NodeCounts(unusable=1, preempted=3),
            "no node of p runs tasks: 3 preempted and 1 unusable",
        ),
        (NodeCounts(offline=1), "no node of p runs tasks: 1 offline"),
        (NodeCounts(offline=1, running=1), "waits for a free slot"),
    ],
)
def test_nodes_that_run_nothing(counts: NodeCounts, told: str) -> None:
    assert words(nodes=(PoolNodeCounts("p", counts),)) == told


@pytest.mark.parametrize(
    ("most", "running", "told"),
    [
        (1, 1, "job runs 1 task at a time"),
        (3, 3, "job runs 3 tasks at a time"),
        (3, 2, "waits for a free slot"),
        (-1, 9, "waits for a free slot"),
        (0, 9, "waits for a free slot"),
    ],
)
def test_the_limit_of_the_job(most: int, running: int, told: str) -> None:
    job = replace(JOB, max_parallel_tasks=most)
    assert words(job=job, counts=TaskCounts(active=1, running=running)) == told


@pytest.mark.parametrize(
    ("instances", "counts", "told"),
    [
        (9, NodeCounts(idle=2, total=2), "needs 9 nodes, p has 2"),
        (3, NodeCounts(running=2, total=2), "needs 3 nodes, p has 2"),
        (2, NodeCounts(idle=1, running=1, total=2), "needs 2 idle nodes, 1 idle"),
        (2, NodeCounts(idle=2, total=2), "waits to be scheduled"),
    ],
)
def test_more_instances_than_nodes(instances: int, counts: NodeCounts, told: str) -> None:
    task = replace(WAITS, multi_instance_settings=MultiInstance(instances))
    assert words(task, nodes=(PoolNodeCounts("p", counts),)) == told


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (JobState.DISABLED, "job is disabled"),
        (JobState.DISABLING, "job is being disabled"),
        (JobState.TERMINATING, "job is being terminated"),
        (JobState.COMPLETED, "job is completed"),
        (JobState.DELETING, "job is being deleted"),
    ],
)
def test_a_job_that_runs_nothing_comes_before_all_else(state: JobState, told: str) -> None:
    assert words(replace(WAITS, required_slots=99), replace(JOB, state=state), pools=()) == told


def test_a_task_that_depends_on_one_that_failed_never_runs() -> None:
    known = KnownTasks((ended("mid", 1), after("mid")))
    assert reason(after("mid"), tasks=known) == Reason("never runs: mid failed", True)
    assert words(after("MID"), tasks=known) == "never runs: mid failed"


def test_what_depends_on_it_by_others_never_runs_either() -> None:
    chain = [after(f"t{i - 1}", task_id=f"t{i}") for i in range(5000, 0, -1)]
    known = KnownTasks((ended("t0", 1), *chain))
    assert words(chain[0], tasks=known) == "never runs: t0 failed"


def test_a_range_of_tasks_of_which_one_failed() -> None:
    wanted = Dependencies(task_id_ranges=(IdRange(1, 9),))
    task = replace(WAITS, depends_on=wanted)
    well = [ended(str(i), 0) for i in range(1, 9)]
    assert words(task, tasks=KnownTasks((*well, ended("9", 2)))) == "never runs: 9 failed"
    assert words(task, tasks=KnownTasks((*well, ended("009", 2)))) == "never runs: 009 failed"
    assert words(task, tasks=KnownTasks(well)) == "waits for tasks 1 to 9"
    assert words(task, tasks=KnownTasks((*well, ended("9", 0)))) == "waits for a free slot"
    beyond = replace(task, id="12", depends_on=Dependencies(task_id_ranges=(IdRange(10, 11),)))
    between = replace(task, id="10")
    known = KnownTasks((*well, ended("9", 2), between, beyond))
    assert words(beyond, tasks=known) == "never runs: 9 failed"


def test_a_failure_may_satisfy_and_a_success_may_block() -> None:
    def with_conditions(task: Task, **conditions: Any) -> KnownTasks:
        return KnownTasks((replace(task, exit_conditions=ExitConditions(**conditions)),))

    satisfy, block = ExitOptions("satisfy"), ExitOptions("block")
    codes = (ExitCode(7, satisfy),)
    cases = (
        (with_conditions(ended("mid", 7), exit_codes=codes), "waits for a free slot"),
        (with_conditions(ended("mid", 8), exit_codes=codes), "never runs: mid failed"),
        (with_conditions(ended("mid", 8), default=satisfy), "waits for a free slot"),
        (
            with_conditions(ended("mid", None), pre_processing_error=satisfy),
            "waits for a free slot",
        ),
        (
            with_conditions(ended("mid", 0), exit_codes=(ExitCode(0, block),)),
            "never runs: mid succeeded, which blocks it",
        ),
    )
    for known, told in cases:
        assert words(after("mid"), tasks=known) == told


def test_a_task_that_depends_on_others_waits_for_those_that_are_not_through() -> None:
    known = KnownTasks((ended("a", 0), Task("b", TaskState.RUNNING), Task("c", TaskState.ACTIVE)))
    assert words(after("a", "b", "c"), tasks=known) == "waits for b and c"
    assert words(after("a"), tasks=known) == "waits for a free slot"
    assert words(after("gone"), tasks=known) == "waits for gone, not in the job"
    part = KnownTasks(complete=False)
    assert words(after("gone"), tasks=part) == "waits for gone"


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ((7, 7), "preparation failed on 2 nodes, exit 7"),
        ((7, 9), "preparation failed on 2 nodes, exit 7 and exit 9"),
        (
            ("BlobAccessDenied", "BlobAccessDenied"),
            "preparation failed on 2 nodes: BlobAccessDenied",
        ),
        ((7,), "waits for a free slot; preparation failed on 1 node, exit 7"),
    ],
)
def test_a_preparation_that_fails(ends: tuple[int | str, ...], told: str) -> None:
    assert words(preparation=unprepared(*ends)) == told


def test_a_preparation_that_need_not_succeed_or_failed_elsewhere_keeps_nothing_waiting() -> None:
    free = JobPreparation(unprepared(7, 7).nodes, blocking=False)
    assert words(preparation=free).startswith("waits for a free slot")
    assert words(preparation=unprepared(7, 7, pool="before")) == "waits for a free slot"
    runs = TaskCounts(active=1, running=1)
    told = "waits for a free slot; preparation failed on 2 nodes, exit 7"
    assert words(preparation=unprepared(7, 7), counts=runs) == told
