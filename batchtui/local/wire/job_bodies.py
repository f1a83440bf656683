"""Bodies of requests about jobs."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from batchtui.local.errors import ServiceError, invalid_property, unsupported
from batchtui.local.wire.body import Body, Duration, Id, Json, Retries, Text, Word, given
from batchtui.local.wire.common_bodies import EnvironmentSetting, MetadataItem
from batchtui.local.wire.pool_bodies import PoolSpecification
from batchtui.local.wire.special_bodies import JobManagerTask, JobPreparationTask, JobReleaseTask
from batchtui.local.wire.times import UNLIMITED

Priority = Annotated[int, Meta(ge=-1000, le=1000)]
AutoPoolPrefix = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,20}\Z")]


class JobConstraints(Body, kw_only=True):
    max_wall_clock_time: Duration = Duration(UNLIMITED)
    max_task_retry_count: Retries = 0


class PoolLifetime(Word):
    JOB = "job"
    JOB_SCHEDULE = "jobschedule"


class AutoPool(Body, kw_only=True):
    """A pool that comes with a job, or with a schedule's jobs, and goes with them."""

    auto_pool_id_prefix: AutoPoolPrefix | UnsetType = UNSET
    pool_lifetime_option: PoolLifetime
    keep_alive: bool = False
    pool: PoolSpecification | UnsetType = UNSET

    def check(self) -> None:
        if self.pool is UNSET:
            raise ServiceError("MissingRequiredProperty", ("PropertyName", "pool"))
        self.pool.check()

    def wire(self) -> Json:
        return {**super().wire(), "pool": self.pool.wire() if self.pool else {}}


class PoolInfo(Body, kw_only=True):
    """Exactly one of the two."""

    pool_id: Text | UnsetType = UNSET
    auto_pool_specification: AutoPool | UnsetType = UNSET

    def check(self) -> None:
        if self.auto_pool_specification is not UNSET:
            if self.pool_id is not UNSET:
                reason = "poolId and autoPoolSpecification exclude each other"
                raise invalid_property("poolInfo", reason)
            self.auto_pool_specification.check()
        elif self.pool_id is UNSET:
            raise ServiceError("MissingRequiredProperty", ("PropertyName", "poolId"))

    def wire(self) -> Json:
        if self.auto_pool_specification is UNSET:
            return super().wire()
        return {"autoPoolSpecification": self.auto_pool_specification.wire()}


class AllTasksComplete(Word):
    NO_ACTION = "noaction"
    TERMINATE_JOB = "terminatejob"


class TaskFailureAction(Word):
    NO_ACTION = "noaction"
    PERFORM = "performexitoptionsjobaction"


class JobChanges(Body, kw_only=True):
    """What can be changed later too."""

    priority: Priority | UnsetType = UNSET
    allow_task_preemption: bool | UnsetType = UNSET
    max_parallel_tasks: Retries | UnsetType = UNSET
    constraints: JobConstraints | UnsetType = UNSET
    pool_info: PoolInfo | UnsetType = UNSET
    on_all_tasks_complete: AllTasksComplete | UnsetType = UNSET
    metadata: list[MetadataItem] | UnsetType = UNSET
    network_configuration: Json | UnsetType = UNSET

    def check(self) -> None:
        if self.pool_info is not UNSET:
            self.pool_info.check()
        if given(self.network_configuration):
            raise unsupported("networkConfiguration", "Nodes of this account join no network.")
        if self.max_parallel_tasks == 0:
            raise invalid_property("maxParallelTasks", "It must be -1 or greater than 0", "0")

    def wire(self) -> Json:
        plain = super().wire()
        if plain.get("metadata") == []:
            del plain["metadata"]
        if self.pool_info is not UNSET:
            plain["poolInfo"] = self.pool_info.wire()
        return plain


class PatchJob(JobChanges, kw_only=True):
    """Each member that is named replaces what was there, whole."""


class ReplaceJob(JobChanges, kw_only=True):
    """What is not named goes back to its default; tasks and settings of creation stay."""

    def check(self) -> None:
        super().check()
        _require_pool(self)
        _fill_in(self)


class JobDefinition(JobChanges, kw_only=True):
    """A whole job but for its id."""

    display_name: str | UnsetType = UNSET
    uses_task_dependencies: bool = False
    job_manager_task: JobManagerTask | UnsetType = UNSET
    job_preparation_task: JobPreparationTask | UnsetType = UNSET
    job_release_task: JobReleaseTask | UnsetType = UNSET
    common_environment_settings: list[EnvironmentSetting] | UnsetType = UNSET
    on_task_failure: TaskFailureAction = TaskFailureAction.NO_ACTION

    def check(self) -> None:
        super().check()
        _require_pool(self)
        constraints = _fill_in(self)
        if self.job_release_task is not UNSET and self.job_preparation_task is UNSET:
            reason = "A job release task needs a job preparation task"
            raise invalid_property("jobReleaseTask", reason)
        special = (self.job_manager_task, self.job_preparation_task, self.job_release_task)
        for task in special:
            if task is not UNSET:
                task.check()
        ids = [task.id.lower() for task in special if task is not UNSET]
        if len(set(ids)) < len(ids):
            raise invalid_property("id", "The tasks of a job must have different ids")
        if self.job_manager_task is not UNSET:
            self.job_manager_task.inherit(constraints.max_task_retry_count)


class CreateJob(JobDefinition, kw_only=True):
    id: Id


def _require_pool(job: JobChanges) -> None:
    if job.pool_info is UNSET:
        raise ServiceError("MissingRequiredProperty", ("PropertyName", "poolInfo"))


def _fill_in(job: JobChanges) -> JobConstraints:
    """Put in the service's defaults; the constraints that the job has."""
    job.priority = 0 if job.priority is UNSET else job.priority
    job.max_parallel_tasks = -1 if job.max_parallel_tasks is UNSET else job.max_parallel_tasks
    job.allow_task_preemption = bool(job.allow_task_preemption)
    job.constraints = job.constraints or JobConstraints()
    job.on_all_tasks_complete = job.on_all_tasks_complete or AllTasksComplete.NO_ACTION
    return job.constraints


class DisableTasks(Word):
    REQUEUE = "requeue"
    TERMINATE = "terminate"
    WAIT = "wait"


class DisableJob(Body, kw_only=True):
    disable_tasks: DisableTasks


class TerminateJob(Body, kw_only=True):
    terminate_reason: str = "UserTerminate"
