"""What happens to pools: creating, changing, resizing, deleting."""

from msgspec import UNSET

from batchtui.local.autoscale.rules import AutoscaleRules
from batchtui.local.errors import ServiceError, invalid_property
from batchtui.local.wire.pool_bodies import (
    CreatePool,
    PatchPool,
    RemoveNodes,
    ReplacePool,
    ResizePool,
)
from batchtui.local.world.allocation import Allocation
from batchtui.local.world.fleet import Fleet
from batchtui.local.world.images import check_image
from batchtui.local.world.node import Node
from batchtui.local.world.pool import Json, Pool
from batchtui.local.world.world import World

# Members that can only be changed while the pool has no nodes.
_FIXED_BY_NODES = (
    "vmSize",
    "virtualMachineConfiguration",
    "taskSlotsPerNode",
    "enableInterNodeCommunication",
    "networkConfiguration",
)
_REPLACEABLE = ("startTask", "metadata", "applicationPackageReferences")


class PoolRules:
    """Every method either raises a `ServiceError` or has set the new state before it returns."""

    def __init__(self, world: World, allocation: Allocation, autoscale: AutoscaleRules) -> None:
        self._world = world
        self._allocation = allocation
        self._autoscale = autoscale

    def create(self, body: CreatePool) -> Pool:
        world = self._world
        there = world.pools.get(body.id.lower())
        if there:
            raise ServiceError("PoolBeingDeleted" if there.state == "deleting" else "PoolExists")
        if body.virtual_machine_configuration:
            check_image(body.virtual_machine_configuration)
        return self.begin(body.id, body.wire())

    def begin(self, pool_id: str, spec: Json) -> Pool:
        """Make a pool from its body on the wire, with an id that no pool has."""
        world = self._world
        now = world.clock.now()
        pool = Pool(
            id=pool_id,
            spec=spec,
            created=now,
            modified=now,
            changed=now,
            allocation_changed=now,
            target_dedicated=spec.get("targetDedicatedNodes", 0),
            target_spot=spec.get("targetLowPriorityNodes", 0),
        )
        world.pools[pool.key] = pool
        world.fleets[pool.key] = Fleet(pool)
        self._allocation.begin(pool, "requeue")
        if pool.scaled:
            self._autoscale.begin(pool)
        return pool

    def patch(self, pool: Pool, body: PatchPool) -> None:
        """Replace the members that are named, each whole (recorded fact 30)."""
        self._check_active(pool)
        changes = body.wire()
        if self._world.fleet(pool).nodes:
            for name in _FIXED_BY_NODES:
                if name in changes and changes[name] != pool.spec.get(name):
                    raise invalid_property(name, "It can be changed while the pool has no nodes")
        if body.virtual_machine_configuration:
            check_image(body.virtual_machine_configuration)
        pool.spec = {**pool.spec, **changes}
        if body.metadata == []:
            pool.spec.pop("metadata", None)
        self._changed(pool)

    def replace_properties(self, pool: Pool, body: ReplacePool) -> None:
        """Set the replaceable members; those that are left out are cleared (recorded fact 30)."""
        self._check_active(pool)
        changes = body.wire()
        kept = {name: value for name, value in pool.spec.items() if name not in _REPLACEABLE}
        pool.spec = {**kept, **changes}
        self._changed(pool)

    def resize(self, pool: Pool, body: ResizePool) -> None:
        self._check_resizable(pool)
        if body.target_dedicated_nodes is not UNSET:
            pool.target_dedicated = body.target_dedicated_nodes
        if body.target_low_priority_nodes is not UNSET:
            pool.target_spot = body.target_low_priority_nodes
        pool.spec = {**pool.spec, "resizeTimeout": str(body.resize_timeout)}
        self._changed(pool)
        self._allocation.begin(pool, body.node_deallocation_option.value)

    def stop_resize(self, pool: Pool) -> None:
        """Stop where it is; the targets stay as they were and the eTag does not move."""
        self._check_active(pool)
        if pool.allocation != "resizing":
            raise ServiceError(
                "OperationInvalidForCurrentState", ("Reason", "The pool is not being resized")
            )
        pool.allocate("stopping", self._world.clock.now())
        self._world.save_pool(pool)
        self._world.spawn(self._stop(pool))

    def remove_nodes(self, pool: Pool, body: RemoveNodes) -> None:
        self._check_resizable(pool)
        fleet = self._world.fleet(pool)
        wanted = {node_id.lower() for node_id in body.node_list}
        missing = wanted - fleet.nodes.keys()
        if missing:
            raise ServiceError("NodeNotFound", ("NodeId", ", ".join(sorted(missing))))
        leaving = [fleet.nodes[node_id] for node_id in wanted]
        pool.target_dedicated -= sum(node.dedicated for node in leaving)
        pool.target_spot -= sum(not node.dedicated for node in leaving)
        self._changed(pool)
        self._allocation.begin(pool, body.node_deallocation_option.value, leaving)

    def delete(self, pool: Pool) -> None:
        """The pool's nodes leave, their tasks go back to the queue, then the pool is gone."""
        if pool.state == "deleting":
            raise ServiceError("PoolBeingDeleted")
        pool.state, pool.changed = "deleting", self._world.clock.now()
        self._changed(pool)
        self._world.spawn(self.sweep(pool))

    async def sweep(self, pool: Pool) -> None:
        """Remove a pool that is being deleted."""
        world = self._world
        await self._allocation.stop(pool)
        nodes: list[Node] = list(world.fleet(pool))
        await self._allocation.remove(nodes, "requeue")
        world.throw_away(world.site.pool(pool.id))
        world.store.drop("pool", "", pool.key)
        del world.pools[pool.key], world.fleets[pool.key]

    async def _stop(self, pool: Pool) -> None:
        await self._allocation.stop(pool)
        if pool.state == "active":
            self._allocation.note_stopped(pool)
            pool.allocate("steady", self._world.clock.now())
            self._world.save_pool(pool)

    def _changed(self, pool: Pool) -> None:
        pool.modified = self._world.clock.now()
        self._world.save_pool(pool)

    def _check_resizable(self, pool: Pool) -> None:
        self._check_active(pool)
        if pool.scaled:
            raise ServiceError(
                "OperationInvalidForCurrentState",
                ("Reason", "The pool is scaled automatically: disable that first"),
            )
        if pool.allocation != "steady":
            raise ServiceError("PoolBeingResized")

    def _check_active(self, pool: Pool) -> None:
        if pool.state == "deleting":
            raise ServiceError("PoolBeingDeleted")
