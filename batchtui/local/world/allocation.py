"""Makes a pool have as many nodes as it shall have."""

import asyncio
from collections.abc import Iterable

from batchtui.local.pace import time_limit
from batchtui.local.wire.times import parse_duration
from batchtui.local.world.boot import Boot
from batchtui.local.world.node import Json, Node, new_id
from batchtui.local.world.pool import Pool
from batchtui.local.world.retention import Retention
from batchtui.local.world.runs import Ending, Runs
from batchtui.local.world.world import World

_ENDINGS = {"requeue": Ending.REQUEUE, "terminate": Ending.TERMINATE}
_USELESS = ("preempted", "starttaskfailed", "unusable", "deallocated")
_STAYING_IDLE = ("offline", "creating", "starting", "idle")


class Allocation:
    """Runs at most one change of a pool's size at a time."""

    def __init__(self, world: World, runs: Runs, boot: Boot, retention: Retention) -> None:
        self._world = world
        self._runs = runs
        self._boot = boot
        self._retention = retention
        self._changes: dict[str, asyncio.Task[None]] = {}

    def begin(self, pool: Pool, option: str, leaving: Iterable[Node] | None = None) -> None:
        """Start to bring the pool to its targets; `leaving` names those that shall go.

        The pool is `resizing` on return. `option` says what happens to the tasks of leaving nodes.
        """
        pool.resize_errors = []
        pool.allocate("resizing", self._world.clock.now())
        self._world.save_pool(pool)
        self._changes[pool.key] = self._world.spawn(
            self._change(pool, option, None if leaving is None else list(leaving))
        )

    async def stop(self, pool: Pool) -> None:
        """Give a change up where it is, and wait until it has been."""
        change = self._changes.pop(pool.key, None)
        if change and not change.done():
            change.cancel()
            await asyncio.wait([change])

    async def remove(self, nodes: Iterable[Node], option: str) -> None:
        """Take nodes out of their pool, once their tasks have been dealt with."""
        await asyncio.gather(*(self._remove(node, option) for node in nodes))

    async def _change(self, pool: Pool, option: str, leaving: list[Node] | None) -> None:
        world = self._world
        going = self._surplus(pool) if leaving is None else leaving
        try:
            limit = parse_duration(pool.spec["resizeTimeout"]).total_seconds()
            async with time_limit(world.pace, limit):
                if leaving is None:
                    self._grow(pool)
                await self._boot.rest()
                await self.remove(going, option)
        except TimeoutError:
            self._note(pool, "AllocationTimedOut", "as the resize timed out")
        pool.allocate("steady", world.clock.now())
        world.save_pool(pool)

    def _grow(self, pool: Pool) -> None:
        world = self._world
        fleet = world.fleet(pool)
        for dedicated, target in ((True, pool.target_dedicated), (False, pool.target_spot)):
            for _ in range(target - fleet.count(dedicated=dedicated)):
                if sum(len(each.nodes) for each in world.fleets.values()) >= (
                    world.settings.most_nodes
                ):
                    self._note(pool, "AccountCoreQuotaReached", "due to the account's quota")
                    return
                self._add(pool, dedicated=dedicated)

    def _add(self, pool: Pool, *, dedicated: bool) -> None:
        world = self._world
        fleet = world.fleet(pool)
        now = world.clock.now()
        node = Node(
            id=new_id(dedicated=dedicated),
            pool=pool.id,
            number=fleet.next_number(),
            dedicated=dedicated,
            changed=now,
            allocated=now,
        )
        fleet.add(node)
        world.save_node(node)
        self._boot.begin(pool, node, created=True)

    def _surplus(self, pool: Pool) -> list[Node]:
        """The nodes to give up: those that do the least."""
        fleet = self._world.fleet(pool)
        surplus: list[Node] = []
        for dedicated, target in ((True, pool.target_dedicated), (False, pool.target_spot)):
            nodes = [node for node in fleet if node.dedicated == dedicated]
            nodes.sort(
                key=lambda node: (
                    node.state not in _USELESS,
                    fleet.load(node)[1],
                    node.state not in _STAYING_IDLE,
                )
            )
            surplus += nodes[: max(len(nodes) - target, 0)]
        return surplus

    async def _remove(self, node: Node, option: str) -> None:
        world = self._world
        fleet = world.fleets[node.pool.lower()]
        if option not in _ENDINGS:
            await self._drain(node, option)
        if node.id not in fleet.nodes:
            return  # It was preempted, and has left already.
        world.move_node(node, "leavingpool")
        for run in self._runs.of_node(node):
            self._runs.end(run, _ENDINGS.get(option, Ending.REQUEUE))
        # From here on there is no way back: a stopped resize does not stop a node that leaves.
        await asyncio.wait([world.spawn(self.vacate(node))])

    async def _drain(self, node: Node, option: str) -> None:
        """Give a node no more tasks, and wait until it needs to stay no longer."""
        fleet = self._world.fleets[node.pool.lower()]
        fleet.draining.add(node.id)
        try:
            if node.id in fleet.nodes:
                fleet.regroup(node)
            await self._runs.ended(self._runs.of_node(node))
            if option == "retaineddata":
                await self._retention.over(node)
        except asyncio.CancelledError:
            # The resize was stopped or timed out: the node stays and works on.
            fleet.draining.discard(node.id)
            if node.id in fleet.nodes:
                fleet.regroup(node)
                self._runs.free(node)
            raise

    async def replace(self, pool: Pool, node: Node) -> None:
        """Take a node that is lost out of its pool, and give the pool another one if it wants."""
        await self.vacate(node)
        fleet = self._world.fleets.get(pool.key)
        wanted = pool.target_dedicated if node.dedicated else pool.target_spot
        if fleet and pool.state == "active" and fleet.count(dedicated=node.dedicated) < wanted:
            self._add(pool, dedicated=node.dedicated)

    async def vacate(self, node: Node) -> None:
        """Remove a node that is leaving, once its processes are gone."""
        world = self._world
        fleet = world.fleets[node.pool.lower()]
        await self._boot.end(node)
        await self._runs.ended(self._runs.of_node(node))
        await world.side.end(node)
        fleet.remove(node)
        world.store.drop("node", node.pool.lower(), node.id)
        world.throw_away(world.site.node(node.pool, node.id))

    def _note(self, pool: Pool, code: str, why: str) -> None:
        fleet = self._world.fleet(pool)
        errors: list[Json] = []
        for kind, dedicated, target in (
            ("dedicated", True, pool.target_dedicated),
            ("low priority", False, pool.target_spot),
        ):
            if fleet.count(dedicated=dedicated) != target:
                message = f"Desired number of {kind} nodes could not be allocated {why}"
                errors.append({"code": code, "message": message})
        pool.resize_errors = errors

    def note_stopped(self, pool: Pool) -> None:
        """Record that a resize was stopped before it reached its targets."""
        self._note(pool, "ResizeStopped", "due to a stop resize operation")
