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
    taken, the most urgent job that waits may preempt tasks of lesser ones. Where as many tasks run
    as may at once in the account, pools take turns at what comes free.
    """

    def __init__(self, world: World, runs: Runs, placement: Placement) -> None:
        self._world = world
        self._runs = runs
        self._placement = placement
        self._preemption = Preemption(world, runs)
        self._changed: dict[str, None] = {}
        self._waiting: dict[str, None] = {}
        """Pools with tasks that wait for others in the account, the first to be served first."""
        self._awake = False

    def wake(self, pool: str) -> None:
        """Slots or tasks of the pool of this key have become free: look at it this turn."""
        if not self._awake:
            self._awake = True
            asyncio.get_running_loop().call_soon(self._look)
        self._changed[pool] = None

    def _look(self) -> None:
        self._awake = False
        changed, self._changed = self._changed, {}
        if self._world.store.failure:
            return
        keys = changed if self._runs.is_full else self._waiting | changed
        served: dict[str, None] = {}
        for key in keys:
            fleet = self._world.fleets.get(key)
            if fleet is None or (pool := self._world.pools[key]).state != "active":
                self._waiting.pop(key, None)
            elif fleet.widest or self._preemption.is_possible(pool):
                placed = self._fill(pool, fleet)
                if not (self._runs.is_full and fleet.widest):
                    self._waiting.pop(key, None)
                elif placed:
                    self._waiting.pop(key, None)
                    served[key] = None
                else:
                    self._waiting.setdefault(key, None)
        self._waiting |= served

    def _fill(self, pool: Pool, fleet: Fleet) -> int:
        """Place what can be placed; says how many tasks that are."""
        counts = self._world.counts
        jobs = [
            job
            for job in self._world.jobs_of(pool.key)
            if job.state == "active" and counts[job.key].tasks["active"]
        ]
        total = 0
        for job in sorted(jobs, key=lambda job: (-job.priority, job.created)):
            while fleet.widest and (placed := self._place_some(job, fleet)):
                total += placed
            if not fleet.widest or (self._runs.is_full and self._is_waiting(job, pool)):
                self._preemption.make_room(job, pool)
                break
        if self._runs.is_full:
            total += sum(self._place_manager(job, fleet) for job in jobs)
        return total

    def _is_waiting(self, job: Job, pool: Pool) -> bool:
        return bool(self._world.table.ready(job.key, pool.slots, 1))

    def _place_some(self, job: Job, fleet: Fleet) -> int:
        """Place some of a job's tasks, after a look at a bounded number; says how many.

        Mostly one slot is free and the first task takes it: so few are read at first.
        """
        limit = self._limit(job)
        placed = after = looked = 0
        pool, some = self._world.pools[job.pool], _AT_FIRST
        while placed < limit and looked < _AT_ONCE and fleet.widest and not self._runs.is_full:
            tasks = self._world.table.ready(job.key, fleet.widest, some, after)
            for task in tasks:
                nodes = self._placement.find(task, job, pool, fleet)
                if nodes:
                    self._runs.start(task, job, nodes)
                    placed += 1
                if placed == limit or not fleet.widest or self._runs.is_full:
                    return placed
            if len(tasks) < some:
                break
            after, looked, some = tasks[-1].seq, looked + some, some * 4
        return placed

    def _place_manager(self, job: Job, fleet: Fleet) -> int:
        """Place the job's manager, which runs however many tasks do; 1 if it could be."""
        manager = job.spec.get("jobManagerTask")
        if not manager or not fleet.widest or self._limit(job) <= 0:
            return 0
        pool = self._world.pools[job.pool]
        task = self._world.table.get(job.key, str(manager["id"]).lower())
        if not task or task.state != "active" or task.placed or task.blocked:
            return 0
        nodes = self._placement.find(task, job, pool, fleet)
        if nodes:
            self._runs.start(task, job, nodes)
        return len(nodes[:1])

    def _limit(self, job: Job) -> int:
        """How many of the job's tasks may be placed now."""
        if job.most_parallel <= 0:
            return _AT_ONCE
        return min(_AT_ONCE, job.most_parallel - len(self._runs.of_job(job)))
