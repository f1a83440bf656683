"""The executor that starts no process: it waits as long as the task would have taken."""

import math
from collections.abc import Callable
from datetime import datetime

from batchtui.local.agent.failures import failure
from batchtui.local.agent.launch import Launch, Outcome
from batchtui.local.pace import Pace
from batchtui.local.simulated.behaviour import Act, Behaviour
from batchtui.local.wire.times import moment
from batchtui.local.world.world import World

SECOND = 1_000_000


class SimulatedExecutor:
    """Plays runs by the behaviour that a world gives them.

    A run that the store knows as running already is played on from where it is.
    """

    def __init__(self, behaviour: Behaviour, pace: Pace) -> None:
        self._behaviour = behaviour
        self._pace = pace
        self._world: World | None = None

    def attend(self, world: World) -> None:
        """Look up in this world how far runs are that were under way when the play began."""
        self._world = world

    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        began, act = self._act(launch)
        now = self._now()
        started = now if began is None else began
        running(moment(started))
        limit = math.inf if launch.max_wall_clock is None else launch.max_wall_clock.total_seconds()
        left = min(act.seconds, limit) - (now - started) / SECOND
        await self._pace.sleep(max(left, 0.0))
        ended = moment(self._now())
        if act.seconds > limit:
            return Outcome(None, moment(started), ended, failure("TaskEnded"))
        return Outcome(act.exit_code, moment(started), ended, act.failure)

    def _act(self, launch: Launch) -> tuple[int | None, Act]:
        """When the run began if it is under way, in microseconds since 1970, and how it goes."""
        names = launch.environment
        pool, node = names["AZ_BATCH_POOL_ID"].lower(), names["AZ_BATCH_NODE_ID"]
        if "AZ_BATCH_JOB_ID" not in names:
            return self._start_began(pool, node), self._behaviour.start_task(pool, node)
        job, key = names["AZ_BATCH_JOB_ID"].lower(), names.get("AZ_BATCH_TASK_ID", "").lower()
        task = self._world.table.get(job, key) if self._world else None
        if task is None:
            return None, self._behaviour.side_work(job, node)
        began = task.started if task.state == "running" else None
        return began, self._behaviour.task(job, key, task.retries)

    def _start_began(self, pool: str, node: str) -> int | None:
        found = self._world.fleets[pool].nodes.get(node) if self._world else None
        run = found.start_run if found else None
        return None if run is None else run.retried or run.started

    def _now(self) -> int:
        return self._pace.time_ns() // 1000
