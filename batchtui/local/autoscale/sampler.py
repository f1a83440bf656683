"""What the metrics of a pool are right now."""

from batchtui.local.autoscale.processor import Processor
from batchtui.local.autoscale.variables import CPU, METRICS
from batchtui.local.world.job import Job
from batchtui.local.world.pool import Pool
from batchtui.local.world.world import World

_RUNNABLE = ("active", "enabling")
_USABLE = ("idle", "running")


class Sampler:
    """Looks at tasks and nodes of a pool; no processor for nodes that are on no machine."""

    def __init__(self, world: World, processor: Processor | None) -> None:
        self._world = world
        self._processor = processor if processor and processor.measurable else None
        self.metrics = tuple(metric for metric in METRICS if metric != CPU or self._processor)

    def look(self, pool: Pool) -> dict[str, float]:
        """The present value of each of `metrics`."""
        values = self._tasks(pool) | self._nodes(pool)
        if self._processor:
            values[CPU] = self._processor.usage()
        return values

    def _tasks(self, pool: Pool) -> dict[str, float]:
        active = running = succeeded = failed = 0
        for job in self._world.jobs_of(pool.key):
            tasks = self._world.counts[job.key].tasks
            active += self._ready(job, tasks["active"])
            running += tasks["running"]
            succeeded += tasks["succeeded"]
            failed += tasks["failed"]
        return {
            "$ActiveTasks": float(active),
            "$RunningTasks": float(running),
            "$PendingTasks": float(active + running),
            "$SucceededTasks": float(succeeded),
            "$FailedTasks": float(failed),
        }

    def _ready(self, job: Job, active: int) -> int:
        """Tasks that could run if there were room: not those that wait for other tasks."""
        if job.state not in _RUNNABLE:
            return 0
        if not active or not job.spec["usesTaskDependencies"]:
            return active
        world = self._world
        placed = sum(task.job == job.key and task.state == "active" for task in world.held.values())
        return placed + world.table.count_ready(job.key)

    def _nodes(self, pool: Pool) -> dict[str, float]:
        dedicated = spot = preempted = usable = 0
        for node in self._world.fleet(pool):
            dedicated += node.dedicated
            spot += not node.dedicated
            preempted += node.state == "preempted"
            usable += node.state in _USABLE
        return {
            "$CurrentDedicatedNodes": float(dedicated),
            "$CurrentLowPriorityNodes": float(spot),
            "$PreemptedNodeCount": float(preempted),
            "$UsableNodeCount": float(usable),
            "$SampleNodeCount": float(dedicated + spot),
            "$TaskSlotsPerNode": float(pool.slots),
        }
