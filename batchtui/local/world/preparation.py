"""Prepares nodes for jobs, once per node and start of it, and clears them up at a job's end."""

import asyncio
from collections.abc import Awaitable, Callable

from batchtui.local.agent.launch import Launch
from batchtui.local.wire.times import micros
from batchtui.local.world.job import Job
from batchtui.local.world.node import Json, Node
from batchtui.local.world.side_work import cancel
from batchtui.local.world.visit import Attempt, Visit
from batchtui.local.world.world import World

_UP = frozenset(("idle", "running", "offline"))


class UnpreparedError(Exception):
    """The job's preparation task has not succeeded on the node: no task of the job runs there."""


class Preparation:
    """Runs the preparation and release tasks of jobs.

    `settled` waits until a node is not being started any more.
    """

    def __init__(self, world: World, settled: Callable[[Node], Awaitable[None]]) -> None:
        self._world = world
        self._settled = settled
        self._works: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._waiting: dict[tuple[str, str], int] = {}

    def refuses(self, job: Job, node: Node) -> bool:
        """Whether the job's tasks stay away from the node, since its preparation failed there."""
        spec = _spec(job, "jobPreparationTask")
        visit = self._world.visits.find(job.key, node) if spec else None
        return bool(
            spec and visit and visit.preparation.result == "failure" and spec["waitForSuccess"]
        )

    def holds_up(self, job: Job, node: Node) -> bool:
        """Whether a task of the job has to wait for the preparation before it can run there."""
        spec = _spec(job, "jobPreparationTask")
        return bool(spec and spec["waitForSuccess"] and self._is_due(spec, job, node))

    async def prepare(self, job: Job, node: Node) -> None:
        """Return when a task of the job may run on the node. Raises `UnpreparedError`."""
        spec = _spec(job, "jobPreparationTask")
        if spec is None or not self._is_due(spec, job, node):
            return
        key = (job.key, node.id)
        work = self._works.get(key)
        if work is None:
            work = self._world.side.start(node, self._prepare(spec, job, node))
            self._works[key] = work
            work.add_done_callback(lambda done: self._works.pop(key))
        if spec["waitForSuccess"]:
            await self._wait(key, work)
            visit = self._world.visits.find(job.key, node)
            if visit is None or visit.preparation.result != "success":
                raise UnpreparedError

    async def release(self, job: Job) -> None:
        """Run the job's release task on each node that was prepared for it, all at once."""
        for (key, _), work in list(self._works.items()):
            if key == job.key:
                await cancel(work)
        spec = _spec(job, "jobReleaseTask")
        if spec is None:
            return
        works = []
        for visit in self._world.visits.of_job(job.key):
            fleet = self._world.fleets.get(visit.pool.lower())
            node = fleet.nodes.get(visit.node) if fleet else None
            if node and self._is_to_be_released(visit, job):
                works.append(self._world.side.start(node, self._release(spec, job, node, visit)))
        if works:
            await asyncio.wait(works)

    def _is_due(self, spec: Json, job: Job, node: Node) -> bool:
        visit = self._world.visits.find(job.key, node)
        if visit is None or visit.preparation.state != "completed":
            return True
        return bool(visit.booted != node.booted and spec["rerunOnNodeRebootAfterSuccess"])

    def _is_to_be_released(self, visit: Visit, job: Job) -> bool:
        prepared = visit.preparation.result == "success" or not job.spec["jobPreparationTask"].get(
            "waitForSuccess"
        )
        done = visit.release is not None and visit.release.state == "completed"
        return visit.preparation.state == "completed" and prepared and not done

    async def _wait(self, key: tuple[str, str], work: asyncio.Task[None]) -> None:
        """Wait for a preparation; the last one who stops waiting before its end ends it."""
        self._waiting[key] = self._waiting.get(key, 0) + 1
        try:
            await asyncio.wait([work])
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key]
                if not work.done():
                    await cancel(work)

    async def _prepare(self, spec: Json, job: Job, node: Node) -> None:
        world = self._world
        attempt = Attempt(started=world.clock.now())
        visit = Visit(
            job=job.key, pool=node.pool, node=node.id, booted=node.booted, preparation=attempt
        )
        launch = world.site.job_launch(spec, job, node, spec["constraints"]["maxWallClockTime"])
        await self._try(launch, attempt, visit, most=int(spec["constraints"]["maxTaskRetryCount"]))

    async def _release(self, spec: Json, job: Job, node: Node, visit: Visit) -> None:
        await self._settled(node)
        if node.state not in _UP:
            return  # It does not come up: there is nothing to run on.
        visit.release = Attempt(started=self._world.clock.now())
        launch = self._world.site.job_launch(spec, job, node, spec["maxWallClockTime"])
        await self._try(launch, visit.release, visit, most=0)

    async def _try(self, launch: Launch, attempt: Attempt, visit: Visit, most: int) -> None:
        """Run until it succeeds, or has been retried as often as it may be; -1 is without end."""
        world = self._world
        while True:
            world.visits.save(visit)
            outcome = await world.run(
                launch, running=lambda at: setattr(attempt, "started", micros(at))
            )
            if outcome.failure is None or (most != -1 and attempt.retries >= most):
                break
            attempt.retries, attempt.retried = attempt.retries + 1, world.clock.now()
        attempt.finish(outcome)
        world.visits.save(visit)


def _spec(job: Job, name: str) -> Json | None:
    spec: Json | None = job.spec.get(name)
    return spec
