"""What happens to single nodes: restarting, emptying and parking them, keeping tasks away."""

from batchtui.local.errors import ServiceError
from batchtui.local.scheduler import Scheduler
from batchtui.local.wire.node_bodies import DeallocateNode, ReimageNode
from batchtui.local.wire.pool_bodies import DisableScheduling, RebootNode
from batchtui.local.world.boot import Boot
from batchtui.local.world.node import Node
from batchtui.local.world.retention import Retention
from batchtui.local.world.runs import Ending, Runs
from batchtui.local.world.world import World

_ENDINGS = {"requeue": Ending.REQUEUE, "terminate": Ending.TERMINATE}
_UP = frozenset(("idle", "running", "starttaskfailed", "offline", "unusable"))
_BUSY = {
    "creating": "NodeBeingCreated",
    "starting": "NodeBeingStarted",
    "waitingforstarttask": "NodeBeingStarted",
    "rebooting": "NodeBeingRebooted",
    "reimaging": "NodeBeingReimaged",
}


class NodeRules:
    """Every method either raises a `ServiceError` or has set the new state before it returns."""

    def __init__(
        self, world: World, runs: Runs, boot: Boot, scheduler: Scheduler, retention: Retention
    ) -> None:
        self._world = world
        self._runs = runs
        self._boot = boot
        self._scheduler = scheduler
        self._retention = retention

    def reboot(self, node: Node, body: RebootNode) -> None:
        """Restart a node; its start task runs again. What is on its disk stays."""
        _check_up(node)
        self._world.move_node(node, "rebooting")
        self._world.spawn(self._reboot(node, body.node_reboot_option.value))

    def reimage(self, node: Node, body: ReimageNode) -> None:
        """Give a node a new disk: files and users are gone, its start task runs again."""
        _check_up(node)
        self._world.move_node(node, "reimaging")
        self._world.spawn(self._reimage(node, body.node_reimage_option.value))

    def deallocate(self, node: Node, body: DeallocateNode) -> None:
        """Give back a node's machine, keep the node: it stays in the pool until it is started."""
        _check_up(node)
        node.scheduling = "disabled"
        self._slip(node, "deallocating")
        self._world.spawn(self._deallocate(node, body.node_deallocate_option.value))

    def start(self, node: Node) -> None:
        """Bring a deallocated node back; it takes tasks again once it is on its way."""
        if node.state != "deallocated":
            reason = f"A node can be started when it is deallocated; it is {node.state}."
            raise ServiceError("OperationInvalidForCurrentState", ("Reason", reason))
        self._slip(node, "starting")
        self._boot.begin(self._world.pool(node.pool), node)

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

    def resume(self, node: Node) -> bool:
        """Carry on with what a stop of the account interrupted; says whether there was anything."""
        match node.state:
            case "reimaging":
                self._world.spawn(self._reimage(node, "requeue"))
            case "deallocating":
                self._world.spawn(self._deallocate(node, "requeue"))
            case _:
                return False
        return True

    async def _reboot(self, node: Node, option: str) -> None:
        await self._clear(node, option)
        await self._world.side.end(node)
        if node.state == "rebooting":
            self._boot.begin(self._world.pool(node.pool), node)

    async def _reimage(self, node: Node, option: str) -> None:
        world = self._world
        await self._clear(node, option)
        await self._boot.end(node)
        await world.side.end(node)
        world.throw_away(world.site.node(node.pool, node.id))
        if node.state == "reimaging":
            node.users = []
            world.visits.forget_node(node)
            self._boot.begin(world.pool(node.pool), node)

    async def _deallocate(self, node: Node, option: str) -> None:
        await self._clear(node, option)
        await self._boot.end(node)
        await self._world.side.end(node)
        await self._boot.rest()
        if node.state == "deallocating":
            self._slip(node, "deallocated")

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
        if option == "retaineddata":
            await self._retention.over(node)

    def _slip(self, node: Node, state: str) -> None:
        """Bring a node into a state without a new transition time (recorded fact 39)."""
        node.state = state
        self._world.move_node(node, state)


def _check_up(node: Node) -> None:
    if node.state not in _UP:
        reason = f"The node is {node.state}."
        code = _BUSY.get(node.state, "OperationInvalidForCurrentState")
        raise ServiceError(code, ("Reason", reason))
