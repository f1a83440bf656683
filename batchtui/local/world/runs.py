"""Runs: tasks that hold slots of a node, from the moment they are placed until they let go."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from batchtui.local.agent.launch import Outcome
from batchtui.local.wire.times import micros
from batchtui.local.world.execution import Execution
from batchtui.local.world.job import Job
from batchtui.local.world.node import Node
from batchtui.local.world.pool import Pool
from batchtui.local.world.preparation import UnpreparedError
from batchtui.local.world.task import Task, ended_by_user, execution_info, failure_info
from batchtui.local.world.world import World

_RECENT = 10


class Ending(IntEnum):
    """Why a run is being ended; what is further down outweighs what is above."""

    NONE = 0
    RECOVER = 1
    """Its node was lost: it runs again, and neither as a retry nor as a user's requeue."""
    REQUEUE = 2
    TERMINATE = 3
    DELETE = 4


class NoPlaceError(Exception):
    """While its nodes were prepared for a task, others have begun: as many run as may at once."""


@dataclass(slots=True, eq=False)
class Run:
    """One task on one node, or on several of which the first is its own."""

    task: Task
    job: Job
    nodes: tuple[Node, ...]
    slots: int
    """What it holds of each node."""
    work: asyncio.Task[None] | None = None
    has_place: bool = False
    """Whether it is one of the tasks that may run at once."""
    entered: bool = False
    """Whether `work` has begun: what is cancelled before would never let go of its nodes."""
    ending: Ending = Ending.NONE

    @property
    def node(self) -> Node:
        return self.nodes[0]


