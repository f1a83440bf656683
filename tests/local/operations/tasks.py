"""Each operation on tasks and their files, once. `it` is an id that nothing else has."""

from datetime import timedelta

import pytest
from azure.batch import models
from azure.core.exceptions import ResourceNotFoundError

from tests.local.batch import task_options

from .scene import active_task, ended_task, job
from .twin import Twin


async def create_task(on: Twin, it: str) -> None:
    await job(on, it)
    await on.call("create_task", it, task_options("t", display_name="mine"))
    assert (await on.call("get_task", it, "t")).display_name == "mine"


async def create_task_collection(on: Twin, it: str) -> None:
    await job(on, it)
    group = models.BatchTaskGroup(task_values=[task_options("a"), task_options("b")])
    result = await on.call("create_task_collection", it, group)
    assert [each.status for each in result.result_values] == ["Success", "Success"]


async def create_tasks(on: Twin, it: str) -> None:
    await job(on, it)
    await on.call("create_tasks", it, [task_options(str(number)) for number in range(120)])
    assert (await on.call("get_job_task_counts", it)).task_counts.active == 120


async def get_task(on: Twin, it: str) -> None:
    await active_task(on, it)
    found = await on.call("get_task", it, "t", select=["id"])
    assert (found.id, found.command_line) == ("t", None)


async def list_tasks(on: Twin, it: str) -> None:
    await active_task(on, it)
    found = await on.call("list_tasks", it, filter="state eq 'active'", select=["id"])
    assert [each.id for each in found] == ["t"]


async def replace_task(on: Twin, it: str) -> None:
    await active_task(on, it)
    constraints = models.BatchTaskConstraints(max_wall_clock_time=timedelta(hours=1))
    await on.call("replace_task", it, "t", models.BatchTask(constraints=constraints))
    after = await on.call("get_task", it, "t")
    assert after.constraints.max_wall_clock_time == timedelta(hours=1)


async def terminate_task(on: Twin, it: str) -> None:
    await active_task(on, it)
    await on.call("terminate_task", it, "t")
    assert (await on.call("get_task", it, "t")).execution_info.failure_info.code == "TaskEnded"


async def reactivate_task(on: Twin, it: str) -> None:
    await active_task(on, it)
    await on.call("terminate_task", it, "t")
    await on.call("reactivate_task", it, "t")
    assert (await on.call("get_task", it, "t")).state == "active"


async def delete_task(on: Twin, it: str) -> None:
    await active_task(on, it)
    await on.call("delete_task", it, "t")
    assert await on.call("list_tasks", it) == []


async def list_subtasks(on: Twin, it: str) -> None:
    await active_task(on, it)
    assert not await on.call("list_subtasks", it, "t")


async def list_task_files(on: Twin, it: str) -> None:
    await ended_task(on, it)
    names = [file.name for file in await on.call("list_task_files", it, "t")]
    assert {"stdout.txt", "stderr.txt", "wd"} <= set(names)


async def download_task_file(on: Twin, it: str) -> None:
    await ended_task(on, it)
    pieces = await on.call("download_task_file", it, "t", "stdout.txt", ocp_range="bytes=0-3")
    assert b"".join(pieces) == b"exit"


async def get_task_file_properties(on: Twin, it: str) -> None:
    await ended_task(on, it)
    assert (await on.call("get_task_file_properties", it, "t", "stdout.txt")).content_length == 7


async def delete_task_file(on: Twin, it: str) -> None:
    await ended_task(on, it)
    await on.call("delete_task_file", it, "t", "stdout.txt")
    with pytest.raises(ResourceNotFoundError):
        await on.call("get_task_file_properties", it, "t", "stdout.txt")
