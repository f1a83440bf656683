"""The part of the seam that is about single nodes: their files, and what can be done to them."""

from collections.abc import Sequence
from typing import Protocol

from batchtui.core.models import NodeFile, Window
from batchtui.core.steering import Deallocation


class NodeCommands(Protocol):
    """Every method raises `GatewayError` as all of the gateway does; each sends one request."""

    async def node_files(
        self, pool_id: str, node_id: str, *, at_most: int | None = None
    ) -> Window[NodeFile]:
        """The node's files and folders, at all depths, in the service's order."""
        ...

    async def reboot_node(self, pool_id: str, node_id: str, tasks: Deallocation) -> None: ...
    async def reimage_node(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        """Start the node over with a fresh disk."""
        ...

    async def deallocate_node(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        """Stop the machine, so that it no longer costs; it stays a node of its pool."""
        ...

    async def start_node(self, pool_id: str, node_id: str) -> None:
        """Start a deallocated node."""
        ...

    async def disable_scheduling(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        """Give the node no more tasks; it goes offline when it runs none."""
        ...

    async def enable_scheduling(self, pool_id: str, node_id: str) -> None: ...
    async def remove_nodes(
        self, pool_id: str, node_ids: Sequence[str], tasks: Deallocation
    ) -> None:
        """Shrink the pool by these nodes, at most `REMOVED_AT_ONCE`; it must be steady."""
        ...


REMOVED_AT_ONCE = 100
"""The most nodes that the service removes at one request."""
