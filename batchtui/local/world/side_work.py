"""What runs on nodes beside the tasks: it holds none of their slots, and ends with its node."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from batchtui.local.world.node import Node

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


class SideWork:
    """Preparing nodes for jobs, and clearing up after these."""

    def __init__(self, spawn: Spawn) -> None:
        self._spawn = spawn
        self._works: dict[str, set[asyncio.Task[None]]] = {}

    def start(self, node: Node, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something on a node."""
        task = self._spawn(work)
        self._works.setdefault(node.id, set()).add(task)
        task.add_done_callback(lambda done: self._forget(node, done))
        return task

    async def end(self, node: Node) -> None:
        """End what a node does beside its tasks, processes included."""
        for work in list(self._works.get(node.id, ())):
            await cancel(work)

    def _forget(self, node: Node, done: asyncio.Task[None]) -> None:
        works = self._works[node.id]
        works.discard(done)
        if not works:
            del self._works[node.id]


async def cancel(work: asyncio.Task[None]) -> None:
    """Cancel some work, once only, and wait until it has ended."""
    if not work.cancelling():
        work.cancel()
    await asyncio.wait([work])
