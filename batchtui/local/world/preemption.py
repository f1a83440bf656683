"""Room for urgent jobs: tasks of lesser jobs that allow it go back to the queue."""

from batchtui.local.world.job import Job
from batchtui.local.world.pool import Pool
from batchtui.local.world.runs import Ending, Run, Runs
from batchtui.local.world.world import World

_AT_ONCE = 100


class Preemption:
    """Ends as many tasks as it takes, those of the least urgent jobs first."""

    def __init__(self, world: World, runs: Runs) -> None:
        self._world = world
        self._runs = runs

    def is_possible(self, pool: Pool) -> bool:
        """Whether any job of the pool lets its tasks be preempted."""
        return any(job.spec["allowTaskPreemption"] for job in self._world.jobs_of(pool.key))

    def make_room(self, job: Job, pool: Pool) -> None:
        """Begin to free the slots that the job's ready tasks need, as far as lesser jobs can."""
        lesser = [
            other
            for other in self._world.jobs_of(pool.key)
            if other.priority < job.priority and other.spec["allowTaskPreemption"]
        ]
        runs = [run for other in lesser for run in self._runs.of_job(other)]
        if not runs:
            return
        limit = _AT_ONCE
        if job.most_parallel > 0:
            limit = min(limit, job.most_parallel - len(self._runs.of_job(job)))
        ready = self._world.table.ready(job.key, pool.slots, max(limit, 0))
        # What is being ended already comes free without anything more being done.
        needed = sum(task.slots for task in ready) - sum(
            _held(run) for run in runs if run.ending is not Ending.NONE
        )
        for run in sorted(runs, key=_order):
            if needed <= 0:
                return
            if run.ending is Ending.NONE:
                self._runs.end(run, Ending.REQUEUE)
                needed -= _held(run)


def _held(run: Run) -> int:
    return run.slots * len(run.nodes)


def _order(run: Run) -> tuple[int, str]:
    """By urgency, and one node after the other, so that wide tasks find room too."""
    return run.job.priority, run.node.id
