"""What operations are tried on: pools, jobs, tasks and schedules that have the same id."""

from datetime import timedelta
from typing import Any

from azure.batch import models

from tests.local.batch import job_options, pool_options, task_options

from .twin import Twin

FORMULA = "$TargetDedicatedNodes = 0;"


async def steady(on: Twin, it: str) -> None:
    pool = await on.call("get_pool", it)
    while pool.allocation_state != "steady":
        pool = await on.call("get_pool", it)


async def one_node(on: Twin, it: str) -> str:
    """Make a pool with one idle node; its id."""
    await on.call("create_pool", pool_options(it, target_dedicated_nodes=1))
    await steady(on, it)
    (node,) = await on.call("list_nodes", it)
    await on.reach("idle", "get_node", it, node.id)
    return str(node.id)


async def scaled_pool(on: Twin, it: str) -> None:
    more = {"enable_auto_scale": True, "auto_scale_formula": FORMULA}
    await on.call("create_pool", pool_options(it, **more))
    await steady(on, it)


async def job(on: Twin, it: str, **more: Any) -> None:
    await on.call("create_job", job_options(it, it, **more))


async def active_task(on: Twin, it: str) -> None:
    """A job without a pool, and a task `t` that nothing runs."""
    await job(on, it)
    await on.call("create_task", it, task_options("t"))


async def waiting_task(on: Twin, it: str) -> str:
    """Have a task `t` run for as long as it is let; the node."""
    node = await one_node(on, it)
    await job(on, it)
    await on.call("create_task", it, task_options("t", "wait"))
    await on.reach("running", "get_task", it, "t")
    return node


async def ended_task(on: Twin, it: str, command: str = "exit 0") -> str:
    """Have a task `t` run to its end; the node."""
    node = await one_node(on, it)
    await job(on, it)
    await on.call("create_task", it, task_options("t", command))
    await on.reach("completed", "get_task", it, "t")
    return node


async def schedule(on: Twin, it: str) -> None:
    await on.call(
        "create_job_schedule",
        models.BatchJobScheduleCreateOptions(
            id=it,
            schedule=models.BatchJobScheduleConfiguration(recurrence_interval=timedelta(hours=1)),
            job_specification=specification(),
        ),
    )


def specification(priority: int = 0) -> models.BatchJobSpecification:
    pool = models.BatchPoolInfo(pool_id="nowhere")
    return models.BatchJobSpecification(pool_info=pool, priority=priority)
