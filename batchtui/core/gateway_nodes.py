"""The part of the seam that is about single nodes: their files, and what can be done to them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from batchtui.core.models import NodeFile, Window


class TaskFate(StrEnum):
    """What becomes of the tasks that a node runs when it is taken away from them."""

    REQUEUE = "requeue"
    """They are stopped, and run again on any node."""
    TERMINATE = "terminate"
    """They are stopped, and have failed."""
    COMPLETION = "taskcompletion"
    """They go on; the node is taken once they have ended."""


class NodeCommands(Protocol):
    """Every method raises `GatewayError` as all of the gateway does; each sends one request."""

    async def node_files(self, pool_id: str, node_id: str, *, at_most: int) -> Window[NodeFile]:
        """The node's files and folders, at all depths, in the service's order."""
        ...

    async def reboot_node(self, pool_id: str, node_id: str, tasks: TaskFate) -> None: ...
    async def reimage_node(self, pool_id: str, node_id: str, tasks: TaskFate) -> None:
        """Start the node over with a fresh disk."""
        ...

    async def deallocate_node(self, pool_id: str, node_id: str, tasks: TaskFate) -> None:
        """Stop the machine, so that it no longer costs; it stays a node of its pool."""
        ...

    async def start_node(self, pool_id: str, node_id: str) -> None:
        """Start a deallocated node."""
        ...

    async def disable_scheduling(self, pool_id: str, node_id: str, tasks: TaskFate) -> None:
        """Give the node no more tasks; it goes offline when it runs none."""
        ...

    async def enable_scheduling(self, pool_id: str, node_id: str) -> None: ...
    async def remove_nodes(self, pool_id: str, node_ids: Sequence[str], tasks: TaskFate) -> None:
        """Shrink the pool by these nodes, at most `REMOVED_AT_ONCE`; it must be steady."""
        ...


REMOVED_AT_ONCE = 100
"""The most nodes that the service removes at one request."""
