"""Why a task waits."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from batchtui.core.known_tasks import KnownTasks
from batchtui.core.models import Pool, PoolNodeCounts, Task
from batchtui.core.preparation_status import JobPreparation, failure_words
from batchtui.core.states import JobState, NodeState, PoolState, TaskState
from batchtui.core.surroundings import Surroundings
from batchtui.core.wording import many, some

VERBS = frozenset(("waits", "needs", "never"))
"""Words by which a reason goes on from `the task`."""


class Reason(Struct, frozen=True):
    """`words` are a part of a sentence: `job is disabled`, `needs 9 nodes, p has 2`."""

    words: str
    blocked: bool = False
    """Whether the task waits until somebody acts."""

    @property
    def sentence(self) -> str:
        """`The task waits for a free slot.`, `The task waits: job is disabled.`"""
        verb = self.words.partition(" ")[0]
        return f"The task{'' if verb in VERBS else ' waits:'} {self.words}."


FREE_SLOT = Reason("waits for a free slot")
UNSCHEDULED = Reason("waits to be scheduled")
PREPARING = Reason("waits for the job's preparation task")
USUAL = (FREE_SLOT, UNSCHEDULED, PREPARING)
"""What most tasks wait for."""

JOB_STATES: Mapping[JobState, Reason] = {
    JobState.DISABLING: Reason("job is being disabled", blocked=True),
    JobState.DISABLED: Reason("job is disabled", blocked=True),
    JobState.ENABLING: Reason("job is being enabled"),
    JobState.TERMINATING: Reason("job is being terminated", blocked=True),
    JobState.COMPLETED: Reason("job is completed", blocked=True),
    JobState.DELETING: Reason("job is being deleted", blocked=True),
}

WORKING = (NodeState.IDLE, NodeState.RUNNING)
COMING = (
    *(NodeState.CREATING, NodeState.STARTING, NodeState.WAITING_FOR_START_TASK),
    *(NodeState.REBOOTING, NodeState.REIMAGING, NodeState.UPGRADING_OS),
)


def why_waiting(task: Task, around: Surroundings) -> Reason | None:
    """The reason, the one that lasts longest first; None for a task that does not wait."""
    if task.state is TaskState.PREPARING:
        return PREPARING
    if task.state is not TaskState.ACTIVE:
        return None
    found = (
        _of_job(around),
        _of_gone_pool(around),
        _of_dependencies(task, around.tasks),
        _of_slots(task, around.pool),
        _of_no_nodes(around),
        _of_instances(task, around),
        _of_preparation(around),
        _of_broken_nodes(around),
        _of_limit(around),
        _of_idle(task, around),
    )
    reason = next(filter(None, found), FREE_SLOT)
    return _with_preparation(reason, around)


def _of_job(around: Surroundings) -> Reason | None:
    return JOB_STATES.get(around.job.state) if around.job else None


def _of_gone_pool(around: Surroundings) -> Reason | None:
    pool_id = around.job.pool_id if around.job else ""
    if around.pool_gone and pool_id:
        return Reason(f"pool {pool_id} no longer exists", blocked=True)
    if around.job is not None and not pool_id:
        return Reason("job has no pool yet")
    if around.pool is not None and around.pool.state is PoolState.DELETING:
        return Reason(f"pool {around.pool.id} is being deleted", blocked=True)
    return None


def _of_dependencies(task: Task, tasks: KnownTasks) -> Reason | None:
    if task.depends_on is None:
        return None
    if blocker := tasks.blocker(task):
        cause = tasks[blocker]
        ended = "failed" if cause is None or cause.failed else "succeeded, which blocks it"
        return Reason(f"never runs: {blocker} {ended}", blocked=True)
    if absent := tasks.absent(task.depends_on):
        return Reason(f"waits for {some(absent)}, not in the job", blocked=True)
    awaited = tuple(tasks.awaited(task.depends_on))
    return Reason(f"waits for {some(awaited)}") if awaited else None


def _of_slots(task: Task, pool: Pool | None) -> Reason | None:
    if pool is None or task.required_slots <= pool.task_slots_per_node:
        return None
    need, have = many(task.required_slots, "slot"), pool.task_slots_per_node
    return Reason(f"needs {need}, nodes of {pool.id} have {have:,}", blocked=True)


def _of_no_nodes(around: Surroundings) -> Reason | None:
    pool = around.pool
    if pool is None or _nodes(around):
        return None
    if pool.resize_errors:
        return Reason(f"pool has no nodes: {pool.resize_errors[0].code}", blocked=True)
    if pool.formula_failed:
        return Reason("pool has no nodes: its autoscale formula failed", blocked=True)
    if pool.target_nodes:
        return Reason(f"pool has no nodes yet, {pool.target_nodes:,} requested")
    if pool.enable_auto_scale:
        return Reason("pool has no nodes: autoscale requests none")
    return Reason("pool has no nodes", blocked=True)


def _of_instances(task: Task, around: Surroundings) -> Reason | None:
    pool = around.pool
    if pool is None or task.instances <= max(_nodes(around), pool.target_nodes):
        return None
    have = f"{pool.id} has {_nodes(around):,}"
    return Reason(f"needs {many(task.instances, 'node')}, {have}", blocked=True)


def _of_preparation(around: Surroundings) -> Reason | None:
    """Where no node is left on which the preparation has not failed."""
    found = _preparation(around)
    working = _in(around.nodes, WORKING)
    if not found.failed or not found.blocking or not working:
        return None
    if len(found.failed) >= working and not (around.counts and around.counts.running):
        return Reason(failure_words(found.failed), blocked=True)
    return None


def _of_broken_nodes(around: Surroundings) -> Reason | None:
    if around.pool is None or around.nodes is None or _in(around.nodes, WORKING) != 0:
        return None
    if _in(around.nodes, COMING):
        return Reason(f"nodes of {around.pool.id} are starting")
    states = around.nodes.by_state().items()
    if not states:
        return None  # the counts are behind the pool
    told = [f"{count:,} {_state(state)}" for state, count in states]
    return Reason(f"no node of {around.pool.id} runs tasks: {some(told)}", blocked=True)


def _of_limit(around: Surroundings) -> Reason | None:
    most = around.job.max_parallel_tasks if around.job else -1
    if most < 1 or around.counts is None or around.counts.running < most:
        return None
    return Reason(f"job runs {many(most, 'task')} at a time")


def _of_idle(task: Task, around: Surroundings) -> Reason | None:
    idle = _in(around.nodes, (NodeState.IDLE,))
    if not idle:
        return None
    if task.instances > idle:
        return Reason(f"needs {many(task.instances, 'idle node')}, {idle:,} idle")
    return UNSCHEDULED


def _with_preparation(reason: Reason, around: Surroundings) -> Reason:
    """Also says where the preparation failed on some of the nodes."""
    words = failure_words(_preparation(around).failed)
    if not words or reason not in USUAL:
        return reason
    return Reason(f"{reason.words}; {words}", reason.blocked)


def _preparation(around: Surroundings) -> JobPreparation:
    if around.preparation is None or around.job is None:
        return JobPreparation()
    return around.preparation.on(around.job.pool_id)


def _nodes(around: Surroundings) -> int:
    """Nodes of the pool, by its own count or by theirs: either may lag behind."""
    counted = 0
    if around.nodes is not None:
        counted = max(sum(around.nodes.by_state().values()), _total(around.nodes))
    return max(counted, around.pool.current_nodes if around.pool else 0)


def _total(nodes: PoolNodeCounts) -> int:
    return nodes.dedicated.total + nodes.low_priority.total


def _in(nodes: PoolNodeCounts | None, states: Iterable[NodeState]) -> int | None:
    if nodes is None:
        return None
    counts = nodes.by_state()
    return sum(counts.get(state, 0) for state in states)


def _state(state: NodeState) -> str:
    """`start task failed`."""
    return state.name.lower().replace("_", " ")
