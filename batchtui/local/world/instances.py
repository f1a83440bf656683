"""Tasks that run on several nodes at once: coordinated on all of them, then run on the first."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from batchtui.local.agent.launch import Launch, Linger, Outcome
from batchtui.local.wire.times import micros
from batchtui.local.world.job import Job
from batchtui.local.world.node import Node
from batchtui.local.world.subtask import Subtask
from batchtui.local.world.task import Task
from batchtui.local.world.world import World

Json = dict[str, Any]

_PORT = 6000


@dataclass(slots=True)
class _Instance:
    """One node's share: its coordination command, which may leave something running."""

    launch: Launch
    linger: Linger
    subtask: Subtask | None
    """None for the task's own node."""


class Instances:
    """Runs multi-instance tasks."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def carry_out(
        self, task: Task, job: Job, nodes: Sequence[Node], running: Callable[[datetime], None]
    ) -> Outcome:
        """Coordinate on all nodes; when that has succeeded everywhere, run the task's command.

        What the coordination commands leave running ends with the task.
        """
        instances = [self._instance(task, job, nodes, number) for number in range(len(nodes))]
        subtasks = [each.subtask for each in instances if each.subtask]
        self._world.subtasks.save(task, subtasks)
        async with AsyncExitStack() as stack:
            works = []
            for each in instances:
                begun = running
                if each.subtask:
                    begun = partial(self._begun, task, subtasks, each.subtask)
                work = asyncio.create_task(self._world.run(each.launch, running=begun))
                works.append(work)
                stack.push_async_callback(_end, work, each.linger)
            stack.callback(self._close, task, subtasks)
            coordinated = [
                asyncio.create_task(self._coordinate(task, subtasks, each, work))
                for each, work in zip(instances, works, strict=True)
            ]
            for one in coordinated:
                stack.push_async_callback(_cancel, one)
            for waiting in asyncio.as_completed(coordinated):
                failed = await waiting
                if failed:
                    return failed
            launch = self._environed(self._world.site.launch(task, job, nodes[0]), nodes, 0)
            return await self._world.run(replace(launch, appends=True), running=running)

    def _instance(self, task: Task, job: Job, nodes: Sequence[Node], number: int) -> _Instance:
        settings: Json = task.spec["multiInstanceSettings"]
        node = nodes[number]
        site = self._world.site
        linger = Linger()
        launch = self._environed(site.launch(task, job, node, instance=number), nodes, number)
        launch = replace(
            launch,
            command_line=settings["coordinationCommandLine"],
            resource_files=(),
            output_files=(),
            common_files=tuple(settings.get("commonResourceFiles", ())),
            linger=linger,
        )
        now = self._world.clock.now()
        subtask = Subtask(id=number, pool=node.pool, node=node.id, changed=now) if number else None
        return _Instance(launch, linger, subtask)

    def _environed(self, launch: Launch, nodes: Sequence[Node], number: int) -> Launch:
        """With the variables that say who takes part; the user's own have precedence."""
        hosts = [host(node) for node in nodes]
        shared = launch.root.parent if number else launch.root
        variables = {
            "AZ_BATCH_NODE_LIST": ";".join(hosts),
            "AZ_BATCH_HOST_LIST": ",".join(hosts),
            "AZ_BATCH_MASTER_NODE": f"{hosts[0]}:{_PORT}",
            "AZ_BATCH_IS_CURRENT_NODE_MASTER": "false" if number else "true",
            "AZ_BATCH_TASK_SHARED_DIR": str(shared),
            "CCP_NODES": " ".join([str(len(hosts)), *(f"{each} 1" for each in hosts)]),
        }
        return replace(launch, environment={**variables, **launch.environment}, shared=shared)

    def _begun(self, task: Task, subtasks: list[Subtask], subtask: Subtask, at: datetime) -> None:
        subtask.begin(micros(at))
        self._world.subtasks.save(task, subtasks)

    async def _coordinate(
        self, task: Task, subtasks: list[Subtask], instance: _Instance, work: asyncio.Task[Outcome]
    ) -> Outcome | None:
        """Wait for one node's coordination; what it came to if it failed."""
        settled = asyncio.create_task(instance.linger.settled.wait())
        try:
            await asyncio.wait((work, settled), return_when=asyncio.FIRST_COMPLETED)
        finally:
            settled.cancel()
        outcome = work.result() if work.done() else None
        if instance.subtask:
            instance.subtask.finish(self._world.clock.now(), outcome)
            self._world.subtasks.save(task, subtasks)
        return outcome if outcome and outcome.failure else None

    def _close(self, task: Task, subtasks: list[Subtask]) -> None:
        """Subtasks that did not come to an end by themselves have been ended."""
        now = self._world.clock.now()
        for subtask in subtasks:
            if subtask.state != "completed":
                subtask.stop(now)
        self._world.subtasks.save(task, subtasks)


def host(node: Node) -> str:
    """An address of this machine that is the node's alone, so that instances can meet there.

    The node's own, `10.a.b.c`, is of a network that does not exist; all of `127.a.b.c` is here.
    """
    return f"127.{node.address.partition('.')[2]}"


async def _end(work: asyncio.Task[Outcome], linger: Linger) -> None:
    """End a coordination command, or what it left running."""
    if linger.settled.is_set():
        linger.over.set()
        await asyncio.wait([work])
    else:
        await _cancel(work)


async def _cancel(work: asyncio.Task[Any]) -> None:
    if not work.cancelling():
        work.cancel()
    await asyncio.wait([work])
