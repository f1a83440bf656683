"""What happens to single nodes: rebooting them, and keeping tasks away from them."""

from batchtui.local.errors import ServiceError
from batchtui.local.scheduler import Scheduler
from batchtui.local.wire.pool_bodies import DisableScheduling, RebootNode
from batchtui.local.world.boot import Boot
from batchtui.local.world.node import Node
from batchtui.local.world.runs import Ending, Runs
from batchtui.local.world.world import World

_ENDINGS = {"requeue": Ending.REQUEUE, "terminate": Ending.TERMINATE}
_REBOOTABLE = frozenset(("idle", "running", "starttaskfailed", "offline", "unusable"))
_BUSY = {
    "creating": "NodeBeingCreated",
    "starting": "NodeBeingStarted",
    "waitingforstarttask": "NodeBeingStarted",
    "rebooting": "NodeBeingRebooted",
}


class NodeRules:
    """Every method either raises a `ServiceError` or has set the new state before it returns."""

    def __init__(self, world: World, runs: Runs, boot: Boot, scheduler: Scheduler) -> None:
        self._world = world
        self._runs = runs
        self._boot = boot
        self._scheduler = scheduler

    def reboot(self, node: Node, body: RebootNode) -> None:
        """Restart a node; its start task runs again. What is on its disk stays."""
        if node.state not in _REBOOTABLE:
            raise ServiceError(_BUSY.get(node.state, "OperationInvalidForCurrentState"))
        option = body.node_reboot_option.value
        self._world.move_node(node, "rebooting")
        self._world.spawn(self._reboot(node, option))

    def disable_scheduling(self, node: Node, body: DisableScheduling) -> None:
        """Give a node no more tasks; it is `offline` once those that it has are dealt with."""
        if node.scheduling == "disabled":
            raise ServiceError("NodeAlreadyInTargetSchedulingState")
        node.scheduling = "disabled"
        self._world.move_node(node, node.state)
        option = body.node_disable_scheduling_option.value
        self._world.spawn(self._go_offline(node, option))

    def enable_scheduling(self, node: Node) -> None:
        if node.scheduling == "enabled":
            raise ServiceError("NodeAlreadyInTargetSchedulingState")
        node.scheduling = "enabled"
        self._world.move_node(node, "idle" if node.state == "offline" else node.state)
        self._scheduler.wake(node.pool.lower())

    async def _reboot(self, node: Node, option: str) -> None:
        await self._clear(node, option)
        if node.state == "rebooting":
            self._boot.begin(self._world.pool(node.pool), node)

    async def _go_offline(self, node: Node, option: str) -> None:
        await self._clear(node, option)
        if node.scheduling == "disabled" and node.state in ("idle", "running"):
            self._world.move_node(node, "offline")

    async def _clear(self, node: Node, option: str) -> None:
        """Wait until the node has no tasks; the option says how they get there."""
        runs = self._runs.of_node(node)
        for run in runs:
            self._runs.end(run, _ENDINGS.get(option, Ending.NONE))
        await self._runs.ended(runs)
