"""Everything that the dashboard looks at, each kept fresh by a feed."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from batchtui.core.feed import About, Feed, Reading, whole
from batchtui.core.gateway import Gateway
from batchtui.core.history import History
from batchtui.core.lately import FailedLately, failed_lately
from batchtui.core.meter import NodeHours
from batchtui.core.models import (
    Blob,
    Container,
    Job,
    Node,
    Pool,
    PoolNodeCounts,
    Task,
    TaskCounts,
    Usage,
    Window,
)
from batchtui.core.outage import Outage
from batchtui.core.preparation import PreparationLook
from batchtui.core.preparation_status import JobPreparation
from batchtui.core.queries import TaskQuery
from batchtui.core.service_clock import Now
from batchtui.core.states import JobState
from batchtui.core.stuck import may_have_stuck, stuck_in_pool
from batchtui.core.tallies import Count, Tallies, about, errors_of
from batchtui.core.traffic import Traffic
from batchtui.core.window import PAGE, TaskWindow

T = TypeVar("T")


class Feeds:
    """The feeds, and which pool, job, node and container they are pointed at.

    A feed, its pane and the screen's reactive share one name, listed in `NAMES`.
    """

    NAMES = (
        "containers", "usage", "blobs",
        "pools", "node_counts", "nodes", "node",
        "jobs", "progress", "failures", "tasks", "preparations", "stuck",
    )  # fmt: skip

    NODES_AT_MOST = 10_000
    ALL_DONE = 60.0
    """Seconds between two counts of a job in which nothing is left to do."""
    LAG = timedelta(seconds=30)
    """How far counts may be behind: until so long after a job's end they may still change."""

    def __init__(
        self, gateway: Gateway, traffic: Traffic, *, every: float = 2.0, now: Now | None = None
    ) -> None:
        """`every`: seconds between two looks at what changes fastest; `now` tells the service's
        time of day where its answers are not to."""
        self.traffic = traffic
        self.pool_id = self.node_id = self.job_id = self.container = ""
        self._gateway = gateway
        self.every = every
        self._blobs_wanted = PAGE
        self._shown_since: datetime | None = None
        """When the shown job was made, as far as that is known."""
        batch = gateway.batch
        self.now = now or traffic.service_clock.now
        """The service's time of day."""
        self._storage_outage = Outage(traffic.clock)
        self._ended: dict[str, tuple[Job, float]] = {}
        """Completed jobs, as they were first seen completed, and when that was."""
        self._tasks = TaskWindow(batch, traffic.clock)
        self.pools: Feed[tuple[Pool, ...]] = self._feed(batch.pools, ())
        self.node_counts: Feed[tuple[PoolNodeCounts, ...]] = self._feed(batch.node_counts, ())
        self.nodes: Feed[Window[Node]] = self._feed(
            self._fetch_nodes, Window(), needed=lambda: bool(self.pool_id)
        )
        self.history = History()
        self.node_hours = NodeHours()
        self.node_counts.subscribe(self._remember_counts)
        self.node: Feed[Node | None] = self._feed(
            self._fetch_node, None, needed=lambda: bool(self.pool_id and self.node_id)
        )
        self.jobs: Feed[tuple[Job, ...]] = self._feed(batch.jobs, ())
        self.jobs.subscribe(self._take_jobs)
        self._progress = Tallies(
            batch.task_counts,
            clock=traffic.clock,
            every=every,
            rest=self._rest_of_counts,
            things=self._known_jobs,
            spare=lambda: traffic.budget.spare,
        )
        self.progress: Feed[Mapping[str, TaskCounts]] = self._feed(
            self._progress.fetch, {}, sweep=self._progress.sweep, about=about
        )
        self.failures: Feed[FailedLately] = self._feed(
            self._fetch_failures, FailedLately(), 15, needed=self._any_failed
        )
        self._failing: set[str] = set()
        self._remembered: Mapping[str, TaskCounts] = {}
        self.progress.subscribe(self._note_failing)
        self.progress.subscribe(self._remember_tasks)
        self.tasks: Feed[Window[Task]] = self._feed(
            self._tasks.fetch, Window(), sweep=self._tasks.sweep, needed=lambda: bool(self.job_id)
        )
        self._preparations = Tallies(
            self._fetch_preparation, clock=traffic.clock, every=every * 5, things=self._known_jobs
        )
        self._preparation_look = PreparationLook(batch)
        self.preparations: Feed[Mapping[str, JobPreparation]] = self._feed(
            self._fetch_preparations,
            {},
            5,
            sweep=self._preparations.sweep,
            needed=lambda: bool(self._waiting),
            about=about,
        )
        """Of the jobs on screen whose tasks wait."""
        self.progress.subscribe(self._note_waiting)
        self._stuck = Tallies(self._count_stuck, clock=traffic.clock, every=every * 5)
        self.stuck: Feed[Mapping[str, int]] = self._feed(
            self._fetch_stuck,
            {},
            5,
            sweep=self._stuck.sweep,
            needed=lambda: bool(self._stuck.shown),
            about=about,
        )
        """Nodes that are stuck, by pool; pools without any are left out."""
        self.node_counts.subscribe(self._note_passing)
        self.containers: Feed[tuple[Container, ...]] = self._storage_feed(
            self._fetch_containers, (), 2
        )
        self._usage = Tallies(
            self._count_blobs, clock=traffic.clock, every=every * 4, things=self._known_containers
        )
        self.usage: Feed[Mapping[str, Usage]] = self._storage_feed(
            self._usage.fetch, {}, 4, sweep=self._usage.sweep, about=about
        )
        self.blobs: Feed[Window[Blob]] = self._storage_feed(
            self._fetch_blobs, Window(), 2, needed=lambda: bool(self.container)
        )

    def _feed(
        self,
        fetch: Callable[[], Awaitable[T]],
        empty: T,
        slower: float = 1,
        *,
        sweep: Callable[[], None] = lambda: None,
        needed: Callable[[], bool] = lambda: True,
        about: Callable[[T, float], About] = whole,
        outage: Outage | None = None,
    ) -> Feed[T]:
        return Feed(
            fetch,
            empty,
            every=self.every * slower,
            traffic=self.traffic,
            sweep=sweep,
            needed=needed,
            about=about,
            outage=outage,
        )

    def _storage_feed(
        self,
        fetch: Callable[[], Awaitable[T]],
        empty: T,
        slower: float,
        *,
        sweep: Callable[[], None] = lambda: None,
        needed: Callable[[], bool] = lambda: True,
        about: Callable[[T, float], About] = whole,
    ) -> Feed[T]:
        """One that looks at the other service, which may be away by itself."""
        storage = self._gateway.storage
        return self._feed(
            fetch,
            empty,
            slower,
            sweep=sweep,
            needed=lambda: storage is not None and needed(),
            about=about,
            outage=self._storage_outage,
        )

    def __getitem__(self, name: str) -> "Feed[object]":
        feed: Feed[object] = getattr(self, name)
        return feed

    async def run(self) -> None:
        """Run every feed until cancelled; a bug in one ends them all, loudly."""
        async with asyncio.TaskGroup() as tasks:
            for name in self.NAMES:
                tasks.create_task(self[name].run(), name=f"feed:{name}")

    def refresh(self, *names: str) -> None:
        """Look again now, as the user wants: at the feeds named, or at all."""
        for name in names or self.NAMES:
            self[name].refresh()

    def show_pool(self, pool_id: str) -> None:
        """Point the feed of nodes at another pool; empty for none."""
        if pool_id != self.pool_id:
            self.pool_id = pool_id
            self.nodes.reset()
            self.show_node("")

    def show_node(self, node_id: str) -> None:
        """Point the feed of the one node at another node of the shown pool; empty for none."""
        if node_id != self.node_id:
            self.node_id = node_id
            self.node.reset()

    def show_job(self, job_id: str) -> None:
        """Point the feed of tasks at another job; empty for none."""
        if job_id != self.job_id:
            self.job_id, self._shown_since = job_id, None
            self._tasks.show(job_id, self._tasks.query)
            self.tasks.reset()

    def narrow_tasks(self, query: TaskQuery, begin: str = "") -> None:
        """List only those tasks of the shown job, and of any other, that meet the query.

        Those whose ids begin with `begin` are listed wherever in the job they are.
        """
        other, further = query != self._tasks.query, begin != self._tasks.begin
        self._tasks.begin = begin
        if other:
            self._tasks.show(self.job_id, query)
        if other or (further and not self.tasks.reading.value.complete):
            self.tasks.ask_anew()

    def show_container(self, container: str) -> None:
        """Point the feed of blobs at another container; empty for none."""
        if container != self.container:
            self.container = container
            self._blobs_wanted = PAGE
            self.blobs.reset()

    def show_more_tasks(self) -> None:
        """Widen the window on the shown job's tasks by a page."""
        if not self.tasks.reading.value.complete:
            self._tasks.widen(len(self.tasks.reading.value.items))
            self.tasks.hurry()

    def show_more_blobs(self) -> None:
        """Widen the window on the shown container's blobs by a page."""
        if not self.blobs.reading.value.complete:
            self._blobs_wanted = len(self.blobs.reading.value.items) + PAGE
            self.blobs.hurry()

    def show_progress_of(self, job_ids: tuple[str, ...]) -> None:
        """Count the tasks of these jobs, which are on screen."""
        self._progress.shown = job_ids
        if job_ids and not set(job_ids) <= self.progress.reading.value.keys():
            self.progress.hurry()

    def show_usage_of(self, containers: tuple[str, ...]) -> None:
        """Count the blobs of these containers, which are on screen."""
        self._usage.shown = containers
        if containers and not set(containers) <= self.usage.reading.value.keys():
            self.usage.hurry()

    def _remember_counts(self, reading: Reading[tuple[PoolNodeCounts, ...]]) -> None:
        if reading.fresh and reading.at is not None:
            self.history.note_nodes(reading.at, reading.value)
            self.node_hours.note(reading.at, reading.value)

    def _remember_tasks(self, reading: Reading[Mapping[str, TaskCounts]]) -> None:
        """How many tasks run on each pool, where all open jobs on it have been counted."""
        counts = reading.value
        if counts is self._remembered:
            # A failure tells the last value again.
            return
        self._remembered = counts
        errors = errors_of(counts)
        running = dict.fromkeys((pool.id for pool in self.pools.reading.value), 0)
        for job in self.jobs.reading.value:
            known = counts.get(job.id)
            if known is not None and job.id not in errors and job.pool_id in running:
                running[job.pool_id] += known.running
            elif not job.over:
                running.pop(job.pool_id, None)
        for pool_id, tasks in running.items():
            self.history.note_tasks(self.traffic.clock(), pool_id, tasks)

    def _take_jobs(self, reading: Reading[tuple[Job, ...]]) -> None:
        """Have the tasks of every open job counted, on screen or not: the account has a sum."""
        if not reading.fresh:
            return
        jobs = {job.id: job for job in reading.value}
        now = self.traffic.clock()
        self._ended = {
            job.id: self._ended[job.id] if self._ended_before(job) else (job, now)
            for job in reading.value
            if job.state is JobState.COMPLETED
        }
        self._progress.others = tuple(job.id for job in reading.value if not job.over)
        shown = jobs.get(self.job_id)
        if shown is not None and shown.creation_time != self._shown_since:
            if self._shown_since is not None:
                # Another job of the same name: none of the tasks that are held is in it.
                self._tasks.sweep()
                self.tasks.reset()
            self._shown_since = shown.creation_time

    def _ended_before(self, job: Job) -> bool:
        before = self._ended.get(job.id)
        return before is not None and before[0].creation_time == job.creation_time

    def _known_jobs(self) -> Mapping[str, object] | None:
        """When each job was made, which tells it from another one of its name."""
        reading = self.jobs.reading
        return {job.id: job.creation_time for job in reading.value} if reading.known else None

    def _known_containers(self) -> Mapping[str, object] | None:
        reading = self.containers.reading
        return {each.name: None for each in reading.value} if reading.known else None

    def _rest_of_counts(self, job_id: str, count: Count[TaskCounts]) -> float:
        """Seconds until the tasks of a job are worth counting again; infinite once that is settled.

        A job without open tasks that is not completed may get more. Counts lag: those of a
        completed job are settled when they were asked for after it was seen to be, and long enough
        after its end.
        """
        counts, ended = count.value, self._ended.get(job_id)
        if counts.active or counts.running:
            return 0.0
        if ended is None:
            return self.ALL_DONE if counts.completed else 0.0
        job, seen = ended
        end = job.execution_info.end_time or job.state_transition_time
        asked = self.now() - timedelta(seconds=self.traffic.clock() - count.at)
        late = end is None or asked >= end + self.LAG
        return math.inf if count.at >= seen and late else 0.0

    def _note_failing(self, reading: Reading[Mapping[str, TaskCounts]]) -> None:
        """Where another job has begun to fail, its failures are news."""
        failing = {job_id for job_id, counts in reading.value.items() if counts.failed}
        if failing != self._failing:
            self._failing = failing
            self.failures.news()

    def _any_failed(self) -> bool:
        return any(counts.failed for counts in self.progress.reading.value.values())

    async def _fetch_failures(self) -> FailedLately:
        jobs, progress = self.jobs.reading.value, self.progress.reading.value
        return await failed_lately(self._gateway.batch, jobs, progress, self.now())

    def _note_waiting(self, reading: Reading[Mapping[str, TaskCounts]]) -> None:
        """Where tasks of another job wait, whether its preparation failed is news."""
        waiting = self._waiting
        if set(waiting) - set(self._preparations.shown):
            self.preparations.news()
        self._preparations.shown = waiting

    @property
    def _waiting(self) -> tuple[str, ...]:
        """The jobs on screen, and the one whose tasks are shown, that have tasks which wait."""
        counts = self.progress.reading.value
        shown = {*self._progress.shown, self.job_id}
        return tuple(
            job.id
            for job in self.jobs.reading.value
            if job.id in shown and not job.over and job.id in counts and counts[job.id].active
        )

    async def _fetch_preparations(self) -> Mapping[str, JobPreparation]:
        self._preparations.shown = waiting = self._waiting
        found = await self._preparations.fetch()
        return found.only(waiting)

    async def _fetch_preparation(self, job_id: str) -> JobPreparation:
        created = (job.creation_time for job in self.jobs.reading.value if job.id == job_id)
        return await self._preparation_look.fetch(job_id, str(next(created, "")), failed=True)

    def _note_passing(self, reading: Reading[tuple[PoolNodeCounts, ...]]) -> None:
        """Where nodes of another pool are on their way, whether they are stuck is news."""
        passing = tuple(counts.pool_id for counts in reading.value if may_have_stuck(counts))
        if set(passing) - set(self._stuck.shown):
            self.stuck.news()
        self._stuck.shown = passing

    async def _fetch_stuck(self) -> Mapping[str, int]:
        found = await self._stuck.fetch()
        return found.only(pool_id for pool_id in self._stuck.shown if found.get(pool_id))

    async def _count_stuck(self, pool_id: str) -> int:
        counts = {each.pool_id: each for each in self.node_counts.reading.value}.get(pool_id)
        return await stuck_in_pool(self._gateway.batch, counts, self.now()) if counts else 0

    async def _fetch_nodes(self) -> Window[Node]:
        return await self._gateway.batch.nodes(self.pool_id, at_most=self.NODES_AT_MOST)

    async def _fetch_node(self) -> Node | None:
        return await self._gateway.batch.node(self.pool_id, self.node_id)

    async def _fetch_containers(self) -> tuple[Container, ...]:
        storage = self._gateway.storage
        return await storage.containers() if storage else ()

    async def _fetch_blobs(self) -> Window[Blob]:
        storage = self._gateway.storage
        if storage is None or not self.container:
            return Window()
        return await storage.blobs(self.container, at_most=self._blobs_wanted)

    async def _count_blobs(self, container: str) -> Usage:
        storage = self._gateway.storage
        if storage is None:
            return Usage()
        window = await storage.blobs(container, at_most=PAGE)
        return Usage.of(window.items, complete=window.complete)
