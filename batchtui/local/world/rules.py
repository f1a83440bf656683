"""All rules of one account, put together; and how it comes back after a stop or a crash."""

import msgspec

from batchtui.local.agent.launch import Outcome
from batchtui.local.autoscale.rules import AutoscaleRules
from batchtui.local.scheduler import Scheduler
from batchtui.local.world.allocation import Allocation
from batchtui.local.world.auto_pools import AutoPools
from batchtui.local.world.boot import Boot
from batchtui.local.world.dependencies import Dependencies
from batchtui.local.world.execution import Execution
from batchtui.local.world.fleet import Fleet
from batchtui.local.world.incidents import Incidents
from batchtui.local.world.job import Counts, Job
from batchtui.local.world.job_ending import JobEnding
from batchtui.local.world.job_rules import JobRules
from batchtui.local.world.leftovers import throw_away_leftovers
from batchtui.local.world.node import Node
from batchtui.local.world.node_rules import NodeRules
from batchtui.local.world.node_users import NodeUsers
from batchtui.local.world.placement import Placement
from batchtui.local.world.pool import Pool
from batchtui.local.world.pool_rules import PoolRules
from batchtui.local.world.preparation import Preparation
from batchtui.local.world.retention import Retention
from batchtui.local.world.runs import Runs
from batchtui.local.world.schedule import Schedule
from batchtui.local.world.schedule_rules import ScheduleRules
from batchtui.local.world.task import Json, Task, execution_info
from batchtui.local.world.task_rules import TaskRules
from batchtui.local.world.world import World


class Rules:
    """What the routes call: `pools`, `nodes`, `jobs`, `tasks` and so on."""

    def __init__(self, world: World) -> None:
        self.world = world
        preparation = Preparation(world, settled=lambda node: self._boot.settled(node))
        self._runs = Runs(
            world,
            Execution(world, preparation),
            completed=lambda job, task, outcome: self._completed(job, task, outcome),
            freed=lambda pool: self._scheduler.wake(pool),
        )
        self._scheduler = Scheduler(world, self._runs, Placement(preparation, self._runs))
        self._boot = Boot(world, self._scheduler)
        dependencies = Dependencies(world.store)
        self._retention = Retention(world)
        self._allocation = Allocation(world, self._runs, self._boot, self._retention)
        self.autoscale = AutoscaleRules(world, self._allocation)
        self.pools = PoolRules(world, self._allocation, self.autoscale)
        self.nodes = NodeRules(world, self._runs, self._boot, self._scheduler, self._retention)
        self.users = NodeUsers(world)
        self.incidents = Incidents(world, self._runs, self._boot, self._scheduler, self._allocation)
        self._auto_pools = AutoPools(world, self.pools)
        ending = JobEnding(world, self._runs, preparation, ended=self._job_ended)
        self.jobs = JobRules(
            world,
            self._runs,
            self._scheduler,
            dependencies,
            ending,
            self._auto_pools,
            add=lambda job, body: self.tasks.create(job, body),
        )
        self.tasks = TaskRules(world, self._runs, self._scheduler, dependencies)
        self.schedules = ScheduleRules(world, self.jobs, ending, self._auto_pools)

    def resume(self) -> None:
        """Take up what the store holds: the account was away, its nodes were not.

        Tasks that were running are requeued, and what they have written is removed. A node that
        was up is up, without its start task again, whose files may be long gone; one that was on
        its way up boots anew. What was under way (resizing, disabling, terminating, deleting) is
        carried on.
        """
        self._load()
        self._requeue_interrupted()
        throw_away_leftovers(self.world)
        world = self.world
        for pool in list(world.pools.values()):
            for node in list(world.fleet(pool)):
                if node.state == "leavingpool":
                    world.spawn(self._allocation.vacate(node))
                elif pool.state == "active":
                    self._resume(pool, node)
            if pool.state == "deleting":
                world.spawn(self.pools.sweep(pool))
            elif pool.allocation != "steady":
                self._allocation.begin(pool, "requeue")
        for job in list(world.jobs.values()):
            self.jobs.resume(job)
        self.autoscale.resume()
        self.schedules.resume()

    def carry_on(self) -> None:
        """Take up what the store holds in the middle of what it does: nothing was ever away."""
        self._load()
        world = self.world
        for task in world.table.interrupted():
            job = world.jobs[task.job]
            node = world.fleets[job.pool].nodes[task.node or ""]
            self._runs.carry_on(task, job, (node,))
        for pool in world.pools.values():
            for node in world.fleet(pool):
                self._boot.carry_on(pool, node)
            if pool.allocation != "steady":
                self._allocation.begin(pool, "requeue")
        for job in world.jobs.values():
            self.jobs.resume(job)
        self.autoscale.resume()
        self.schedules.resume()

    def _job_ended(self, job: Job) -> None:
        self._auto_pools.job_ended(job)
        self.schedules.job_ended(job)

    def _completed(self, job: Job, task: Task, outcome: Outcome | None) -> None:
        self._retention.keep(task)
        self.jobs.completed(job, task, outcome)

    def _resume(self, pool: Pool, node: Node) -> None:
        if not self.nodes.resume(node) and not self.incidents.resume(node):
            self._boot.resume(pool, node)

    def recent_tasks(self, node: Node, base: str) -> list[Json]:
        """A node's `recentTasks`: those that it runs, then those that ended last."""
        running = [
            {
                "taskUrl": f"{base}/jobs/{run.job.id}/tasks/{run.task.id}",
                "jobId": run.job.id,
                "taskId": run.task.id,
                "taskState": run.task.state,
                "executionInfo": execution_info(run.task),
            }
            for run in self._runs.of_node(node)
            if run.task.state == "running"
        ]
        return [*running, *node.recent]

    async def stop(self) -> None:
        self.jobs.stop()
        self.schedules.stop()
        self.autoscale.stop()
        self._retention.stop()
        await self.world.stop()

    def _load(self) -> None:
        world = self.world
        world.visits.load()
        self._retention.start()
        for doc in world.store.documents("pool"):
            pool = msgspec.json.decode(doc, type=Pool)
            world.pools[pool.key] = pool
            world.fleets[pool.key] = Fleet(pool)
        for doc in world.store.documents("node"):
            node = msgspec.json.decode(doc, type=Node)
            world.fleets[node.pool.lower()].add(node)
        for doc in world.store.documents("job"):
            job = msgspec.json.decode(doc, type=Job)
            world.jobs[job.key] = job
            world.counts[job.key] = Counts()
        for doc in world.store.documents("schedule"):
            schedule = msgspec.json.decode(doc, type=Schedule)
            world.schedules[schedule.key] = schedule
        for job_key, state, result, tasks, slots, sums in world.table.counts():
            world.counts[job_key].add(state, result, slots, tasks)
            world.counts[job_key].use(sums)

    def _requeue_interrupted(self) -> None:
        world = self.world
        for task in world.table.interrupted():
            task.placed = False
            if task.state in ("preparing", "running"):
                counts = world.counts[task.job]
                counts.remove(task)
                now = world.clock.now()
                if task.state == "running":
                    task.requeues, task.requeued = task.requeues + 1, now
                task.account(None, now)
                task.move("active", now)
                task.forget_run()
                counts.put(task)
            elif task.state == "active":
                task.forget_run()
            world.table.save(task)
