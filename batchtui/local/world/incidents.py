"""What befalls nodes without anybody's wish: on Azure the data centre does it, here a request.

The real service has no such request. It is there so that programs can be tried on what the cloud
does to them, and so that every state of a node can be seen.
"""

from collections.abc import Callable

from batchtui.local.errors import ServiceError
from batchtui.local.scheduler import Scheduler
from batchtui.local.wire.node_bodies import Befall, Incident
from batchtui.local.world.allocation import Allocation
from batchtui.local.world.boot import Boot
from batchtui.local.world.node import Node
from batchtui.local.world.runs import Ending, Runs
from batchtui.local.world.world import World

_GOING = frozenset(("leavingpool", "preempted"))
_UP = frozenset(("idle", "running", "offline"))
_SPOILT = {
    "code": "NodeUnusable",
    "message": "An incident made the node unusable; a reboot or a reimage makes it usable again",
}


class Incidents:
    """Every method either raises a `ServiceError` or has set the new state before it returns.

    Tasks that lose their node go back to the queue; neither as a retry nor as a user's requeue.
    """

    def __init__(
        self, world: World, runs: Runs, boot: Boot, scheduler: Scheduler, allocation: Allocation
    ) -> None:
        self._world = world
        self._runs = runs
        self._boot = boot
        self._scheduler = scheduler
        self._allocation = allocation

    def befall(self, node: Node, body: Befall) -> None:
        """Let something happen to a node."""
        happen: dict[Incident, Callable[[Node], None]] = {
            Incident.PREEMPT: self.preempt,
            Incident.SPOIL: self.spoil,
            Incident.UPGRADE: self.upgrade,
            Incident.LOSE: self.lose,
            Incident.FIND: self.find,
        }
        happen[body.incident](node)

    def preempt(self, node: Node) -> None:
        """Azure takes a spot node back, and later gives the pool another one for it."""
        if node.dedicated:
            raise _impossible("Only spot nodes are preempted; this one is dedicated.")
        if node.state in _GOING:
            raise _impossible(f"The node is {node.state} already.")
        self._world.move_node(node, "preempted")
        self._drop_tasks(node)
        self._world.spawn(self._replace(node))

    def spoil(self, node: Node) -> None:
        """Something on the node breaks: it is unusable until it is rebooted or reimaged."""
        if node.state in _GOING:
            raise _impossible(f"The node is {node.state} already.")
        node.errors = [_SPOILT]
        self._world.move_node(node, "unusable")
        self._drop_tasks(node)
        self._world.spawn(self._world.side.end(node))

    def upgrade(self, node: Node) -> None:
        """The node gets a new version of its operating system, and restarts with it."""
        _check_up(node)
        self._world.move_node(node, "upgradingos")
        self._drop_tasks(node)
        self._world.spawn(self._upgrade(node))

    def lose(self, node: Node) -> None:
        """Contact to the node is lost: its tasks run on, and it gets no new ones."""
        _check_up(node)
        self._world.move_node(node, "unknown")

    def find(self, node: Node) -> None:
        """Contact to a lost node is back."""
        if node.state != "unknown":
            raise _impossible(f"Contact to the node was never lost: it is {node.state}.")
        fleet = self._world.fleets[node.pool.lower()]
        quiet = "idle" if node.scheduling == "enabled" else "offline"
        self._world.move_node(node, "running" if fleet.load(node)[0] else quiet)
        self._scheduler.wake(node.pool.lower())

    def resume(self, node: Node) -> bool:
        """Carry on with what a stop of the account interrupted; says whether there was anything."""
        if node.state != "preempted":
            return False
        self._world.spawn(self._replace(node))
        return True

    def _drop_tasks(self, node: Node) -> None:
        self._boot.halt(node)
        for run in self._runs.of_node(node):
            self._runs.end(run, Ending.RECOVER)

    async def _replace(self, node: Node) -> None:
        await self._boot.end(node)
        await self._runs.ended(self._runs.of_node(node))
        await self._boot.rest(node)
        pool = self._world.pools.get(node.pool.lower())
        if pool and pool.state == "active" and node.state == "preempted":
            await self._allocation.replace(pool, node)

    async def _upgrade(self, node: Node) -> None:
        await self._runs.ended(self._runs.of_node(node))
        await self._world.side.end(node)
        await self._boot.rest(node)
        if node.state == "upgradingos":
            self._boot.begin(self._world.pool(node.pool), node)


def _check_up(node: Node) -> None:
    if node.state not in _UP:
        raise _impossible(f"The node is {node.state}: this befalls nodes that are up.")


def _impossible(reason: str) -> ServiceError:
    return ServiceError("OperationNotValidOnNode", ("Reason", reason))
