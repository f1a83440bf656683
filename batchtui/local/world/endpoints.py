"""Where a node can be reached from outside: a node is this machine, and so are its ports."""

from collections.abc import Iterator

from batchtui.local.world.node import Json, Node
from batchtui.local.world.pool import Pool


def endpoint_configuration(node: Node, pool: Pool, *, shell: bool) -> Json | None:
    """A node's `endpointConfiguration`; `shell` puts the port of the secure shell into it."""
    network = pool.spec.get("networkConfiguration", {})
    nat_pools = network.get("endpointConfiguration", {}).get("inboundNATPools", ())
    endpoints = list(_endpoints(node, nat_pools, shell=shell))
    return {"inboundEndpoints": endpoints} if endpoints else None


def _endpoints(node: Node, nat_pools: list[Json], *, shell: bool) -> Iterator[Json]:
    address, port = node.login
    for pool in nat_pools:
        # Nothing translates addresses here: what a task listens on is the port to ask at.
        back = pool["backendPort"]
        yield _endpoint(f"{pool['name']}.{node.number - 1}", pool["protocol"], address, back)
    if shell and all(pool["backendPort"] != port for pool in nat_pools):
        yield _endpoint(f"SSHRule.{node.number - 1}", "tcp", address, port)


def _endpoint(name: str, protocol: str, address: str, port: int) -> Json:
    return {
        "name": name,
        "protocol": protocol,
        "publicIPAddress": address,
        "publicFQDN": "localhost",
        "frontendPort": port,
        "backendPort": port,
    }
