"""A job's own tasks: the one that directs it, and those that prepare nodes and clear them up."""

from typing import Any

from msgspec import UNSET, UnsetType, field

from batchtui.local.errors import invalid_property, unsupported
from batchtui.local.wire.body import Body, Duration, Id, Json, Retries, convert, given
from batchtui.local.wire.common_bodies import NO_PACKAGES, OutputFile, Process
from batchtui.local.wire.task_bodies import NO_TOKENS, CreateTask, Slots, TaskConstraints
from batchtui.local.wire.times import UNLIMITED

_LONGEST_RELEASE = "PT15M"
# What says how a job manager task is run, and is no part of a task as such.
_MANAGING = ("killJobOnCompletion", "runExclusive", "allowLowPriorityNode")


class JobManagerTask(Process, kw_only=True):
    """Started with the job, before its other tasks."""

    id: Id
    display_name: str | UnsetType = UNSET
    output_files: list[OutputFile] | UnsetType = UNSET
    constraints: TaskConstraints = field(default_factory=TaskConstraints)
    required_slots: Slots = 1
    kill_job_on_completion: bool = True
    run_exclusive: bool = True
    allow_low_priority_node: bool = True
    application_package_references: list[Json] | UnsetType = UNSET
    authentication_token_settings: Any = UNSET

    def check(self) -> None:
        super().check()
        if given(self.application_package_references):
            raise unsupported("applicationPackageReferences", NO_PACKAGES)
        if given(self.authentication_token_settings):
            raise unsupported("authenticationTokenSettings", NO_TOKENS)
        for file in self.output_files or ():
            file.check()

    def inherit(self, retries: int) -> None:
        """Take the job's number of retries where it gave none itself."""
        if self.constraints.max_task_retry_count is UNSET:
            self.constraints.max_task_retry_count = retries


def task_of(manager: Json) -> CreateTask:
    """The task that a job manager task, as the service answers it, is for the job's list."""
    plain = {name: value for name, value in manager.items() if name not in _MANAGING}
    return convert(plain, CreateTask)


class SideConstraints(Body, kw_only=True):
    """As a task's, without a job's number of retries to fall back on."""

    max_wall_clock_time: Duration = Duration(UNLIMITED)
    retention_time: Duration = Duration("P7D")
    max_task_retry_count: Retries = 0


class JobPreparationTask(Process, kw_only=True):
    """Run once on each node before the first of the job's tasks there."""

    id: Id = "jobpreparation"
    constraints: SideConstraints = field(default_factory=SideConstraints)
    wait_for_success: bool = True
    rerun_on_node_reboot_after_success: bool = True


class JobReleaseTask(Process, kw_only=True):
    """Run at the job's end on each node where its preparation task ran."""

    id: Id = "jobrelease"
    max_wall_clock_time: Duration = Duration(_LONGEST_RELEASE)
    retention_time: Duration = Duration("P7D")

    def check(self) -> None:
        super().check()
        if self.max_wall_clock_time.length > Duration(_LONGEST_RELEASE).length:
            reason = "It must not be more than 15 minutes"
            raise invalid_property("maxWallClockTime", reason, str(self.max_wall_clock_time))
