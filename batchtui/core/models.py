"""What the panes show: frozen values, decoded straight off the wire.

Members are those of api-version 2025-06-01, snake_case here and camelCase there. What a listing
did not select is absent and takes its default. Times are aware UTC datetimes.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct, field

from batchtui.core.autoscale import AutoScaleRun
from batchtui.core.dependencies import Dependencies
from batchtui.core.exit_conditions import ExitConditions
from batchtui.core.states import (
    AllocationState,
    JobState,
    NodeState,
    PoolState,
    Result,
    SchedulingState,
    TaskState,
)
from batchtui.core.wire import NameValue as NameValue
from batchtui.core.wire import Time
from batchtui.core.wire import Wire as Wire

T = TypeVar("T")


class Window(Struct, Generic[T], frozen=True):
    """The first part of a listing that may be huge, in the service's order (by id)."""

    items: tuple[T, ...] = ()
    complete: bool = True
    """Whether nothing follows `items`."""
    rest: str = ""
    """Leads to what follows, where the listing can be read on from there; else empty."""


class ResizeError(Wire, frozen=True):
    code: str = ""
    message: str = ""
    values: tuple[NameValue, ...] = ()


class Pool(Wire, frozen=True):
    id: str
    state: PoolState = PoolState.UNKNOWN
    allocation_state: AllocationState = AllocationState.UNKNOWN
    vm_size: str = ""
    creation_time: Time | None = None
    allocation_state_transition_time: Time | None = None
    current_dedicated_nodes: int = 0
    current_low_priority_nodes: int = 0
    target_dedicated_nodes: int = 0
    target_low_priority_nodes: int = 0
    task_slots_per_node: int = 1
    enable_auto_scale: bool = False
    auto_scale_run: AutoScaleRun | None = None
    """The last time that its formula was carried out."""
    resize_errors: tuple[ResizeError, ...] = ()
    metadata: tuple[NameValue, ...] = ()
    """Only with a single look, and with a listing that is asked for it."""

    @property
    def current_nodes(self) -> int:
        return self.current_dedicated_nodes + self.current_low_priority_nodes

    @property
    def target_nodes(self) -> int:
        return self.target_dedicated_nodes + self.target_low_priority_nodes

    @property
    def formula_failed(self) -> bool:
        """Whether a formula shall scale it, and could not the last time."""
        run = self.auto_scale_run
        return self.enable_auto_scale and run is not None and run.error is not None


class NodeCounts(Wire, frozen=True):
    """How many nodes of a pool are in each state. May lag behind by some seconds."""

    creating: int = 0
    idle: int = 0
    offline: int = 0
    preempted: int = 0
    rebooting: int = 0
    reimaging: int = 0
    running: int = 0
    starting: int = 0
    start_task_failed: int = 0
    leaving_pool: int = 0
    unknown: int = 0
    unusable: int = 0
    waiting_for_start_task: int = 0
    upgrading_os: int = field(default=0, name="upgradingOS")
    deallocated: int = 0
    deallocating: int = 0
    total: int = 0

    def by_state(self) -> dict[NodeState, int]:
        """Each state that has any node, in the legend's order.

        Nodes in a state that this version has not heard of are counted in `total` alone, and are
        `UNKNOWN` here.
        """
        counts = {state: int(getattr(self, state.name.lower())) for state in NodeState}
        counts[NodeState.UNKNOWN] += max(0, self.total - sum(counts.values()))
        return {state: count for state, count in counts.items() if count}


class PoolNodeCounts(Wire, frozen=True):
    pool_id: str
    dedicated: NodeCounts = NodeCounts()
    low_priority: NodeCounts = NodeCounts()

    @property
    def broken(self) -> int:
        """Nodes that run nothing until somebody acts."""
        return sum(
            counts.start_task_failed + counts.unusable
            for counts in (self.dedicated, self.low_priority)
        )

    def by_state(self) -> dict[NodeState, int]:
        """Dedicated and spot nodes together, in the legend's order."""
        both = (self.dedicated.by_state(), self.low_priority.by_state())
        totals = {state: sum(counts.get(state, 0) for counts in both) for state in NodeState}
        return {state: count for state, count in totals.items() if count}


EXIT = "FailureExitCode"
"""The service's code for a process that ended with an exit code other than 0."""


class FailureInfo(Wire, frozen=True):
    """Why the service calls a task failed."""

    category: str = ""
    code: str = ""
    message: str = ""
    details: tuple[NameValue, ...] = ()


class TaskExecution(Wire, frozen=True):
    """How far a task or a start task came. `exit_code` is None when no process ended."""

    start_time: Time | None = None
    end_time: Time | None = None
    exit_code: int | None = None
    result: Result | None = None
    failure_info: FailureInfo | None = None
    retry_count: int = 0
    requeue_count: int = 0


class RecentTask(Wire, frozen=True):
    job_id: str = ""
    task_id: str = ""
    task_state: TaskState = TaskState.UNKNOWN
    execution_info: TaskExecution = TaskExecution()


class NodeError(Wire, frozen=True):
    code: str = ""
    message: str = ""
    error_details: tuple[NameValue, ...] = ()


