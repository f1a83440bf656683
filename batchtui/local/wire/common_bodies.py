"""Parts that several bodies share: files, environment, users, metadata."""

from pathlib import PurePosixPath
from typing import Any

from msgspec import UNSET, UnsetType

from batchtui.local.errors import invalid_property, unsupported
from batchtui.local.wire.body import Body, Text, Word, given

NO_CONTAINERS = "This account runs tasks as plain processes: it has no container engine."
NO_PACKAGES = "This account stores no application packages: use resourceFiles."


class EnvironmentSetting(Body, kw_only=True):
    name: Text
    value: str = ""


class MetadataItem(Body, kw_only=True):
    name: str
    value: str


class Elevation(Word):
    NON_ADMIN = "nonadmin"
    ADMIN = "admin"


class AutoUserScope(Word):
    TASK = "task"
    POOL = "pool"


class AutoUser(Body, kw_only=True):
    scope: AutoUserScope = AutoUserScope.POOL
    elevation_level: Elevation = Elevation.NON_ADMIN


class UserIdentity(Body, kw_only=True):
    """Read and answered; a local task always runs as the user who started the account."""

    username: str | UnsetType = UNSET
    auto_user: AutoUser | UnsetType = UNSET

    def check(self) -> None:
        if given(self.username) and given(self.auto_user):
            raise invalid_property("userIdentity", "username and autoUser exclude each other")


class NodeIdentityReference(Body, kw_only=True):
    resource_id: str | UnsetType = UNSET


class ResourceFile(Body, kw_only=True):
    """Exactly one source; `filePath` is the target of a single file, or a directory."""

    auto_storage_container_name: str | UnsetType = UNSET
    storage_container_url: str | UnsetType = UNSET
    http_url: str | UnsetType = UNSET
    blob_prefix: str | UnsetType = UNSET
    file_path: str | UnsetType = UNSET
    file_mode: str | UnsetType = UNSET
    identity_reference: NodeIdentityReference | UnsetType = UNSET

    def check(self) -> None:
        sources = (self.auto_storage_container_name, self.storage_container_url, self.http_url)
        if sum(source is not UNSET for source in sources) != 1:
            raise invalid_property(
                "resourceFiles",
                "Exactly one of autoStorageContainerName, storageContainerUrl and httpUrl must be"
                " specified",
            )
        if self.auto_storage_container_name is not UNSET:
            raise unsupported(
                "autoStorageContainerName", "This account has no storage linked: use a SAS URL."
            )
        if self.identity_reference is not UNSET:
            raise unsupported("identityReference", "This account has no managed identities.")
        if self.http_url is not UNSET and not self.file_path:
            raise invalid_property("filePath", "filePath must be specified with httpUrl")
        if self.file_path and ".." in PurePosixPath(self.file_path).parts:
            raise invalid_property("filePath", "It must not contain '..'", self.file_path)


class UploadCondition(Word):
    SUCCESS = "TaskSuccess"
    FAILURE = "TaskFailure"
    COMPLETION = "TaskCompletion"


class UploadHeader(Body, kw_only=True):
    name: Text
    value: str | UnsetType = UNSET


class ContainerDestination(Body, kw_only=True):
    path: str | UnsetType = UNSET
    container_url: Text
    identity_reference: NodeIdentityReference | UnsetType = UNSET
    upload_headers: list[UploadHeader] | UnsetType = UNSET


class Destination(Body, kw_only=True):
    container: ContainerDestination


class UploadOptions(Body, kw_only=True):
    upload_condition: UploadCondition


class OutputFile(Body, kw_only=True):
    file_pattern: Text
    destination: Destination
    upload_options: UploadOptions

    def check(self) -> None:
        if self.destination.container.identity_reference is not UNSET:
            raise unsupported("identityReference", "This account has no managed identities.")


class Process(Body, kw_only=True):
    """What start tasks and tasks have in common: how a process is started."""

    command_line: Text
    container_settings: Any = UNSET
    resource_files: list[ResourceFile] | UnsetType = UNSET
    environment_settings: list[EnvironmentSetting] | UnsetType = UNSET
    user_identity: UserIdentity | UnsetType = UNSET

    def check(self) -> None:
        if given(self.container_settings):
            raise unsupported("containerSettings", NO_CONTAINERS)
        for file in self.resource_files or ():
            file.check()
        if self.user_identity is UNSET:
            self.user_identity = UserIdentity(auto_user=AutoUser())
        self.user_identity.check()
