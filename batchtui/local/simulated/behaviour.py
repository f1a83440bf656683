"""How each task, start task and node of a simulated account behaves."""

import math
from dataclasses import dataclass

from batchtui.local.agent.failures import failure
from batchtui.local.agent.launch import Failure
from batchtui.local.simulated.dice import Dice, around
from batchtui.local.simulated.world_parts import JobPart, PoolPart, StartTask, WorldFile

_FOREVER = math.inf
_OTHER_TASKS = JobPart(id="any", pool="any", tasks=0)
"""How the tasks behave that a client adds to a job of its own."""
_OTHER_POOLS = PoolPart(id="any")


@dataclass(frozen=True, slots=True)
class Act:
    """One run as it will be, unless it is cut short."""

    seconds: float
    """Infinite for one that hangs."""
    exit_code: int | None = 0
    failure: Failure | None = None
    stderr: str = ""


class Behaviour:
    """Answers by name alone, so that a run is the same whenever it is asked for."""

    def __init__(self, world: WorldFile) -> None:
        self._dice = Dice(world.seed)
        self._pools = {pool.id.lower(): pool for pool in world.pools}
        self._jobs = {job.id.lower(): job for job in world.jobs}

    def task(self, job: str, task: str, attempt: int) -> Act:
        """The run of a task by the keys of its job and itself; attempts count from 0."""
        part = self._jobs.get(job, _OTHER_TASKS)
        length, chance, _, _ = self._dice.draw(job, task)
        seconds = around(part.duration.total_seconds(), part.spread, length)
        if attempt:
            # A retry takes another time, and meets what failed the task before.
            again, *_ = self._dice.draw(job, task, str(attempt))
            seconds = around(part.duration.total_seconds(), part.spread, again)
        for kind in part.failures:
            if chance < kind.share:
                if kind.hangs:
                    return Act(_FOREVER, stderr=kind.stderr)
                why = _unstarted(kind.code) if kind.code else _exited()
                return Act(seconds * kind.after, kind.exit_code, why, kind.stderr)
            chance -= kind.share
        return Act(seconds)

    def start_task(self, pool: str, node: str) -> Act:
        """The run of a pool's start task on one node."""
        part = self._pools.get(pool, _OTHER_POOLS).start_task or StartTask(command="-")
        length, chance, _, _ = self._dice.draw("start", node)
        seconds = around(part.duration.total_seconds(), 0.3, length)
        if chance < part.failing:
            return Act(seconds, part.exit_code, _exited())
        return Act(seconds)

    def side_work(self, job: str, node: str) -> Act:
        """The run of a job's preparation or release task on a node."""
        length, *_ = self._dice.draw("side", job, node)
        return Act(around(10.0, 0.3, length))

    def start_trouble(self, pool: str) -> str:
        """What a pool's start task writes where it fails."""
        part = self._pools.get(pool, _OTHER_POOLS).start_task
        return part.stderr if part else ""

    def boot_phase(self, pool: str, node: str) -> float:
        """Seconds of each of the two phases of a node's start."""
        length, *_ = self._dice.draw("boot", node)
        part = self._pools.get(pool, _OTHER_POOLS)
        return part.boot.total_seconds() / 2 * (0.67 + 0.66 * length)

    def next_preemption(self, pool: str, number: int) -> tuple[float, float]:
        """The pool's preemption of that number: seconds for one node, and which of the nodes.

        The seconds are those since the one before if there were one node, and the node is a share
        of the way through a list of them.
        """
        part = self._pools[pool]
        chance, which, _, _ = self._dice.draw("preemption", pool, str(number))
        return -math.log(chance) * 3600 / part.preemptions, which


def _exited() -> Failure:
    return failure(
        "FailureExitCode", Message="The task process exited with an unexpected exit code"
    )


def _unstarted(code: str) -> Failure:
    return failure(code, Message="So it is written in the world that is played here")
