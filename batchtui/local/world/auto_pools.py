"""Pools that come with a job, or with the jobs of a schedule, and go with them."""

import uuid

from batchtui.local.wire.body import convert
from batchtui.local.wire.pool_bodies import CreatePool
from batchtui.local.world.job import Job
from batchtui.local.world.node import Json
from batchtui.local.world.pool_rules import PoolRules
from batchtui.local.world.world import World


class AutoPools:
    """Makes and removes them."""

    def __init__(self, world: World, pools: PoolRules) -> None:
        self._world = world
        self._pools = pools

    def make(self, auto: Json) -> str:
        """Make a pool as an `autoPoolSpecification` says; its id (recorded fact 31)."""
        prefix = auto.get("autoPoolIdPrefix")
        name = str(uuid.uuid4()).upper()
        body = {**auto["pool"], "id": f"{prefix}_{name}" if prefix else name}
        return self._pools.create(convert(body, CreatePool)).id

    def job_ended(self, job: Job) -> None:
        """Remove the pool that lives as long as the job, unless it is to be kept."""
        auto = job.spec["poolInfo"].get("autoPoolSpecification", {})
        if auto.get("poolLifetimeOption") == "job" and not auto["keepAlive"]:
            self.remove(job.auto_pool)

    def remove(self, pool_id: str | None) -> None:
        """Remove a pool, if it is still there."""
        pool = self._world.pools.get((pool_id or "").lower())
        if pool and pool.state == "active":
            self._pools.delete(pool)
