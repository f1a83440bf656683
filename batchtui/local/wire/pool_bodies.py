"""Bodies of requests about pools and nodes."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from batchtui.local.errors import ServiceError, invalid_property, unsupported
from batchtui.local.wire.autoscale_bodies import USUAL_INTERVAL, check_formula, check_interval
from batchtui.local.wire.body import Body, Count, Duration, Id, Json, Retries, Text, Word, given
from batchtui.local.wire.common_bodies import (
    NO_CONTAINERS,
    NO_PACKAGES,
    Elevation,
    MetadataItem,
    Process,
)
from batchtui.local.wire.network_bodies import NetworkConfiguration
from batchtui.local.wire.times import duration

_SHORTEST_RESIZE = "PT5M"


class ImageReference(Body, kw_only=True):
    publisher: str | UnsetType = UNSET
    offer: str | UnsetType = UNSET
    sku: str | UnsetType = UNSET
    version: str = "latest"
    virtual_machine_image_id: str | UnsetType = UNSET
    shared_gallery_image_id: str | UnsetType = UNSET
    community_gallery_image_id: str | UnsetType = UNSET

    def check(self) -> None:
        ids = (
            ("virtualMachineImageId", self.virtual_machine_image_id),
            ("sharedGalleryImageId", self.shared_gallery_image_id),
            ("communityGalleryImageId", self.community_gallery_image_id),
        )
        for name, value in ids:
            if value is not UNSET:
                raise unsupported(name, "This account has no image gallery: name a platform image.")
        for name, value in (
            ("publisher", self.publisher),
            ("offer", self.offer),
            ("sku", self.sku),
        ):
            if not value:
                raise ServiceError("MissingRequiredProperty", ("PropertyName", name))


class VirtualMachine(Body, kw_only=True):
    """Disks, placement and security are answered as they were sent: they change no process."""

    image_reference: ImageReference
    node_agent_sku_id: Text = field(name="nodeAgentSKUId")
    windows_configuration: Json | UnsetType = UNSET
    data_disks: list[Json] | UnsetType = UNSET
    license_type: str | UnsetType = UNSET
    container_configuration: Json | UnsetType = UNSET
    disk_encryption_configuration: Json | UnsetType = UNSET
    node_placement_configuration: Json | UnsetType = UNSET
    extensions: list[Json] | UnsetType = UNSET
    os_disk: Json | UnsetType = UNSET
    security_profile: Json | UnsetType = UNSET
    service_artifact_reference: Json | UnsetType = UNSET

    def check(self) -> None:
        self.image_reference.check()
        if given(self.container_configuration):
            raise unsupported("containerConfiguration", NO_CONTAINERS)
        if given(self.extensions):
            raise unsupported("extensions", "Nodes of this account are no virtual machines.")
        if given(self.windows_configuration):
            raise unsupported("windowsConfiguration", "Nodes of this account are not Windows.")


class FillType(Word):
    SPREAD = "Spread"
    PACK = "Pack"


class DefaultOrder(Word):
    NONE = "none"
    CREATION_TIME = "creationtime"


class SchedulingPolicy(Body, kw_only=True):
    job_default_order: DefaultOrder | UnsetType = UNSET
    node_fill_type: FillType


class StartTask(Process, kw_only=True):
    max_task_retry_count: Retries = 0
    wait_for_success: bool = True


class LinuxUser(Body, kw_only=True):
    uid: Count | UnsetType = UNSET
    gid: Count | UnsetType = UNSET
    ssh_private_key: str | UnsetType = UNSET

    def check(self) -> None:
        if (self.uid is UNSET) != (self.gid is UNSET):
            raise invalid_property("linuxUserConfiguration", "uid and gid go together")


class UserAccount(Body, kw_only=True):
    """Accounts are answered without their secrets; a local node creates no users."""

    name: Annotated[str, Meta(min_length=1, max_length=20)]
    password: str
    elevation_level: Elevation = Elevation.NON_ADMIN
    linux_user_configuration: LinuxUser | UnsetType = UNSET
    windows_user_configuration: Json | UnsetType = UNSET

    def check(self) -> None:
        if given(self.windows_user_configuration):
            raise invalid_property(
                "windowsUserConfiguration",
                f"The user configuration for user account '{self.name}' has a mismatch with the OS"
                " (Windows/Linux) configuration specified in VirtualMachineConfiguration",
            )
        if self.linux_user_configuration is not UNSET:
            self.linux_user_configuration.check()

    def wire(self) -> Json:
        plain: Json = {"name": self.name, "elevationLevel": self.elevation_level.value}
        linux = self.linux_user_configuration
        if linux is not UNSET and linux.uid is not UNSET:
            plain["linuxUserConfiguration"] = {"uid": linux.uid, "gid": linux.gid}
        return plain


class PoolSettings(Body, kw_only=True):
    """What creating and patching a pool have in common."""

    display_name: str | UnsetType = UNSET
    vm_size: Text | UnsetType = UNSET
    virtual_machine_configuration: VirtualMachine | UnsetType = UNSET
    enable_inter_node_communication: bool | UnsetType = UNSET
    network_configuration: NetworkConfiguration | UnsetType = UNSET
    start_task: StartTask | UnsetType = UNSET
    application_package_references: list[Json] | UnsetType = UNSET
    certificate_references: list[Json] | UnsetType = UNSET
    task_slots_per_node: Annotated[int, Meta(ge=1, le=256)] | UnsetType = UNSET
    task_scheduling_policy: SchedulingPolicy | UnsetType = UNSET
    user_accounts: list[UserAccount] | UnsetType = UNSET
    metadata: list[MetadataItem] | UnsetType = UNSET
    mount_configuration: list[Json] | UnsetType = UNSET
    upgrade_policy: Json | UnsetType = UNSET
    target_node_communication_mode: str | UnsetType = UNSET
    resource_tags: Json | UnsetType = UNSET

    def check(self) -> None:
        if given(self.application_package_references):
            raise unsupported("applicationPackageReferences", NO_PACKAGES)
        if given(self.certificate_references):
            raise unsupported("certificateReferences", "This account has no certificates.")
        if given(self.mount_configuration):
            raise unsupported("mountConfiguration", "Nodes of this account mount no file systems.")
        for account in self.user_accounts or ():
            account.check()
        for part in (
            self.virtual_machine_configuration,
            self.start_task,
            self.network_configuration,
        ):
            if part is not UNSET:
                part.check()

    def wire(self) -> Json:
        plain = super().wire()
        if "vmSize" in plain:
            plain["vmSize"] = plain["vmSize"].lower()
        if self.user_accounts is not UNSET:
            plain["userAccounts"] = [account.wire() for account in self.user_accounts]
        for name in ("metadata", "applicationPackageReferences", "userAccounts"):
            if plain.get(name) == []:
                del plain[name]
        return plain


class PoolSpecification(PoolSettings, kw_only=True):
    """A whole pool but for its id."""

    resize_timeout: Duration = Duration("PT15M")
    target_dedicated_nodes: Count | UnsetType = UNSET
    target_low_priority_nodes: Count | UnsetType = UNSET
    enable_auto_scale: bool = False
    auto_scale_formula: str | UnsetType = UNSET
    auto_scale_evaluation_interval: Duration | UnsetType = UNSET

    def check(self) -> None:
        super().check()
        for name, value in (
            ("vmSize", self.vm_size),
            ("virtualMachineConfiguration", self.virtual_machine_configuration),
        ):
            if value is UNSET:
                raise ServiceError("MissingRequiredProperty", ("PropertyName", name))
        self._check_scaling()
        _check_timeout(self.resize_timeout)
        if self.task_slots_per_node is UNSET:
            self.task_slots_per_node = 1
        if self.task_scheduling_policy is UNSET:
            self.task_scheduling_policy = SchedulingPolicy(node_fill_type=FillType.SPREAD)
        if self.enable_inter_node_communication is UNSET:
            self.enable_inter_node_communication = False

    def _check_scaling(self) -> None:
        """Either a formula decides how many nodes there are, or the targets do."""
        formula, interval = self.auto_scale_formula, self.auto_scale_evaluation_interval
        if not self.enable_auto_scale:
            if formula is not UNSET or interval is not UNSET:
                raise _contradictory("A formula or an interval needs enableAutoScale to be true")
            self.target_dedicated_nodes = self.target_dedicated_nodes or 0
            self.target_low_priority_nodes = self.target_low_priority_nodes or 0
            return
        if formula is UNSET:
            raise _contradictory("enableAutoScale needs an autoScaleFormula")
        if (self.target_dedicated_nodes, self.target_low_priority_nodes) != (UNSET, UNSET):
            raise _contradictory("With enableAutoScale the formula sets the targets")
        check_formula(formula)
        if interval is UNSET:
            self.auto_scale_evaluation_interval = Duration(USUAL_INTERVAL)
        else:
            check_interval(interval)


class CreatePool(PoolSpecification, kw_only=True):
    id: Id


class PatchPool(PoolSettings, kw_only=True):
    """Each member that is named replaces what was there, whole."""


class ReplacePool(PoolSettings, kw_only=True):
    """What is not named is cleared: start task and metadata."""

    def check(self) -> None:
        super().check()
        for name, value in (
            ("applicationPackageReferences", self.application_package_references),
            ("metadata", self.metadata),
        ):
            if value is UNSET:
                raise ServiceError("MissingRequiredProperty", ("PropertyName", name))


class NodeDeallocation(Word):
    REQUEUE = "requeue"
    TERMINATE = "terminate"
    TASK_COMPLETION = "taskcompletion"
    RETAINED_DATA = "retaineddata"


class ResizePool(Body, kw_only=True):
    target_dedicated_nodes: Count | UnsetType = UNSET
    target_low_priority_nodes: Count | UnsetType = UNSET
    resize_timeout: Duration = Duration("PT15M")
    node_deallocation_option: NodeDeallocation = NodeDeallocation.REQUEUE

    def check(self) -> None:
        _check_timeout(self.resize_timeout)
        if self.target_dedicated_nodes is UNSET and self.target_low_priority_nodes is UNSET:
            raise ServiceError("MissingRequiredProperty", ("PropertyName", "targetDedicatedNodes"))


class RemoveNodes(Body, kw_only=True):
    node_list: Annotated[list[str], Meta(min_length=1, max_length=100)]
    resize_timeout: Duration = Duration("PT15M")
    node_deallocation_option: NodeDeallocation = NodeDeallocation.REQUEUE

    def check(self) -> None:
        _check_timeout(self.resize_timeout)


class RebootNode(Body, kw_only=True):
    node_reboot_option: NodeDeallocation = NodeDeallocation.REQUEUE


class DisableOption(Word):
    REQUEUE = "requeue"
    TERMINATE = "terminate"
    TASK_COMPLETION = "taskcompletion"


class DisableScheduling(Body, kw_only=True):
    node_disable_scheduling_option: DisableOption = DisableOption.REQUEUE


def _contradictory(reason: str) -> ServiceError:
    return ServiceError("InvalidAutoScalingSettings", ("Reason", reason))


def _check_timeout(timeout: Duration) -> None:
    if timeout.length < Duration(_SHORTEST_RESIZE).length:
        raise invalid_property(
            "resizeTimeout", "It must be at least 5 minutes", duration(timeout.length)
        )
