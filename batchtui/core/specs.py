"""What batchtui asks the Batch service to create: frozen values, encoded as the wire spells them.

A member left at its default is not sent, so that the service's own default holds.
"""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct, field

from batchtui.core.models import ImageReference, NameValue, PoolInfo


class Spec(Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A part of a request."""


class Elevation(StrEnum):
    NONADMIN = "nonadmin"
    ADMIN = "admin"


class UploadCondition(StrEnum):
    SUCCESS = "tasksuccess"
    FAILURE = "taskfailure"
    COMPLETION = "taskcompletion"


class AutoUser(Spec, frozen=True):
    scope: str = "pool"
    elevation_level: Elevation = field(default_factory=lambda: Elevation.NONADMIN)


class UserIdentity(Spec, frozen=True):
    auto_user: AutoUser


class ResourceFile(Spec, frozen=True):
    """Either one file (`http_url` and `file_path`) or a container's blobs below `blob_prefix`."""

    http_url: str | None = None
    storage_container_url: str | None = None
    blob_prefix: str | None = None
    file_path: str | None = None
    file_mode: str | None = None


class OutputContainer(Spec, frozen=True):
    container_url: str
    """With a SAS that may write."""
    path: str | None = None


class OutputDestination(Spec, frozen=True):
    container: OutputContainer


class OutputUpload(Spec, frozen=True):
    upload_condition: UploadCondition


class OutputFile(Spec, frozen=True):
    file_pattern: str
    destination: OutputDestination
    upload_options: OutputUpload


class StartTask(Spec, frozen=True):
    command_line: str
    resource_files: tuple[ResourceFile, ...] = ()
    environment_settings: tuple[NameValue, ...] = ()
    user_identity: UserIdentity | None = None
    max_task_retry_count: int = 0
    wait_for_success: bool | None = None


class VirtualMachine(Spec, frozen=True):
    image_reference: ImageReference
    node_agent_sku_id: str = field(name="nodeAgentSKUId")


class PoolSpec(Spec, frozen=True):
    id: str
    vm_size: str
    virtual_machine_configuration: VirtualMachine
    target_dedicated_nodes: int = 0
    target_low_priority_nodes: int = 0
    task_slots_per_node: int = 1
    start_task: StartTask | None = None
    metadata: tuple[NameValue, ...] = ()


class JobConstraints(Spec, frozen=True):
    max_wall_clock_time: timedelta | None = None
    max_task_retry_count: int = 0


class JobSpec(Spec, frozen=True):
    id: str
    pool_info: PoolInfo
    priority: int = 0
    constraints: JobConstraints | None = None
    uses_task_dependencies: bool = False
    metadata: tuple[NameValue, ...] = ()


class TaskConstraints(Spec, frozen=True):
    max_wall_clock_time: timedelta | None = None
    retention_time: timedelta | None = None
    max_task_retry_count: int = 0


class TaskDependencies(Spec, frozen=True):
    task_ids: tuple[str, ...]


class TaskSpec(Spec, frozen=True):
    id: str
    command_line: str
    resource_files: tuple[ResourceFile, ...] = ()
    output_files: tuple[OutputFile, ...] = ()
    environment_settings: tuple[NameValue, ...] = ()
    required_slots: int = 1
    constraints: TaskConstraints | None = None
    depends_on: TaskDependencies | None = None
    user_identity: UserIdentity | None = None
