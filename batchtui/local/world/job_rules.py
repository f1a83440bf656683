"""What happens to jobs: creating, changing, disabling, enabling, terminating, deleting."""

from collections.abc import Callable

from msgspec import UNSET

from batchtui.local.agent.launch import Outcome
from batchtui.local.errors import ServiceError, invalid_property
from batchtui.local.scheduler import Scheduler
from batchtui.local.wire.job_bodies import (
    CreateJob,
    DisableJob,
    DisableTasks,
    JobChanges,
    ReplaceJob,
    TerminateJob,
)
from batchtui.local.wire.special_bodies import task_of
from batchtui.local.wire.task_bodies import CreateTask
from batchtui.local.world.auto_pools import AutoPools, check_pool
from batchtui.local.world.dependencies import Dependencies
from batchtui.local.world.exit_conditions import job_action, satisfies
from batchtui.local.world.job import Counts, Job, Json, check_alive
from batchtui.local.world.job_ending import JobEnding
from batchtui.local.world.runs import Ending, Runs
from batchtui.local.world.task import Task
from batchtui.local.world.world import World

_ENDINGS = {"requeue": Ending.REQUEUE, "terminate": Ending.TERMINATE, "wait": Ending.NONE}


class JobRules:
    """Every method either raises a `ServiceError` or has set the new state before it returns."""

    def __init__(
        self,
        world: World,
        runs: Runs,
        scheduler: Scheduler,
        dependencies: Dependencies,
        ending: JobEnding,
        auto_pools: AutoPools,
        *,
        add: Callable[[Job, CreateTask], Task],
    ) -> None:
        """`add` adds a task to a job."""
        self._world = world
        self._runs = runs
        self._scheduler = scheduler
        self._dependencies = dependencies
        self._ending = ending
        self._auto_pools = auto_pools
        self._add = add

    def create(self, body: CreateJob) -> Job:
        world = self._world
        there = world.jobs.get(body.id.lower())
        if there:
            raise ServiceError("JobCompleted" if there.state == "completed" else "JobExists")
        if body.pool_info:
            check_pool(body.pool_info)
        spec = body.wire()
        auto = spec["poolInfo"].get("autoPoolSpecification")
        if auto and auto["poolLifetimeOption"] != "job":
            reason = "A pool can live as long as a schedule only if a schedule makes the job"
            raise invalid_property("poolLifetimeOption", reason, auto["poolLifetimeOption"])
        return self.begin(body.id, spec, self._auto_pools.make(auto) if auto else None)

    def begin(self, job_id: str, spec: Json, auto_pool: str | None) -> Job:
        """Make a job from its body on the wire; `auto_pool` is the id of the pool made for it."""
        world = self._world
        created = world.clock.now()
        now = world.clock.now()
        job = Job(
            id=job_id,
            spec={"id": job_id, **spec},
            created=created,
            modified=now,
            changed=now,
            started=now,
            auto_pool=auto_pool,
        )
        world.jobs[job.key] = job
        world.counts[job.key] = Counts()
        world.save_job(job)
        self._ending.watch(job)
        if "jobManagerTask" in job.spec:
            self._add(job, task_of(job.spec["jobManagerTask"]))
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
        self._ending.watch(job)
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
        self._ending.terminate(job, body.terminate_reason)

    def delete(self, job: Job) -> None:
        if job.state == "deleting":
            raise ServiceError("JobBeingDeleted")
        self._ending.delete(job)

    def completed(self, job: Job, task: Task, outcome: Outcome | None) -> None:
        """A task came to its end: see to its dependents and to what the job makes of it."""
        if satisfies(task) and self._dependencies.satisfy(task):
            self._scheduler.wake(job.pool)
        self._world.table.save(task)
        if job.state not in ("active", "disabling", "disabled", "enabling"):
            return
        manager = job.manager_of(task)
        if manager and manager["killJobOnCompletion"]:
            self._ending.terminate(job, "JMComplete")
            return
        if job.spec["onTaskFailure"] == "performexitoptionsjobaction" and outcome:
            self._perform(job, job_action(task))
        self._end_if_done(job)

    def resume(self, job: Job) -> None:
        """Carry on with what was under way when the account stopped."""
        self._ending.watch(job)
        self._ending.resume(job)
        match job.state:
            case "disabling":
                self._world.spawn(self._reach(job, "disabling", "disabled"))
            case "enabling":
                self._world.spawn(self._enable(job))

    def stop(self) -> None:
        """Switch all alarms off."""
        self._ending.stop()

    def _perform(self, job: Job, action: str) -> None:
        if action == "terminate":
            self._ending.terminate(job, "TaskFailed")
        elif action == "disable" and job.state == "active":
            self.disable(job, DisableJob(disable_tasks=DisableTasks.REQUEUE))

    def _end_if_done(self, job: Job) -> None:
        """A job without tasks counts as done, which is why it is best asked for afterwards."""
        wanted = job.spec["onAllTasksComplete"] == "terminatejob" and job.state == "active"
        if wanted and not self._world.counts[job.key].unfinished:
            self._ending.terminate(job, "AllTasksComplete")

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

    def _changed(self, job: Job) -> None:
        job.modified = self._world.clock.now()
        self._world.save_job(job)

    def _check_pool_move(self, job: Job, body: JobChanges) -> None:
        if not body.pool_info:
            return
        auto = body.pool_info.auto_pool_specification
        if auto:
            there = job.spec["poolInfo"].get("autoPoolSpecification", {})
            if there.get("poolLifetimeOption") != "job":
                reason = "Only keepAlive of a pool that was made for the job can be changed"
                raise invalid_property("autoPoolSpecification", reason)
            body.pool_info = UNSET
            kept = {**there, "keepAlive": auto.keep_alive}
            job.spec = {**job.spec, "poolInfo": {"autoPoolSpecification": kept}}
        elif str(body.pool_info.pool_id).lower() != job.pool:
            if job.state != "disabled":
                raise invalid_property("poolInfo", "The pool can be changed on disabled jobs only")
            self._auto_pools.remove(job.auto_pool)
            job.auto_pool = None
