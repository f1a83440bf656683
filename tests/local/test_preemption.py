"""Urgent jobs take the place of others that allow it."""

from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from .batch import completed, job_options, steady_pool, task_options, until
from .fakes import FakeExecutor


async def counts(client: BatchClient, job: str) -> tuple[int, int]:
    """Active and running tasks."""
    seen = (await client.get_job_task_counts(job)).task_counts
    return seen.active, seen.running


async def busy_pool(client: BatchClient, **more: Any) -> None:
    """Three nodes, each with a task of the job `low`."""
    await steady_pool(client, target_dedicated_nodes=3)
    await client.create_job(job_options("low", priority=-5, **more))
    await client.create_tasks("low", [task_options(f"t{n}", "wait") for n in range(3)])
    await until(lambda: counts(client, "low"), lambda seen: seen == (0, 3))


async def test_as_many_as_it_takes_go_back_to_the_queue(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await busy_pool(client, allow_task_preemption=True)
    await client.create_job(job_options("high", priority=5))
    await client.create_tasks("high", [task_options("a", "wait"), task_options("b", "wait")])
    await until(lambda: counts(client, "high"), lambda seen: seen == (0, 2))
    assert await counts(client, "low") == (2, 1)
    executor.release.set()
    tasks = [await completed(client, f"t{n}", "low") for n in range(3)]
    infos = [info for task in tasks if (info := task.execution_info)]
    assert sorted(info.requeue_count for info in infos) == [0, 1, 1]
    assert all(info.result == "success" for info in infos)


@pytest.mark.parametrize(
    ("allowed", "priority", "blocked"), [(False, 5, False), (True, -5, False), (True, 5, True)]
)
async def test_nothing_is_preempted_without_need(
    client: BatchClient, executor: FakeExecutor, allowed: bool, priority: int, blocked: bool
) -> None:
    await busy_pool(client, allow_task_preemption=allowed)
    await client.create_job(job_options("high", priority=priority, uses_task_dependencies=True))
    needs = models.BatchTaskDependencies(task_ids=["nobody"]) if blocked else None
    await client.create_task("high", task_options("a", depends_on=needs))
    await client.create_job(job_options("other", "elsewhere"))
    assert await counts(client, "low") == (0, 3)
    assert await counts(client, "high") == (1, 0)
    assert executor.ended == []
