"""Pools that come with a job, or with the jobs of a schedule, and go with them."""

import uuid

from batchtui.local.wire.job_bodies import PoolInfo
from batchtui.local.world.images import check_image
from batchtui.local.world.job import Job
from batchtui.local.world.node import Json
from batchtui.local.world.pool_rules import PoolRules
from batchtui.local.world.world import World


def check_pool(pool_info: PoolInfo) -> None:
    """400 when a pool cannot be made as this says, now or when its job comes."""
    auto = pool_info.auto_pool_specification
    if auto and auto.pool and auto.pool.virtual_machine_configuration:
        check_image(auto.pool.virtual_machine_configuration)


class AutoPools:
    """Makes and removes them."""

    def __init__(self, world: World, pools: PoolRules) -> None:
        self._world = world
        self._pools = pools

    def make(self, auto: Json) -> str:
        """Make a pool as an `autoPoolSpecification` says; its id (recorded fact 31)."""
        prefix = auto.get("autoPoolIdPrefix")
        name = str(uuid.uuid4()).upper()
        return self._pools.begin(f"{prefix}_{name}" if prefix else name, dict(auto["pool"])).id

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