class Runs:
    """Starts runs, ends them, and says what became of them.

    `completed` is called with each task that came to its end and has to save it, `freed` with the
    key of each pool that has a free slot again.
    """

    def __init__(
        self,
        world: World,
        execution: Execution,
        *,
        completed: Callable[[Job, Task, Outcome | None], None],
        freed: Callable[[str], None],
    ) -> None:
        self._world = world
        self._execution = execution
        self._completed = completed
        self._freed = freed
        self._runs: dict[int, Run] = {}
        self._by_job: dict[str, dict[int, Run]] = {}
        self._by_node: dict[str, dict[int, Run]] = {}
        self._left: dict[str, dict[int, set[tuple[str, str]]]] = {}
        """Pool and node of the folders that earlier runs have left, by the job's key and `seq`."""
        self._placed = 0
        """How many runs have a place."""
        self._leaving: dict[tuple[str, str], list[Run]] = {}
        """Runs of deleted tasks that still end, by the keys of job and task."""

    def start(self, task: Task, job: Job, nodes: tuple[Node, ...]) -> None:
        """Give a ready task to nodes that have the slots; the first is its own."""
        world = self._world
        left = self._left.get(job.key, {}).pop(task.seq, set()) - {
            (node.pool, node.id) for node in nodes
        }
        for pool, node_id in left:
            # Its files are where it runs, and nowhere else.
            world.throw_away(world.site.task(pool, node_id, job.id, task.id))
        task.placed, task.node, task.pool = True, nodes[0].id, nodes[0].pool
        held_up = self._execution.is_held_up(job, nodes)
        if held_up:
            self._move(task, job, "preparing")
        world.table.save(task)
        run = self.carry_on(task, job, nodes)
        if not held_up:
            self._take_place(run)
        for node in nodes:
            world.move_node(node, "running")

    def carry_on(self, task: Task, job: Job, nodes: tuple[Node, ...]) -> Run:
        """Have a task that is placed on nodes run there, from the start or from its middle."""
        world = self._world
        world.held[task.seq] = task
        run = Run(task, job, nodes, held_slots(task, job, world.pools[job.pool]))
        self._runs[task.seq] = run
        self._by_job.setdefault(job.key, {})[task.seq] = run
        for node in nodes:
            world.fleets[job.pool].take(node, run.slots)
            self._by_node.setdefault(node.id, {})[task.seq] = run
        run.work = world.spawn(self._carry_out(run))
        return run

    @property
    def is_full(self) -> bool:
        """Whether no task but a job manager may begin, since as many run as may at once."""
        most = self._world.settings.most_tasks
        return most is not None and self._placed >= most

    def _take_place(self, run: Run) -> None:
        if not run.has_place and not run.job.manager_of(run.task):
            run.has_place = True
            self._placed += 1

    def _prepared(self, run: Run) -> None:
        """The nodes are ready for the run's command. Raises `NoPlaceError`."""
        if self.is_full and not run.has_place and not run.job.manager_of(run.task):
            raise NoPlaceError
        self._take_place(run)

    def of_job(self, job: Job) -> list[Run]:
        return list(self._by_job.get(job.key, {}).values())

    def of_node(self, node: Node) -> list[Run]:
        return list(self._by_node.get(node.id, {}).values())

    def of_task(self, task: Task) -> Run | None:
        return self._runs.get(task.seq)

    def folders_of(self, task: Task) -> set[tuple[str, str]]:
        """Pool and node of what the task runs on, and of the folders that it has left."""
        run = self._runs.get(task.seq)
        nodes = {(node.pool, node.id) for node in run.nodes} if run else set()
        return nodes | self._left.get(task.job, {}).get(task.seq, set())

    def forget(self, task: Task) -> None:
        """A task is being deleted: where its folders are is known."""
        self._left.get(task.job, {}).pop(task.seq, None)

    def forget_job(self, job: Job) -> None:
        """A job is gone with all its tasks."""
        self._left.pop(job.key, None)

    def keeps_away(self, task: Task, node: Node) -> bool:
        """Whether a deleted task of that id still ends there: its processes know the folder."""
        runs = self._leaving.get((task.job, task.key), ())
        return any(node in run.nodes for run in runs)

    def end(self, run: Run, ending: Ending) -> None:
        """Begin to end a run. A terminated task is completed at once, its processes end after."""
        if ending <= run.ending:
            return
        # Cancelled once only: a second time would cut short how its processes are being ended.
        begun, run.ending = run.ending is not Ending.NONE, ending
        if ending is Ending.TERMINATE:
            self.complete(run.task, run.job, None)
        if ending is Ending.DELETE:
            self._leaving.setdefault((run.job.key, run.task.key), []).append(run)
        if run.work and run.entered and not begun:
            run.work.cancel()

    async def ended(self, runs: Iterable[Run]) -> None:
        """Wait until these runs have let go of their nodes."""
        works = [run.work for run in runs if run.work]
        if works:
            await asyncio.wait(works)

    def free(self, node: Node) -> None:
        """A node takes tasks again without one having ended."""
        self._freed(node.pool.lower())

    def complete(self, task: Task, job: Job, outcome: Outcome | None) -> None:
        """Bring a task to its end; without an outcome because somebody ended it."""
        world = self._world
        now = world.clock.now()
        counts = world.counts[job.key]
        counts.remove(task)
        if outcome is None and task.started is None:
            task.node = task.pool = None
        task.account(outcome, now)
        failure = outcome.failure if outcome else ended_by_user()
        task.move("completed", now)
        task.ended = micros(outcome.ended) if outcome else now
        if outcome:
            task.exit_code = outcome.exit_code
        task.failure = failure_info(failure) if failure else None
        task.result = "failure" if failure else "success"
        counts.put(task)
        self._completed(job, task, outcome)

    async def _carry_out(self, run: Run) -> None:
        run.entered = True
        outcome: Outcome | None = None
        try:
            if run.ending is Ending.NONE:
                outcome = await self._execution.carry_out(
                    run.task,
                    run.job,
                    run.nodes,
                    prepared=lambda: self._prepared(run),
                    running=lambda at: self._begun(run, at),
                )
        except (UnpreparedError, NoPlaceError):
            run.ending = max(run.ending, Ending.RECOVER)
        except asyncio.CancelledError:
            if run.ending is Ending.NONE:
                raise  # The account stops; the task stays running in the store, for the next start.
        if outcome and run.task.state != "running":
            self._begun(run, outcome.started or outcome.ended)
        self._let_go(run)
        self._settle(run, outcome)
        self._freed(run.node.pool.lower())

    def _begun(self, run: Run, at: datetime) -> None:
        task = run.task
        if run.ending is not Ending.NONE or task.state == "running":
            return
        self._move(task, run.job, "running", micros(at))
        self._world.table.save(task)

    def _move(self, task: Task, job: Job, state: str, started: int | None = None) -> None:
        counts = self._world.counts[job.key]
        counts.remove(task)
        task.move(state, self._world.clock.now())
        task.started = started
        counts.put(task)

    def _let_go(self, run: Run) -> None:
        world, task = self._world, run.task
        del self._runs[task.seq], world.held[task.seq]
        _discard(self._by_job, run.job.key, task.seq)
        task.placed = False
        self._placed -= run.has_place
        fleet = world.fleets[run.node.pool.lower()]
        for node in run.nodes:
            _discard(self._by_node, node.id, task.seq)
            fleet.give_back(node, run.slots)
            node.total_run += task.started is not None
            if not fleet.load(node)[0] and node.state == "running":
                node.move("idle", world.clock.now())
                fleet.regroup(node)
            world.save_node(node)

    def _settle(self, run: Run, outcome: Outcome | None) -> None:
        task, job = run.task, run.job
        match run.ending:
            case Ending.DELETE:
                self._leave(run)
                return
            case Ending.TERMINATE:
                self._world.table.save(task)
            case Ending.RECOVER | Ending.REQUEUE:
                self._again(run, None)
            case Ending.NONE if outcome and _is_retried(task, outcome):
                self._again(run, outcome)
            case _:
                self.complete(task, job, outcome)
        self._remember(run)

    def _leave(self, run: Run) -> None:
        """The last process of a deleted task has ended: what it made since goes too."""
        world, task, key = self._world, run.task, (run.job.key, run.task.key)
        for node in run.nodes:
            world.throw_away(world.site.task(node.pool, node.id, run.job.id, task.id))
        self._leaving[key].remove(run)
        if not self._leaving[key]:
            del self._leaving[key]

    def _again(self, run: Run, outcome: Outcome | None) -> None:
        """Back to active: a retry (not ended) is the task's own doing, a requeue the user's."""
        world, task, ending = self._world, run.task, run.ending
        now = world.clock.now()
        counts = world.counts[run.job.key]
        left = self._left.setdefault(run.job.key, {}).setdefault(task.seq, set())
        left.update((node.pool, node.id) for node in run.nodes)
        counts.remove(task)
        if task.state != "active":
            task.move("active", now)
        task.account(outcome, now)
        task.forget_run()
        if ending is Ending.NONE:
            task.retries, task.retried = task.retries + 1, now
        elif ending is Ending.REQUEUE:
            task.requeues, task.requeued = task.requeues + 1, now
        counts.put(task)
        world.table.save(task)

    def _remember(self, run: Run) -> None:
        node, task = run.node, run.task
        if task.result == "success":
            node.total_succeeded += 1
        if task.state != "completed":
            return
        base = self._world.site.endpoint
        recent = {
            "taskUrl": f"{base}/jobs/{run.job.id}/tasks/{task.id}",
            "jobId": run.job.id,
            "taskId": task.id,
            "taskState": task.state,
            "executionInfo": execution_info(task),
        }
        node.recent = [recent, *node.recent][:_RECENT]
        self._world.save_node(node)


def held_slots(task: Task, job: Job, pool: Pool) -> int:
    """How many slots of its node a task keeps from others while it runs."""
    manager = job.manager_of(task)
    return pool.slots if manager and manager["runExclusive"] else task.slots


def _discard(index: dict[str, dict[int, Run]], key: str, seq: int) -> None:
    """Take a run out of an index, and the key with its last one."""
    del index[key][seq]
    if not index[key]:
        del index[key]


def _is_retried(task: Task, outcome: Outcome) -> bool:
    """Only an exit code leads to a retry: a missing blob or program would be missing again."""
    failed = outcome.failure is not None and outcome.failure.code == "FailureExitCode"
    return failed and (task.max_retries == -1 or task.retries < task.max_retries)
