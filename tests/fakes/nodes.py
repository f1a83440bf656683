"""The nodes of an account in memory."""

from collections.abc import Sequence

from batchtui.core.gateway_nodes import REMOVED_AT_ONCE
from batchtui.core.models import FileProperties, NodeFile, Window
from batchtui.core.states import NodeState, SchedulingState, TaskState
from batchtui.core.steering import Deallocation
from tests.fakes import views
from tests.fakes.calls import refused
from tests.fakes.held import Held
from tests.fakes.world import FakeNode

FOLDERS = ("applications", "fsmounts", "shared", "startup", "volatile", "workitems")


class FakeNodes(Held):
    """`batchtui.core.gateway_nodes.NodeCommands` over a world."""

    async def node_files(
        self, pool_id: str, node_id: str, *, at_most: int | None = None
    ) -> Window[NodeFile]:
        await self._calls.note("node_files", pool_id, node_id)
        node = self._node(pool_id, node_id)
        files = [NodeFile(name, is_directory=True) for name in FOLDERS]
        if self._pool(pool_id).spec.start_task is not None:
            files += [
                NodeFile(name, properties=FileProperties(len(data), node.since))
                for name, data in views.streams("startup/", self.world.start_task).items()
            ]
        return Window(tuple(files[:at_most]), at_most is None or len(files) <= at_most)

    async def reboot_node(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        await self._calls.note("reboot_node", pool_id, node_id, tasks)
        node = self._node(pool_id, node_id)
        if node.state not in (NodeState.IDLE, NodeState.RUNNING, NodeState.START_TASK_FAILED):
            raise refused(
                f"Could not reboot node {node_id} of pool {pool_id}: it is {node.state}",
                code="NodeStateInvalid",
            )
        self._take(node, NodeState.REBOOTING)

    async def reimage_node(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        await self._calls.note("reimage_node", pool_id, node_id, tasks)
        self._take(self._node(pool_id, node_id), NodeState.REIMAGING)

    async def deallocate_node(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        await self._calls.note("deallocate_node", pool_id, node_id, tasks)
        self._take(self._node(pool_id, node_id), NodeState.DEALLOCATING)

    async def start_node(self, pool_id: str, node_id: str) -> None:
        await self._calls.note("start_node", pool_id, node_id)
        self._take(self._node(pool_id, node_id), NodeState.STARTING)

    async def disable_scheduling(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        await self._calls.note("disable_scheduling", pool_id, node_id, tasks)
        node = self._node(pool_id, node_id)
        node.scheduling = SchedulingState.DISABLED
        self._take(node, NodeState.OFFLINE)

    async def enable_scheduling(self, pool_id: str, node_id: str) -> None:
        await self._calls.note("enable_scheduling", pool_id, node_id)
        node = self._node(pool_id, node_id)
        node.scheduling = SchedulingState.ENABLED
        node.become(NodeState.IDLE, self.world.now)

    async def remove_nodes(
        self, pool_id: str, node_ids: Sequence[str], tasks: Deallocation
    ) -> None:
        await self._calls.note("remove_nodes", pool_id, len(node_ids), tasks)
        nodes = [self._node(pool_id, node_id) for node_id in node_ids]
        if len(nodes) > REMOVED_AT_ONCE:
            raise refused("Could not remove so many nodes at once", status=400)
        if any(node.state is NodeState.LEAVING_POOL for node in self._pool(pool_id).nodes):
            raise refused(
                f"Could not remove nodes of pool {pool_id}: it is being resized",
                code="PoolNotEligibleForOperation",
            )
        for node in nodes:
            self._take(node, NodeState.LEAVING_POOL)

    def _take(self, node: FakeNode, state: NodeState) -> None:
        """Requeue what the node runs, and have it in that state."""
        for task in node.tasks:
            task.state, task.node_id, task.started = TaskState.ACTIVE, "", None
        node.tasks = []
        node.become(state, self.world.now)
