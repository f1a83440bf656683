"""Bodies of requests about tasks."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType, field

from batchtui.local.errors import ServiceError, invalid_property, unsupported
from batchtui.local.wire.body import Body, Code, Duration, Id, Json, Retries, Text, Word, given
from batchtui.local.wire.common_bodies import NO_PACKAGES, OutputFile, Process, ResourceFile
from batchtui.local.wire.times import UNLIMITED

Slots = Annotated[int, Meta(ge=1, le=256)]
NO_TOKENS = "The service retired it in 2024."
# Azure Batch counts the characters of all ids together.
_LONGEST_DEPENDENCIES = 64_000


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


class MultiInstance(Body, kw_only=True):
    """How a task runs on several nodes at once."""

    number_of_instances: Annotated[int, Meta(ge=1, le=2_147_483_647)] = 1
    coordination_command_line: Text
    common_resource_files: list[ResourceFile] | UnsetType = UNSET

    def check(self) -> None:
        for file in self.common_resource_files or ():
            file.check()


class CreateTask(Process, kw_only=True):
    id: Id
    display_name: str | UnsetType = UNSET
    exit_conditions: ExitConditions | UnsetType = UNSET
    output_files: list[OutputFile] | UnsetType = UNSET
    affinity_info: AffinityInfo | UnsetType = UNSET
    constraints: TaskConstraints | UnsetType = UNSET
    required_slots: Slots = 1
    multi_instance_settings: MultiInstance | UnsetType = UNSET
    depends_on: DependsOn | UnsetType = UNSET
    application_package_references: list[Json] | UnsetType = UNSET
    authentication_token_settings: Any = UNSET

    def check(self) -> None:
        super().check()
        if self.multi_instance_settings is not UNSET:
            self.multi_instance_settings.check()
            if self.required_slots != 1:
                reason = "It must be 1 for a multi-instance task"
                raise invalid_property("requiredSlots", reason, str(self.required_slots))
        if given(self.application_package_references):
            raise unsupported("applicationPackageReferences", NO_PACKAGES)
        if given(self.authentication_token_settings):
            raise unsupported("authenticationTokenSettings", NO_TOKENS)
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
