"""Bodies of requests about jobs and tasks."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType, field

from batchtui.local.errors import ServiceError, invalid_property, unsupported
from batchtui.local.wire.body import Body, Code, Duration, Id, Json, Retries, Text, Word, given
from batchtui.local.wire.common_bodies import (
    NO_PACKAGES,
    EnvironmentSetting,
    MetadataItem,
    OutputFile,
    Process,
)
from batchtui.local.wire.times import UNLIMITED

Priority = Annotated[int, Meta(ge=-1000, le=1000)]
# Azure Batch counts the characters of all ids together.
_LONGEST_DEPENDENCIES = 64_000


class JobConstraints(Body, kw_only=True):
    max_wall_clock_time: Duration = Duration(UNLIMITED)
    max_task_retry_count: Retries = 0


class PoolInfo(Body, kw_only=True):
    pool_id: Text | UnsetType = UNSET
    auto_pool_specification: Json | UnsetType = UNSET

    def check(self) -> None:
        if given(self.auto_pool_specification):
            raise unsupported("autoPoolSpecification", "Create a pool and name it in poolId.")
        if self.pool_id is UNSET:
            raise ServiceError("MissingRequiredProperty", ("PropertyName", "poolId"))


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
        if self.allow_task_preemption is True:
            raise unsupported("allowTaskPreemption", "This account never preempts a running task.")
        if given(self.network_configuration):
            raise unsupported("networkConfiguration", "Nodes of this account join no network.")
        if self.max_parallel_tasks == 0:
            raise invalid_property("maxParallelTasks", "It must be -1 or greater than 0", "0")

    def wire(self) -> Json:
        plain = super().wire()
        if plain.get("metadata") == []:
            del plain["metadata"]
        return plain


class PatchJob(JobChanges, kw_only=True):
    """Each member that is named replaces what was there, whole."""


class ReplaceJob(JobChanges, kw_only=True):
    """What is not named goes back to its default; tasks and settings of creation stay."""

    def check(self) -> None:
        super().check()
        _require_pool(self)
        _fill_in(self)


class CreateJob(JobChanges, kw_only=True):
    id: Id
    display_name: str | UnsetType = UNSET
    uses_task_dependencies: bool = False
    job_manager_task: Any = UNSET
    job_preparation_task: Any = UNSET
    job_release_task: Any = UNSET
    common_environment_settings: list[EnvironmentSetting] | UnsetType = UNSET
    on_task_failure: TaskFailureAction = TaskFailureAction.NO_ACTION

    def check(self) -> None:
        super().check()
        _require_pool(self)
        for name, value in (
            ("jobManagerTask", self.job_manager_task),
            ("jobPreparationTask", self.job_preparation_task),
            ("jobReleaseTask", self.job_release_task),
        ):
            if given(value):
                raise unsupported(name, "This account runs the tasks of a job and no others.")
        _fill_in(self)


def _require_pool(job: JobChanges) -> None:
    if job.pool_info is UNSET:
        raise ServiceError("MissingRequiredProperty", ("PropertyName", "poolInfo"))


def _fill_in(job: JobChanges) -> None:
    """Put in the service's defaults."""
    job.priority = 0 if job.priority is UNSET else job.priority
    job.max_parallel_tasks = -1 if job.max_parallel_tasks is UNSET else job.max_parallel_tasks
    job.allow_task_preemption = bool(job.allow_task_preemption)
    job.constraints = job.constraints or JobConstraints()
    job.on_all_tasks_complete = job.on_all_tasks_complete or AllTasksComplete.NO_ACTION


class DisableTasks(Word):
    REQUEUE = "requeue"
    TERMINATE = "terminate"
    WAIT = "wait"


class DisableJob(Body, kw_only=True):
    disable_tasks: DisableTasks


class TerminateJob(Body, kw_only=True):
    terminate_reason: str = "UserTerminate"


class JobAction(Word):
    NONE = "none"
    DISABLE = "disable"
    TERMINATE = "terminate"


class DependencyAction(Word):
    SATISFY = "satisfy"
    BLOCK = "block"


class ExitOptions(Body, kw_only=True):
    job_action: JobAction | UnsetType = UNSET
    dependency_action: DependencyAction | UnsetType = UNSET


class ExitCode(Body, kw_only=True):
    code: Code
    exit_options: ExitOptions


class ExitCodeRange(Body, kw_only=True):
    start: Code
    end: Code
    exit_options: ExitOptions


class ExitConditions(Body, kw_only=True):
    exit_codes: list[ExitCode] | UnsetType = UNSET
    exit_code_ranges: list[ExitCodeRange] | UnsetType = UNSET
    pre_processing_error: ExitOptions | UnsetType = UNSET
    file_upload_error: ExitOptions | UnsetType = UNSET
    default: ExitOptions | UnsetType = UNSET

    def options(self) -> list[ExitOptions]:
        found = [code.exit_options for code in self.exit_codes or ()]
        found += [span.exit_options for span in self.exit_code_ranges or ()]
        others = (self.pre_processing_error, self.file_upload_error, self.default)
        return [*found, *(option for option in others if option is not UNSET)]


class TaskConstraints(Body, kw_only=True):
    max_wall_clock_time: Duration = Duration(UNLIMITED)
    retention_time: Duration = Duration("P7D")
    max_task_retry_count: Retries | UnsetType = UNSET


class TaskIdRange(Body, kw_only=True):
    start: int
    end: int


class DependsOn(Body, kw_only=True):
    task_ids: list[str] | UnsetType = UNSET
    task_id_ranges: list[TaskIdRange] | UnsetType = UNSET

    def check(self) -> None:
        if sum(len(task_id) for task_id in self.task_ids or ()) > _LONGEST_DEPENDENCIES:
            raise ServiceError("TaskDependencyListTooLong")
        for span in self.task_id_ranges or ():
            if not 0 <= span.start <= span.end <= 2_147_483_647:
                raise invalid_property(
                    "taskIdRanges", "start and end must be 0 or more, and start not after end"
                )


class AffinityInfo(Body, kw_only=True):
    affinity_id: Text


class CreateTask(Process, kw_only=True):
    id: Id
    display_name: str | UnsetType = UNSET
    exit_conditions: ExitConditions | UnsetType = UNSET
    output_files: list[OutputFile] | UnsetType = UNSET
    affinity_info: AffinityInfo | UnsetType = UNSET
    constraints: TaskConstraints | UnsetType = UNSET
    required_slots: Annotated[int, Meta(ge=1, le=256)] = 1
    multi_instance_settings: Any = UNSET
    depends_on: DependsOn | UnsetType = UNSET
    application_package_references: list[Json] | UnsetType = UNSET
    authentication_token_settings: Any = UNSET

    def check(self) -> None:
        super().check()
        if given(self.multi_instance_settings):
            raise unsupported("multiInstanceSettings", "A task of this account uses one node.")
        if given(self.application_package_references):
            raise unsupported("applicationPackageReferences", NO_PACKAGES)
        if given(self.authentication_token_settings):
            raise unsupported("authenticationTokenSettings", "The service retired it in 2024.")
        for file in self.output_files or ():
            file.check()
        if self.depends_on is not UNSET:
            self.depends_on.check()
        self.constraints = self.constraints or TaskConstraints()


class UpdateTask(Body, kw_only=True):
    """PUT: only constraints can be changed; without them they go back to their defaults."""

    constraints: TaskConstraints = field(default_factory=TaskConstraints)


class AddTasks(Body, kw_only=True):
    """The tasks stay raw: each is read by itself, so that one wrong task fails alone."""

    value: list[Json]
