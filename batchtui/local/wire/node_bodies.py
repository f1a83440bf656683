"""Bodies of requests about single nodes: new disks, users, logs."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from batchtui.local.errors import invalid_property, unsupported
from batchtui.local.wire.body import Body, Text, Word
from batchtui.local.wire.common_bodies import NodeIdentityReference
from batchtui.local.wire.pool_bodies import NodeDeallocation

Moment = Annotated[datetime, Meta(tz=True)]
UserName = Annotated[str, Meta(min_length=1, max_length=20)]


class ReimageNode(Body, kw_only=True):
    node_reimage_option: NodeDeallocation = NodeDeallocation.REQUEUE


class DeallocateNode(Body, kw_only=True):
    node_deallocate_option: NodeDeallocation = NodeDeallocation.REQUEUE


class Incident(Word):
    PREEMPT = "preempt"
    SPOIL = "spoil"
    UPGRADE = "upgradeos"
    LOSE = "lose"
    FIND = "find"


class Befall(Body, kw_only=True):
    """Of this account only: what is to happen to a node."""

    incident: Incident


class ReplaceUser(Body, kw_only=True):
    """Password and key are read, and forgotten with the request."""

    password: str | UnsetType = UNSET
    expiry_time: Moment | UnsetType = UNSET
    ssh_public_key: str | UnsetType = UNSET


class CreateUser(ReplaceUser, kw_only=True):
    name: UserName
    is_admin: bool = False


class UploadLogs(Body, kw_only=True):
    """`containerUrl` carries a SAS: it is used, and shown nowhere."""

    container_url: Text
    start_time: Moment
    end_time: Moment | UnsetType = UNSET
    identity_reference: NodeIdentityReference | UnsetType = UNSET

    def check(self) -> None:
        if self.identity_reference is not UNSET:
            raise unsupported("identityReference", "This account has no managed identities.")
        if self.end_time is not UNSET and self.end_time < self.start_time:
            raise invalid_property("endTime", "It must not be before startTime")
