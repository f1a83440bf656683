"""Gives ready tasks to free slots."""

import asyncio

from batchtui.local.world.fleet import Fleet
from batchtui.local.world.job import Job
from batchtui.local.world.placement import Placement
from batchtui.local.world.pool import Pool
from batchtui.local.world.preemption import Preemption
from batchtui.local.world.runs import Runs
from batchtui.local.world.world import World

_AT_ONCE = 100
_AT_FIRST = 4


class Scheduler:
    """Works when something has changed and only on the pools where it did.

    Jobs of one pool go by priority, then by age; the tasks of a job by the order in which they were
    added. A task that needs more slots than are free is passed over, not waited for. Where all are
    taken, the most urgent job that waits may preempt tasks of lesser ones.
    """

    def __init__(self, world: World, runs: Runs, placement: Placement) -> None:
        self._world = world
        self._runs = runs
        self._placement = placement
        self._preemption = Preemption(world, runs)
        self._changed: set[str] = set()

    def wake(self, pool: str) -> None:
        """Slots or tasks of the pool of this key have become free: look at it this turn."""
        if not self._changed:
            asyncio.get_running_loop().call_soon(self._look)
        self._changed.add(pool)

    def _look(self) -> None:
        changed, self._changed = self._changed, set()
        for key in changed:
            fleet = self._world.fleets.get(key)
            if fleet is None or (pool := self._world.pools[key]).state != "active":
                continue
            if fleet.widest or self._preemption.is_possible(pool):
                self._fill(pool, fleet)

    def _fill(self, pool: Pool, fleet: Fleet) -> None:
        counts = self._world.counts
        jobs = [
            job
            for job in self._world.jobs_of(pool.key)
            if job.state == "active" and counts[job.key].tasks["active"]
        ]
        for job in sorted(jobs, key=lambda job: (-job.priority, job.created)):
            while fleet.widest and self._place_some(job, fleet):
                pass
            if not fleet.widest:
                self._preemption.make_room(job, pool)
                return

    def _place_some(self, job: Job, fleet: Fleet) -> int:
        """Place some of a job's tasks, after a look at a bounded number; says how many.

        Mostly one slot is free and the first task takes it: so few are read at first.
        """
        limit = _AT_ONCE
        if job.most_parallel > 0:
            limit = min(limit, job.most_parallel - len(self._runs.of_job(job)))
        placed = after = looked = 0
        pool, some = self._world.pools[job.pool], _AT_FIRST
        while placed < limit and looked < _AT_ONCE and fleet.widest:
            tasks = self._world.table.ready(job.key, fleet.widest, some, after)
            for task in tasks:
                nodes = self._placement.find(task, job, pool, fleet)
                if nodes:
                    self._runs.start(task, job, nodes)
                    placed += 1
                if placed == limit or not fleet.widest:
                    return placed
            if len(tasks) < some:
                break
            after, looked, some = tasks[-1].seq, looked + some, some * 4
        return placed
