"""What happens to job schedules, and when they make their jobs."""

from batchtui.local.errors import ServiceError
from batchtui.local.pace import Alarm
from batchtui.local.wire.schedule_bodies import CreateSchedule, ReplaceSchedule, ScheduleChanges
from batchtui.local.world.auto_pools import AutoPools, check_pool
from batchtui.local.world.job import Job
from batchtui.local.world.job_ending import JobEnding
from batchtui.local.world.job_rules import JobRules
from batchtui.local.world.schedule import Json, Schedule
from batchtui.local.world.world import World

# So the service says it on the wire, where its documentation has TerminateJobSchedule.
TERMINATED = "TerminateWorkitem"


class ScheduleRules:
    """Every method either raises a `ServiceError` or has set the new state before it returns.

    A schedule has at most one job that is not over; what comes due meanwhile waits for its end.
    """

    def __init__(
        self, world: World, jobs: JobRules, ending: JobEnding, auto_pools: AutoPools
    ) -> None:
        self._world = world
        self._jobs = jobs
        self._ending = ending
        self._auto_pools = auto_pools
        self._alarms: dict[str, Alarm] = {}

    def create(self, body: CreateSchedule) -> Schedule:
        world = self._world
        there = world.schedules.get(body.id.lower())
        if there:
            deleting = there.state == "deleting"
            raise ServiceError("JobScheduleBeingDeleted" if deleting else "JobScheduleExists")
        _check_pool(body)
        now = world.clock.now()
        schedule = Schedule(
            id=body.id, spec=body.wire(), created=now, modified=now, changed=now, due=now
        )
        schedule.due = schedule.timetable.first(now)
        world.schedules[schedule.key] = schedule
        self._look(schedule)
        return schedule

    def patch(self, schedule: Schedule, body: ScheduleChanges) -> None:
        """Replace the members that are named, each whole; jobs that there are stay as they are."""
        _check_alive(schedule)
        _check_pool(body)
        changes = body.wire()
        schedule.spec = {**schedule.spec, **changes}
        if "schedule" in changes:
            schedule.due = self._due_anew(schedule)
        self._touch(schedule)
        self._look(schedule)

    def replace(self, schedule: Schedule, body: ReplaceSchedule) -> None:
        """Set all that can be changed; what is not named goes back to its default."""
        self.patch(schedule, body)

    def disable(self, schedule: Schedule) -> None:
        """Make no more jobs until it is enabled again."""
        _check_alive(schedule)
        if schedule.state != "disabled":
            schedule.move("disabled", self._world.clock.now())
        self._touch(schedule)
        self._look(schedule)

    def enable(self, schedule: Schedule) -> None:
        _check_alive(schedule)
        if schedule.state != "active":
            schedule.move("active", self._world.clock.now())
        self._touch(schedule)
        self._look(schedule)

    def terminate(self, schedule: Schedule) -> None:
        """End the schedule's job; when that is over, so is the schedule."""
        _check_alive(schedule)
        schedule.move("terminating", self._world.clock.now())
        self._touch(schedule)
        job = self._active_job(schedule)
        if job and job.state not in ("terminating", "deleting"):
            self._ending.terminate(job, TERMINATED)
        self._look(schedule)

    def delete(self, schedule: Schedule) -> None:
        """Remove a schedule and all its jobs."""
        if schedule.state == "deleting":
            raise ServiceError("JobScheduleBeingDeleted")
        schedule.move("deleting", self._world.clock.now())
        self._world.save_schedule(schedule)
        for job in self._world.jobs_from(schedule):
            if job.state != "deleting":
                self._ending.delete(job)
        self._look(schedule)

    def job_ended(self, job: Job) -> None:
        """A job is over or gone: its schedule may make the next one, or be over too."""
        schedule = self._world.schedules.get(job.schedule)
        if schedule:
            self._look(schedule)

    def resume(self) -> None:
        """Carry on with what was under way when the account stopped."""
        for schedule in list(self._world.schedules.values()):
            self._look(schedule)

    def stop(self) -> None:
        """Switch all alarms off."""
        for alarm in self._alarms.values():
            alarm.cancel()

    def _look(self, schedule: Schedule) -> None:
        """Do what is due, and come back when the next thing is."""
        alarm = self._alarms.pop(schedule.key, None)
        if alarm:
            alarm.cancel()
        match schedule.state:
            case "active":
                self._make_due(schedule)
            case "disabled":
                self._world.save_schedule(schedule)
            case "terminating":
                self._complete_if_idle(schedule)
            case "deleting":
                # The answer tells of `deleting`, so the last step takes a turn of its own.
                self._world.spawn(self._remove_if_empty(schedule))

    def _make_due(self, schedule: Schedule) -> None:
        world, timetable = self._world, schedule.timetable
        now = world.clock.now()
        if timetable.is_past(now):
            schedule.due = None
        if schedule.due is not None:
            schedule.due = timetable.current(schedule.due, now)
        if schedule.due is None:
            self._complete_if_idle(schedule)
        elif schedule.due <= now and not self._active_job(schedule):
            self._make_job(schedule)
            schedule.due = timetable.following(schedule.due)
        world.save_schedule(schedule)
        if schedule.state == "active":
            self._set_alarm(schedule, now)

    def _set_alarm(self, schedule: Schedule, now: int) -> None:
        """Look again at the next time that anything changes without a job's end."""
        timetable = schedule.timetable
        times = [] if schedule.due is None else [schedule.due, timetable.following(schedule.due)]
        coming = [at for at in (*times, timetable.after) if at is not None and at > now]
        if coming:
            seconds = (min(coming) - now) / 1_000_000
            self._alarms[schedule.key] = self._world.pace.call_later(
                seconds, lambda: self._look(schedule)
            )

    def _make_job(self, schedule: Schedule) -> None:
        schedule.number += 1
        spec: Json = schedule.spec["jobSpecification"]
        auto = spec["poolInfo"].get("autoPoolSpecification")
        pool: str | None = None
        if auto and auto["poolLifetimeOption"] == "jobschedule":
            if (schedule.auto_pool or "").lower() not in self._world.pools:
                schedule.auto_pool = self._auto_pools.make(auto)
            pool = schedule.auto_pool
        elif auto:
            pool = self._auto_pools.make(auto)
        self._world.save_schedule(schedule)
        self._jobs.begin(f"{schedule.id}:job-{schedule.number}", dict(spec), pool)

    def _complete_if_idle(self, schedule: Schedule) -> None:
        if self._active_job(schedule):
            return
        now = self._world.clock.now()
        schedule.move("completed", now)
        schedule.ended, schedule.due = now, None
        self._drop_pool(schedule)
        self._world.save_schedule(schedule)

    async def _remove_if_empty(self, schedule: Schedule) -> None:
        world = self._world
        if world.schedules.get(schedule.key) is schedule and not world.jobs_from(schedule):
            self._drop_pool(schedule)
            world.store.drop("schedule", "", schedule.key)
            del world.schedules[schedule.key]

    def _drop_pool(self, schedule: Schedule) -> None:
        auto = schedule.spec["jobSpecification"]["poolInfo"].get("autoPoolSpecification", {})
        if schedule.auto_pool and not auto.get("keepAlive", False):
            self._auto_pools.remove(schedule.auto_pool)

    def _due_anew(self, schedule: Schedule) -> int | None:
        """When the next job is due after the timing was changed."""
        timetable, now = schedule.timetable, self._world.clock.now()
        job = self._world.jobs.get((schedule.recent or "").lower())
        if not schedule.number or (timetable.until or 0) > now:
            return timetable.first(now)
        last = job.created if job else now
        following = timetable.following(last)
        return None if following is None else max(following, now)

    def _active_job(self, schedule: Schedule) -> Job | None:
        job = self._world.jobs.get((schedule.recent or "").lower())
        return job if job and job.state != "completed" else None

    def _touch(self, schedule: Schedule) -> None:
        schedule.modified = self._world.clock.now()
        self._world.save_schedule(schedule)


def _check_pool(body: ScheduleChanges) -> None:
    if body.job_specification and body.job_specification.pool_info:
        check_pool(body.job_specification.pool_info)


def _check_alive(schedule: Schedule) -> None:
    match schedule.state:
        case "completed":
            raise ServiceError("JobScheduleCompleted")
        case "terminating":
            raise ServiceError("JobScheduleBeingTerminated")
        case "deleting":
            raise ServiceError("JobScheduleBeingDeleted")
