"""What a run of a task is made of: its job's preparation on each of its nodes, then its command."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from batchtui.local.agent.launch import Outcome
from batchtui.local.world.instances import Instances
from batchtui.local.world.job import Job
from batchtui.local.world.node import Node
from batchtui.local.world.preparation import Preparation
from batchtui.local.world.task import Task
from batchtui.local.world.world import World


class Execution:
    """Carries tasks out, one run per call."""

    def __init__(self, world: World, preparation: Preparation) -> None:
        self._world = world
        self._preparation = preparation
        self._instances = Instances(world)

    def is_held_up(self, job: Job, nodes: Sequence[Node]) -> bool:
        """Whether a task has to wait for its job's preparation on any of these nodes."""
        return any(self._preparation.holds_up(job, node) for node in nodes)

    async def carry_out(
        self,
        task: Task,
        job: Job,
        nodes: Sequence[Node],
        *,
        prepared: Callable[[], None],
        running: Callable[[datetime], None],
    ) -> Outcome:
        """Run a task on its nodes, the first of which is its own.

        `prepared` is called when the nodes are, `running` when the run begins. Raises
        `UnpreparedError`, and what `prepared` raises.
        """
        await self._prepare(job, nodes)
        prepared()
        if "multiInstanceSettings" in task.spec:
            return await self._instances.carry_out(task, job, nodes, running)
        launch = self._world.site.launch(task, job, nodes[0])
        return await self._world.run(launch, running=running)

    async def _prepare(self, job: Job, nodes: Sequence[Node]) -> None:
        preparing = (self._preparation.prepare(job, node) for node in nodes)
        for became in await asyncio.gather(*preparing, return_exceptions=True):
            if became is not None:
                raise became
