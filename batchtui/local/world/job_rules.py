"""What happens to jobs: creating, changing, disabling, enabling, terminating, deleting."""

import asyncio
from datetime import timedelta

from msgspec import UNSET

from batchtui.local.agent.launch import Outcome
from batchtui.local.errors import ServiceError, invalid_property
from batchtui.local.pace import Alarm
from batchtui.local.scheduler import Scheduler
from batchtui.local.wire.job_bodies import (
    CreateJob,
    DisableJob,
    DisableTasks,
    JobChanges,
    ReplaceJob,
    TerminateJob,
)
from batchtui.local.wire.times import moment
from batchtui.local.world.dependencies import Dependencies
from batchtui.local.world.exit_conditions import job_action, satisfies
from batchtui.local.world.job import Counts, Job, check_alive
from batchtui.local.world.runs import Ending, Runs
from batchtui.local.world.task import Task
from batchtui.local.world.world import World

_ENDINGS = {"requeue": Ending.REQUEUE, "terminate": Ending.TERMINATE, "wait": Ending.NONE}


class JobRules:
    """Every method either raises a `ServiceError` or has set the new state before it returns."""

    def __init__(
        self, world: World, runs: Runs, scheduler: Scheduler, dependencies: Dependencies
    ) -> None:
        self._world = world
        self._runs = runs
        self._scheduler = scheduler
        self._dependencies = dependencies
        self._alarms: dict[str, Alarm] = {}

    def create(self, body: CreateJob) -> Job:
        world = self._world
        there = world.jobs.get(body.id.lower())
        if there:
            raise ServiceError("JobCompleted" if there.state == "completed" else "JobExists")
        created = world.clock.now()
        now = world.clock.now()
        job = Job(
            id=body.id, spec=body.wire(), created=created, modified=now, changed=now, started=now
        )
        world.jobs[job.key] = job
        world.counts[job.key] = Counts()
        world.save_job(job)
        self.watch(job)
        self._end_if_done(job)
        return job

    def patch(self, job: Job, body: JobChanges) -> None:
        """Replace the members that are named, each whole (recorded fact 30)."""
        check_alive(job)
        self._check_pool_move(job, body)
        before = job.pool
        job.spec = {**job.spec, **body.wire()}
        if body.metadata == []:
            job.spec.pop("metadata", None)
        self._changed(job)
        self.watch(job)
        for pool in {before, job.pool}:
            self._scheduler.wake(pool)
        self._end_if_done(job)

    def replace(self, job: Job, body: ReplaceJob) -> None:
        """Set all that can be changed; metadata that is not named is cleared."""
        if body.metadata is UNSET:
            body.metadata = []
        self.patch(job, body)

    def disable(self, job: Job, body: DisableJob) -> None:
        """Stop the job's tasks as the body says; `disabled` when none runs any more."""
        check_alive(job)
        if job.state != "disabling":
            job.move("disabling", self._world.clock.now())
        self._changed(job)
        ending = _ENDINGS[body.disable_tasks.value]
        for run in self._runs.of_job(job):
            self._runs.end(run, ending)
        self._world.spawn(self._reach(job, "disabling", "disabled"))

    def enable(self, job: Job) -> None:
        check_alive(job)
        if job.state not in ("disabled", "disabling"):
            raise ServiceError("OperationInvalidForCurrentState")
        job.move("enabling", self._world.clock.now())
        self._changed(job)
        self._world.spawn(self._enable(job))

    def terminate(self, job: Job, body: TerminateJob) -> None:
        """End the running tasks; those that wait stay active, as the service leaves them."""
        check_alive(job)
        self._terminate(job, body.terminate_reason)

    def delete(self, job: Job) -> None:
        if job.state == "deleting":
            raise ServiceError("JobBeingDeleted")
        job.move("deleting", self._world.clock.now())
        self._changed(job)
        self._world.spawn(self._sweep(job))

    def completed(self, job: Job, task: Task, outcome: Outcome | None) -> None:
        """A task came to its end: see to its dependents and to what the job makes of it."""
        if satisfies(task) and self._dependencies.satisfy(task):
            self._scheduler.wake(job.pool)
        self._world.table.save(task)
        if job.state not in ("active", "disabling", "disabled", "enabling"):
            return
        if job.spec["onTaskFailure"] == "performexitoptionsjobaction" and outcome:
            self._perform(job, job_action(task))
        self._end_if_done(job)

    def watch(self, job: Job) -> None:
        """Set the alarm for the job's wall-clock limit."""
        alarm = self._alarms.pop(job.key, None)
        if alarm:
            alarm.cancel()
        limit = job.max_wall_clock
        if limit is not None and job.state != "completed":
            left = moment(job.started) + limit - moment(self._world.clock.now())
            self._alarms[job.key] = self._world.pace.call_later(
                max(left, timedelta()).total_seconds(), lambda: self._expire(job)
            )

    def resume(self, job: Job) -> None:
        """Carry on with what was under way when the account stopped."""
        self.watch(job)
        match job.state:
            case "disabling":
                self._world.spawn(self._reach(job, "disabling", "disabled"))
            case "enabling":
                self._world.spawn(self._enable(job))
            case "terminating":
                self._world.spawn(self._finish(job))
            case "deleting":
                self._world.spawn(self._sweep(job))

    def stop(self) -> None:
        """Switch all alarms off."""
        for alarm in self._alarms.values():
            alarm.cancel()

    def _expire(self, job: Job) -> None:
        if job.state not in ("terminating", "completed", "deleting"):
            self._terminate(job, "MaxWallClockTimeExpiry")

    def _perform(self, job: Job, action: str) -> None:
        if action == "terminate":
            self._terminate(job, "TaskFailed")
        elif action == "disable" and job.state == "active":
            self.disable(job, DisableJob(disable_tasks=DisableTasks.REQUEUE))

    def _end_if_done(self, job: Job) -> None:
        """A job without tasks counts as done, which is why it is best asked for afterwards."""
        wanted = job.spec["onAllTasksComplete"] == "terminatejob" and job.state == "active"
        if wanted and not self._world.counts[job.key].unfinished:
            self._terminate(job, "AllTasksComplete")

    def _terminate(self, job: Job, reason: str) -> None:
        job.move("terminating", self._world.clock.now())
        job.reason = reason
        self._changed(job)
        for run in self._runs.of_job(job):
            self._runs.end(run, Ending.TERMINATE)
        self._world.spawn(self._finish(job))

    async def _finish(self, job: Job) -> None:
        await self._runs.ended(self._runs.of_job(job))
        if job.state == "terminating":
            now = self._world.clock.now()
            job.move("completed", now)
            job.ended = now
            self._world.save_job(job)

    async def _reach(self, job: Job, through: str, state: str) -> None:
        await self._runs.ended(self._runs.of_job(job))
        if job.state == through:
            job.move(state, self._world.clock.now())
            self._world.save_job(job)

    async def _enable(self, job: Job) -> None:
        if job.state == "enabling":
            job.move("active", self._world.clock.now())
            self._world.save_job(job)
            self._scheduler.wake(job.pool)
            self._end_if_done(job)

    async def _sweep(self, job: Job) -> None:
        """Remove a job that is being deleted, its tasks and their files."""
        world = self._world
        runs = self._runs.of_job(job)
        for run in runs:
            self._runs.end(run, Ending.DELETE)
        await self._runs.ended(runs)
        deleted = True
        while deleted:
            deleted = world.table.delete_some(job.key) > 0
            await asyncio.sleep(0)  # a million rows take seconds: let others have their turn
        pool = world.pools.get(job.pool)
        for node in list(world.fleet(pool)) if pool else ():
            folder = world.site.node(node.pool, node.id) / "workitems" / job.id
            await world.demolish(folder)
        alarm = self._alarms.pop(job.key, None)
        if alarm:
            alarm.cancel()
        world.store.drop("job", "", job.key)
        del world.jobs[job.key], world.counts[job.key]

    def _changed(self, job: Job) -> None:
        job.modified = self._world.clock.now()
        self._world.save_job(job)

    def _check_pool_move(self, job: Job, body: JobChanges) -> None:
        if body.pool_info and job.state != "disabled":
            moved = str(body.pool_info.pool_id).lower() != job.pool
            if moved:
                raise invalid_property("poolInfo", "The pool can be changed on disabled jobs only")
