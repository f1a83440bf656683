"""How jobs end: terminated, or deleted with all that they have."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta

from batchtui.local.pace import Alarm
from batchtui.local.wire.times import moment
from batchtui.local.world.job import Job
from batchtui.local.world.preparation import Preparation
from batchtui.local.world.runs import Ending, Runs
from batchtui.local.world.world import World

_AT_ONCE = 500
_ENDED = ("terminating", "completed", "deleting")


class JobEnding:
    """Ends jobs: their tasks first, then what their nodes are to be cleared of."""

    def __init__(
        self,
        world: World,
        runs: Runs,
        preparation: Preparation,
        *,
        ended: Callable[[Job], None],
    ) -> None:
        """`ended` is called with each job that is over, and again when it is gone."""
        self._ended = ended
        self._world = world
        self._runs = runs
        self._preparation = preparation
        self._alarms: dict[str, Alarm] = {}

    def terminate(self, job: Job, reason: str) -> None:
        """Begin to end a job; its tasks that wait stay active, as the service leaves them."""
        self._silence(job)
        job.move("terminating", self._world.clock.now())
        job.reason = reason
        self._touch(job)
        for run in self._runs.of_job(job):
            self._runs.end(run, Ending.TERMINATE)
        self._world.spawn(self._finish(job))

    def delete(self, job: Job) -> None:
        """Begin to remove a job, its tasks and their files."""
        was_over = job.state == "completed"
        job.move("deleting", self._world.clock.now())
        self._touch(job)
        self._world.spawn(self._sweep(job, release=not was_over))

    def watch(self, job: Job) -> None:
        """Set the alarm for the job's wall-clock limit."""
        self._silence(job)
        limit = job.max_wall_clock
        if limit is not None and job.state not in _ENDED:
            left = moment(job.started) + limit - moment(self._world.clock.now())
            self._alarms[job.key] = self._world.pace.call_later(
                max(left, timedelta()).total_seconds(), lambda: self._expire(job)
            )

    def resume(self, job: Job) -> None:
        """Carry on with an end that was under way when the account stopped."""
        match job.state:
            case "terminating":
                self._world.spawn(self._finish(job))
            case "deleting":
                self._world.spawn(self._sweep(job, release=job.ended is None))

    def stop(self) -> None:
        """Switch all alarms off."""
        for alarm in self._alarms.values():
            alarm.cancel()

    def _expire(self, job: Job) -> None:
        if job.state not in _ENDED:
            self.terminate(job, "MaxWallClockTimeExpiry")

    async def _finish(self, job: Job) -> None:
        await self._runs.ended(self._runs.of_job(job))
        await self._preparation.release(job)
        if job.state == "terminating":
            now = self._world.clock.now()
            job.move("completed", now)
            job.ended = now
            self._world.save_job(job)
            self._ended(job)

    async def _sweep(self, job: Job, *, release: bool) -> None:
        world = self._world
        runs = self._runs.of_job(job)
        for run in runs:
            self._runs.end(run, Ending.DELETE)
        await self._runs.ended(runs)
        if release:
            await self._preparation.release(job)
        deleted = True
        while deleted:
            deleted = world.table.delete_some(job.key) > 0
            await asyncio.sleep(0)  # a million rows take seconds: let others have their turn
        await self._throw_away(job)
        self._silence(job)
        self._runs.forget_job(job)
        world.visits.forget_job(job.key)
        world.subtasks.forget_job(job.key)
        world.store.drop("job", "", job.key)
        del world.jobs[job.key], world.counts[job.key]
        self._ended(job)

    async def _throw_away(self, job: Job) -> None:
        """Remove what the job has on nodes, also of pools on which it ran before it was moved."""
        world = self._world
        nodes = [node for fleet in list(world.fleets.values()) for node in fleet]
        for number, node in enumerate(nodes):
            folder = world.site.job(node.pool, node.id, job.id)
            world.throw_away(folder)
            if not any(other is not job for other in self._siblings(job)):
                with contextlib.suppress(OSError):  # not there, or something else's too
                    folder.parent.rmdir()
            if number % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)  # ten thousand nodes take a while

    def _siblings(self, job: Job) -> list[Job]:
        """The jobs whose directories lie beside the job's."""
        schedule = self._world.schedules.get(job.schedule)
        return self._world.jobs_from(schedule) if schedule else []

    def _silence(self, job: Job) -> None:
        alarm = self._alarms.pop(job.key, None)
        if alarm:
            alarm.cancel()

    def _touch(self, job: Job) -> None:
        job.modified = self._world.clock.now()
        self._world.save_job(job)
