"""Each operation on jobs and their schedules, once. `it` is an id that nothing else has."""

import pytest
from azure.batch import models
from azure.core.exceptions import ResourceNotFoundError

from tests.local.batch import job_options

from .scene import job, schedule, specification
from .twin import Twin


async def create_job(on: Twin, it: str) -> None:
    await on.call("create_job", job_options(it, it, priority=5))
    assert (await on.call("get_job", it)).priority == 5


async def get_job(on: Twin, it: str) -> None:
    await job(on, it)
    found = await on.call("get_job", it, select=["id"])
    assert (found.id, found.state) == (it, None)


async def list_jobs(on: Twin, it: str) -> None:
    await job(on, it)
    assert [each.id for each in await on.call("list_jobs", filter=f"id eq '{it}'")] == [it]


async def update_job(on: Twin, it: str) -> None:
    await job(on, it)
    await on.call("update_job", it, models.BatchJobUpdateOptions(priority=7))
    assert (await on.call("get_job", it)).priority == 7


async def replace_job(on: Twin, it: str) -> None:
    await job(on, it, metadata=[models.BatchMetadataItem(name="a", value="b")])
    found = await on.call("get_job", it)
    found.metadata = None
    found.priority = 9
    await on.call("replace_job", it, found)
    after = await on.call("get_job", it)
    assert (after.priority, after.metadata) == (9, None)


async def begin_disable_job(on: Twin, it: str) -> None:
    await job(on, it)
    await on.call("begin_disable_job", it, models.BatchJobDisableOptions(disable_tasks="wait"))
    assert (await on.call("get_job", it)).state == "disabled"


async def begin_enable_job(on: Twin, it: str) -> None:
    await begin_disable_job(on, it)
    await on.call("begin_enable_job", it)
    assert (await on.call("get_job", it)).state == "active"


async def begin_terminate_job(on: Twin, it: str) -> None:
    await job(on, it)
    await on.call("begin_terminate_job", it, {"terminateReason": "enough"})
    found = await on.call("get_job", it)
    assert (found.state, found.execution_info.termination_reason) == ("completed", "enough")


async def begin_delete_job(on: Twin, it: str) -> None:
    await job(on, it)
    await on.call("begin_delete_job", it)
    with pytest.raises(ResourceNotFoundError):
        await on.call("get_job", it)


async def get_job_task_counts(on: Twin, it: str) -> None:
    await job(on, it)
    counts = await on.call("get_job_task_counts", it)
    assert (counts.task_counts.active, counts.task_slot_counts.running) == (0, 0)


async def list_job_preparation_and_release_task_status(on: Twin, it: str) -> None:
    await job(on, it, job_preparation_task=models.BatchJobPreparationTask(command_line="exit 0"))
    assert await on.call("list_job_preparation_and_release_task_status", it) == []


async def create_job_schedule(on: Twin, it: str) -> None:
    await schedule(on, it)
    assert (await on.call("get_job_schedule", it)).state == "active"


async def get_job_schedule(on: Twin, it: str) -> None:
    await schedule(on, it)
    found = await on.call("get_job_schedule", it, select=["id", "schedule"])
    assert (found.id, found.state) == (it, None)


async def job_schedule_exists(on: Twin, it: str) -> None:
    await schedule(on, it)
    assert await on.call("job_schedule_exists", it) is True


async def list_job_schedules(on: Twin, it: str) -> None:
    await schedule(on, it)
    found = await on.call("list_job_schedules", filter=f"id eq '{it}'")
    assert [each.id for each in found] == [it]


async def list_jobs_from_schedule(on: Twin, it: str) -> None:
    await schedule(on, it)
    found = await on.call("list_jobs_from_schedule", it)
    assert [each.id for each in found] == [f"{it}:job-1"]


async def update_job_schedule(on: Twin, it: str) -> None:
    await schedule(on, it)
    body = models.BatchJobScheduleUpdateOptions(job_specification=specification(priority=3))
    await on.call("update_job_schedule", it, body)
    assert (await on.call("get_job_schedule", it)).job_specification.priority == 3


async def replace_job_schedule(on: Twin, it: str) -> None:
    await schedule(on, it)
    body = models.BatchJobSchedule(job_specification=specification(priority=4))
    await on.call("replace_job_schedule", it, body)
    after = await on.call("get_job_schedule", it)
    assert after.job_specification.priority == 4


async def disable_job_schedule(on: Twin, it: str) -> None:
    await schedule(on, it)
    await on.call("disable_job_schedule", it)
    assert (await on.call("get_job_schedule", it)).state == "disabled"


async def enable_job_schedule(on: Twin, it: str) -> None:
    await disable_job_schedule(on, it)
    await on.call("enable_job_schedule", it)
    assert (await on.call("get_job_schedule", it)).state == "active"


async def begin_terminate_job_schedule(on: Twin, it: str) -> None:
    await schedule(on, it)
    await on.call("begin_terminate_job_schedule", it)
    assert (await on.call("get_job_schedule", it)).state == "completed"


async def begin_delete_job_schedule(on: Twin, it: str) -> None:
    await schedule(on, it)
    await on.call("begin_delete_job_schedule", it)
    with pytest.raises(ResourceNotFoundError):
        await on.call("get_job_schedule", it)
