"""The network of a pool: endpoints are answered and used, a virtual network there is none of."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from batchtui.local.errors import unsupported
from batchtui.local.wire.body import Body, Json, Text, Word

Port = Annotated[int, Meta(ge=1, le=65_535)]


class Protocol(Word):
    TCP = "tcp"
    UDP = "udp"


class NatPool(Body, kw_only=True):
    name: Text
    protocol: Protocol
    backend_port: Port
    frontend_port_range_start: Port
    frontend_port_range_end: Port
    network_security_group_rules: list[Json] | UnsetType = UNSET


class EndpointConfiguration(Body, kw_only=True):
    inbound_nat_pools: list[NatPool] = field(name="inboundNATPools")


class VNetScope(Word):
    NONE = "none"
    JOB = "job"


class NetworkConfiguration(Body, kw_only=True):
    subnet_id: str | UnsetType = UNSET
    dynamic_vnet_assignment_scope: VNetScope = field(
        name="dynamicVNetAssignmentScope", default=VNetScope.NONE
    )
    endpoint_configuration: EndpointConfiguration | UnsetType = UNSET
    public_ip_address_configuration: Json | UnsetType = field(
        name="publicIPAddressConfiguration", default=UNSET
    )
    enable_accelerated_networking: bool = False

    def check(self) -> None:
        if self.subnet_id is not UNSET:
            raise unsupported("subnetId", "Nodes of this account join no network.")
        if self.dynamic_vnet_assignment_scope is VNetScope.JOB:
            raise unsupported("dynamicVNetAssignmentScope", "Nodes of this account join none.")
