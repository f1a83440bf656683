"""Everything that there is in one account, and how the parts of its rules find each other."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from batchtui.local.agent.launch import Launch, Outcome
from batchtui.local.errors import ServiceError
from batchtui.local.executors import Executor
from batchtui.local.nodes import Site
from batchtui.local.pace import Pace, SteadyPace
from batchtui.local.settings import Settings
from batchtui.local.store import Store, StoreError
from batchtui.local.trash import Trash
from batchtui.local.wire.times import Clock
from batchtui.local.world.fleet import Fleet
from batchtui.local.world.job import Counts, Job
from batchtui.local.world.node import Node
from batchtui.local.world.pool import Pool
from batchtui.local.world.schedule import Schedule
from batchtui.local.world.side_work import SideWork
from batchtui.local.world.subtask import Subtasks
from batchtui.local.world.task import Task
from batchtui.local.world.task_table import TaskTable
from batchtui.local.world.visit import Visits

log = logging.getLogger(__name__)


class World:
    """Pools, nodes and jobs in memory, tasks in the table; all of it written through.

    The rules live in the modules beside this one; they share a world and own no state of their own
    that a restart could not rebuild.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        executor: Executor,
        site: Site,
        pace: Pace | None = None,
    ) -> None:
        self.settings = settings
        self.store = store
        self.executor = executor
        self.site = site
        self.pace = pace or SteadyPace()
        self.clock = Clock(self.pace.time_ns)
        self.table = TaskTable(store)
        self.visits = Visits(store)
        self.subtasks = Subtasks(store)
        self.side = SideWork(self.spawn)
        self.trash = Trash(site.trash, self.spawn)
        self.pools: dict[str, Pool] = {}
        self.fleets: dict[str, Fleet] = {}
        self.jobs: dict[str, Job] = {}
        self.counts: dict[str, Counts] = {}
        self.schedules: dict[str, Schedule] = {}
        self.held: dict[int, Task] = {}
        """Tasks that hold slots, by `seq`: while they do, these objects are the truth."""
        self.failures: list[BaseException] = []
        self._work: set[asyncio.Task[None]] = set()

    def pool(self, pool_id: str) -> Pool:
        """A pool by its id in any case, or 404 PoolNotFound."""
        pool = self.pools.get(pool_id.lower())
        if pool is None:
            raise ServiceError("PoolNotFound")
        return pool

    def fleet(self, pool: Pool) -> Fleet:
        return self.fleets[pool.key]

    def node(self, pool_id: str, node_id: str) -> Node:
        """A node, or 404 PoolNotFound or NodeNotFound."""
        node = self.fleet(self.pool(pool_id)).nodes.get(node_id.lower())
        if node is None:
            raise ServiceError("NodeNotFound")
        return node

    def job(self, job_id: str) -> Job:
        """A job by its id in any case, or 404 JobNotFound."""
        job = self.jobs.get(job_id.lower())
        if job is None:
            raise ServiceError("JobNotFound")
        return job

    def schedule(self, schedule_id: str) -> Schedule:
        """A job schedule by its id in any case, or 404 JobScheduleNotFound."""
        schedule = self.schedules.get(schedule_id.lower())
        if schedule is None:
            raise ServiceError("JobScheduleNotFound")
        return schedule

    def jobs_from(self, schedule: Schedule) -> list[Job]:
        """The jobs that a schedule has made."""
        return [job for job in self.jobs.values() if job.schedule == schedule.key]

    def task(self, job: Job, task_id: str) -> Task:
        """A task by its id in any case, or 404 TaskNotFound."""
        task = self.table.get(job.key, task_id.lower())
        if task is None:
            raise ServiceError("TaskNotFound")
        return self.held.get(task.seq, task)

    def jobs_of(self, pool_key: str) -> Iterator[Job]:
        """The jobs that run on a pool."""
        return (job for job in self.jobs.values() if job.pool == pool_key)

    def save_pool(self, pool: Pool) -> None:
        self.store.put("pool", "", pool.key, pool)

    def save_node(self, node: Node) -> None:
        self.store.put("node", node.pool.lower(), node.id, node)

    def save_job(self, job: Job) -> None:
        self.store.put("job", "", job.key, job)

    def save_schedule(self, schedule: Schedule) -> None:
        self.store.put("schedule", "", schedule.key, schedule)

    def move_node(self, node: Node, state: str) -> None:
        """Bring a node into a state, and let the fleet know."""
        node.move(state, self.clock.now())
        self.save_node(node)
        self.fleets[node.pool.lower()].regroup(node)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something beside the requests. Its failure is a bug: logged now, raised by `stop`."""
        task = asyncio.get_running_loop().create_task(work)
        self._work.add(task)
        task.add_done_callback(self._done)
        return task

    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        """Run something on a node. Raises `StoreError` when what becomes of it cannot be kept."""
        if self.store.failure:
            raise self.store.failure
        return await self.executor.run(launch, running=running)

    def throw_away(self, folder: Path) -> None:
        """Remove a folder of a node; its place is free at once.

        Nothing is removed any more when the account cannot keep that it was.
        """
        if not self.store.failure:
            self.trash.throw(folder)

    async def stop(self) -> None:
        """End all that runs, processes included, and wait for it; raises what failed meanwhile."""
        while self._work:
            for task in self._work:
                # What is being ended already gets the time that it needs.
                if not task.cancelling():
                    task.cancel()
            await asyncio.wait(self._work)
        if self.failures:
            raise BaseExceptionGroup("The local account failed", self.failures)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._work.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, StoreError):
            self.store.fail(error)
        elif error:
            log.error("The local account failed in the background", exc_info=error)
            self.failures.append(error)
