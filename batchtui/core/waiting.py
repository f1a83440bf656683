"""Why a task waits."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from batchtui.core.dependencies import Dependencies, IdRange
from batchtui.core.models import Job, Pool, PoolNodeCounts, Task, TaskCounts
from batchtui.core.preparation_status import FailedPreparation, failure_words
from batchtui.core.states import JobState, NodeState, PoolState, TaskState
from batchtui.core.wording import many, some


class Reason(Struct, frozen=True):
    """`words` are a part of a sentence: `job is disabled`, `needs 9 nodes, p has 2`."""

    words: str
    blocked: bool = False
    """Whether the task waits until somebody acts."""


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


class KnownTasks:
    """What is known of the tasks of a job, to tell what the dependencies between them mean.

    `complete` says whether these are all tasks of the job.
    """

    def __init__(self, tasks: Iterable[Task] = (), *, complete: bool = True) -> None:
        self.complete = complete
        self._tasks = {task.id.casefold(): task for task in tasks}

    def __getitem__(self, task_id: str) -> Task | None:
        """The task of that id, which the service finds in upper and lower case."""
        return self._tasks.get(task_id.casefold())

    def blocker(self, task: Task) -> str:
        """The id of the task whose end keeps this one from ever running, or empty."""
        if task.depends_on is None:
            return ""
        return next(self._blockers(task.depends_on), "")

    def awaited(self, wanted: Dependencies) -> Iterator[str]:
        """What is not known to satisfy: ids, and ranges of them such as `tasks 1 to 9`."""
        for task_id in wanted.task_ids:
            task = self[task_id]
            if task is None or not task.satisfies:
                yield task_id
        for span in wanted.task_id_ranges:
            if not self._all_satisfy(span):
                yield f"tasks {span.start} to {span.end}"

    def absent(self, wanted: Dependencies) -> tuple[str, ...]:
        """The ids of tasks that the job does not have; none where not all are known."""
        return tuple(each for each in wanted.task_ids if self[each] is None and self.complete)

    @cached_property
    def _numbered(self) -> Sequence[tuple[int, Task]]:
        """Tasks whose ids are numbers, by number."""
        numbers = (
            (int(task.id), task)
            for task in self._tasks.values()
            if task.id.isascii() and task.id.isdecimal()
        )
        return sorted(numbers, key=lambda pair: pair[0])

    def _within(self, span: IdRange) -> Sequence[tuple[int, Task]]:
        first = bisect_left(self._numbered, span.start, key=lambda pair: pair[0])
        last = bisect_right(self._numbered, span.end, key=lambda pair: pair[0])
        return self._numbered[first:last]

    def _all_satisfy(self, span: IdRange) -> bool:
        within = self._within(span)
        numbers = {number for number, _ in within}
        return len(numbers) == span.end - span.start + 1 and all(t.satisfies for _, t in within)

    @cached_property
    def _lost(self) -> dict[str, str]:
        """Tasks that satisfy no dependency any more, each with the one whose end is the cause."""
        lost = {
            key: task.id
            for key, task in self._tasks.items()
            if task.state is TaskState.COMPLETED and not task.satisfies
        }
        waiting = {
            key: task.depends_on
            for key, task in self._tasks.items()
            if task.state is TaskState.ACTIVE and task.depends_on is not None
        }
        after: dict[str, list[str]] = {}
        for key, wanted in waiting.items():
            for task_id in wanted.task_ids:
                after.setdefault(task_id.casefold(), []).append(key)
        ranged = [key for key, wanted in waiting.items() if wanted.task_id_ranges]
        fresh = list(lost)
        while fresh:
            for key in fresh:
                for later in after.get(key, ()):
                    if later not in lost:
                        lost[later] = lost[key]
                        fresh.append(later)
            fresh = []
            numbers = sorted(int(key) for key in lost if key.isascii() and key.isdecimal())
            for later in ranged:
                if later in lost:
                    continue
                if (number := _first_in(numbers, waiting[later].task_id_ranges)) is not None:
                    lost[later] = self._cause(lost, number)
                    fresh.append(later)
        return lost

    def _cause(self, lost: Mapping[str, str], number: int) -> str:
        return lost.get(str(number)) or next(
            lost[task.id.casefold()]
            for _, task in self._within(IdRange(number, number))
            if task.id.casefold() in lost
        )

    def _blockers(self, wanted: Dependencies) -> Iterator[str]:
        for task_id in wanted.task_ids:
            if (cause := self._lost.get(task_id.casefold())) is not None:
                yield cause
        for span in wanted.task_id_ranges:
            for _, task in self._within(span):
                if (cause := self._lost.get(task.id.casefold())) is not None:
                    yield cause


def _first_in(numbers: Sequence[int], spans: Iterable[IdRange]) -> int | None:
    for span in spans:
        at = bisect_left(numbers, span.start)
        if at < len(numbers) and numbers[at] <= span.end:
            return numbers[at]
    return None


KNOWS_NO_TASKS = KnownTasks(complete=False)


class Surroundings(Struct, frozen=True):
    """What is known around the tasks of a job; None for what is not known."""

    job: Job | None = None
    counts: TaskCounts | None = None
    """Of the job."""
    pool: Pool | None = None
    pool_gone: bool = False
    """Whether the service knows no such pool any more."""
    nodes: PoolNodeCounts | None = None
    """Of the pool."""
    preparation: FailedPreparation | None = None
    """Of the job."""
    tasks: KnownTasks = KNOWS_NO_TASKS


def surroundings(
    job: Job | None,
    counts: TaskCounts | None = None,
    *,
    pools: Iterable[Pool] | None = None,
    nodes: Iterable[PoolNodeCounts] | None = None,
    preparation: FailedPreparation | None = None,
    tasks: KnownTasks = KNOWS_NO_TASKS,
) -> Surroundings:
    """Picks the job's pool out of all `pools`, and its counts out of those of all `nodes`.

    None where they are not known. Ids are the same in upper and lower case.
    """
    key = job.pool_id.casefold() if job else ""
    pool = next((each for each in pools or () if each.id.casefold() == key), None)
    return Surroundings(
        job,
        counts,
        pool,
        pools is not None and pool is None,
        next((each for each in nodes or () if each.pool_id.casefold() == key), None),
        preparation,
        tasks,
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
    failed = _unprepared(around)
    working = _in(around.nodes, WORKING)
    if not failed.nodes or not failed.blocking or working is None:
        return None
    if working and len(failed.nodes) >= working and not (around.counts and around.counts.running):
        return Reason(failure_words(failed.nodes), blocked=True)
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
    words = failure_words(_unprepared(around).nodes)
    if not words or reason not in USUAL:
        return reason
    return Reason(f"{reason.words}; {words}", reason.blocked)


def _unprepared(around: Surroundings) -> FailedPreparation:
    if around.preparation is None or around.job is None:
        return FailedPreparation()
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