class Node(Wire, frozen=True):
    """A node; what stands after `total_tasks_run` comes only with a single look."""

    id: str
    state: NodeState = NodeState.UNKNOWN
    state_transition_time: Time | None = None
    scheduling_state: SchedulingState = SchedulingState.ENABLED
    is_dedicated: bool = True
    running_tasks_count: int = 0
    running_task_slots_count: int = 0
    ip_address: str = ""
    vm_size: str = ""
    total_tasks_run: int = 0
    total_tasks_succeeded: int = 0
    allocation_time: Time | None = None
    last_boot_time: Time | None = None
    recent_tasks: tuple[RecentTask, ...] = ()
    start_task_info: TaskExecution | None = None
    errors: tuple[NodeError, ...] = ()


class PoolInfo(Wire, frozen=True):
    pool_id: str = ""


class JobExecution(Wire, frozen=True):
    start_time: Time | None = None
    end_time: Time | None = None
    pool_id: str = ""
    terminate_reason: str = ""


class Job(Wire, frozen=True):
    id: str
    state: JobState = JobState.UNKNOWN
    state_transition_time: Time | None = None
    creation_time: Time | None = None
    priority: int = 0
    max_parallel_tasks: int = -1
    """Tasks of it that may run at once; -1 for any number."""
    pool_info: PoolInfo = PoolInfo()
    execution_info: JobExecution = JobExecution()
    metadata: tuple[NameValue, ...] = ()
    """Only with a single look, and with a listing that is asked for it."""

    @property
    def pool_id(self) -> str:
        """The pool that the job runs on: an auto pool is known only once it was made."""
        return self.execution_info.pool_id or self.pool_info.pool_id

    @property
    def over(self) -> bool:
        return self.state in (JobState.COMPLETED, JobState.DELETING)


class TaskCounts(Wire, frozen=True):
    """How many tasks of a job are in each state. `running` includes preparing; may lag."""

    active: int = 0
    running: int = 0
    completed: int = 0
    succeeded: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return self.active + self.running + self.completed


class NodeInfo(Wire, frozen=True):
    pool_id: str = ""
    node_id: str = ""


class MultiInstance(Wire, frozen=True):
    number_of_instances: int = 1


class Task(Wire, frozen=True):
    """A task; what stands after `node_info` says what it needs, and is as it was created."""

    id: str
    state: TaskState = TaskState.UNKNOWN
    state_transition_time: Time | None = None
    creation_time: Time | None = None
    command_line: str = ""
    execution_info: TaskExecution = TaskExecution()
    node_info: NodeInfo = NodeInfo()
    required_slots: int = 1
    depends_on: Dependencies | None = None
    exit_conditions: ExitConditions | None = None
    multi_instance_settings: MultiInstance | None = None

    @property
    def failed(self) -> bool:
        return self.execution_info.result is Result.FAILURE

    @property
    def attempt(self) -> tuple[datetime | None, int, int]:
        """Tells one try of it from the next, each of which writes its files anew."""
        ran = self.execution_info
        return ran.start_time, ran.retry_count, ran.requeue_count

    @property
    def waits(self) -> bool:
        return self.state in (TaskState.ACTIVE, TaskState.PREPARING)

    @property
    def instances(self) -> int:
        """Nodes that it runs on at once."""
        settings = self.multi_instance_settings
        return 1 if settings is None else settings.number_of_instances

    @property
    def satisfies(self) -> bool:
        """Whether tasks that depend on it may run."""
        if self.state is not TaskState.COMPLETED:
            return False
        if self.exit_conditions is None:
            return not self.failed
        ran = self.execution_info
        code = ran.failure_info.code if ran.failure_info else ""
        return self.exit_conditions.satisfied(
            failed=self.failed, exit_code=ran.exit_code, failure_code=code
        )


class ImageReference(Wire, frozen=True):
    publisher: str = ""
    offer: str = ""
    sku: str = ""
    version: str = "latest"


class SupportedImage(Wire, frozen=True):
    node_agent_sku_id: str = field(name="nodeAgentSKUId")
    image_reference: ImageReference
    os_type: str = ""
    verification_type: str = ""


class FileProperties(Wire, frozen=True):
    content_length: int = 0
    """Bytes."""
    last_modified: Time | None = None


class FileState(Struct, frozen=True):
    """A file at one moment. Times that the service does not tell are None."""

    size: int = 0
    """Bytes."""
    modified: datetime | None = None
    created: datetime | None = None


class NodeFile(Wire, frozen=True):
    """A file or a folder of a task or a node; `name` is its path below the root."""

    name: str
    is_directory: bool = False
    properties: FileProperties | None = None


class Container(Struct, frozen=True):
    """A blob container. The service keeps no totals: they are a `Usage`."""

    name: str
    last_modified: datetime | None = None
    metadata: tuple[NameValue, ...] = ()
    """Only with a single look, and with a listing that is asked for it."""


class Blob(Struct, frozen=True):
    name: str
    size: int = 0
    """Bytes."""
    last_modified: datetime | None = None
    content_type: str = ""


class Usage(Struct, frozen=True):
    """What a container holds, counted by listing it; `complete` tells a total from a minimum."""

    blobs: int = 0
    size: int = 0
    """Bytes."""
    complete: bool = True

    @classmethod
    def of(cls, blobs: Iterable[Blob], *, complete: bool) -> "Usage":
        sizes = [blob.size for blob in blobs]
        return cls(len(sizes), sum(sizes), complete)
