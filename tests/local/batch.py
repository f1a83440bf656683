"""Pools, jobs and tasks as the tests want them, and how to wait for what becomes of them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from azure.batch import models
from azure.batch.aio import BatchClient

T = TypeVar("T")


def pool_options(pool_id: str = "pool", **more: Any) -> models.BatchPoolCreateOptions:
    image = models.BatchVmImageReference(
        publisher="canonical", offer="0001-com-ubuntu-server-jammy", sku="22_04-lts"
    )
    machine = models.VirtualMachineConfiguration(
        image_reference=image, node_agent_sku_id="batch.node.ubuntu 22.04"
    )
    return models.BatchPoolCreateOptions(
        id=pool_id, vm_size="STANDARD_D2_V3", virtual_machine_configuration=machine, **more
    )


def job_options(
    job_id: str = "job", pool_id: str = "pool", **more: Any
) -> models.BatchJobCreateOptions:
    return models.BatchJobCreateOptions(
        id=job_id, pool_info=models.BatchPoolInfo(pool_id=pool_id), **more
    )


def task_options(
    task_id: str, command: str = "exit 0", **more: Any
) -> models.BatchTaskCreateOptions:
    return models.BatchTaskCreateOptions(id=task_id, command_line=command, **more)


async def until(
    look: Callable[[], Awaitable[T]], wanted: Callable[[T], object], *, patience: float = 5
) -> T:
    """Ask again, a little later each time, until the answer is as wanted; `patience` in seconds."""
    pause, end = 0.002, time.monotonic() + patience
    while True:
        seen = await look()
        if wanted(seen):
            return seen
        assert time.monotonic() < end, f"This never came to be; at last: {seen}"
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.05)


async def steady_pool(client: BatchClient, pool_id: str = "pool", **more: Any) -> models.BatchPool:
    """Make a pool and wait until it has all its nodes, idle."""
    await client.create_pool(pool_options(pool_id, **more))
    pool = await until(
        lambda: client.get_pool(pool_id), lambda pool: pool.allocation_state == "steady"
    )
    await until(
        lambda: nodes(client, pool_id), lambda found: all(node.state == "idle" for node in found)
    )
    return pool


async def nodes(client: BatchClient, pool_id: str = "pool") -> list[models.BatchNode]:
    return [node async for node in client.list_nodes(pool_id)]


async def completed(client: BatchClient, task_id: str, job_id: str = "job") -> models.BatchTask:
    """Wait for a task's end."""
    return await until(
        lambda: client.get_task(job_id, task_id), lambda task: task.state == "completed"
    )
