"""Pools that come and go with a job."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient
from azure.core.exceptions import HttpResponseError

from .batch import completed, pool_options, task_options, until
from .wire import ask


def auto_pool(**more: Any) -> models.BatchPoolInfo:
    options = pool_options()
    specification = models.BatchPoolSpecification(
        vm_size=options.vm_size,
        virtual_machine_configuration=options.virtual_machine_configuration,
        target_dedicated_nodes=1,
    )
    lifetime = more.pop("pool_lifetime_option", "job")
    auto = models.BatchAutoPoolSpecification(
        pool_lifetime_option=lifetime, pool=specification, **more
    )
    return models.BatchPoolInfo(auto_pool_specification=auto)


def auto_job(**more: Any) -> models.BatchJobCreateOptions:
    return models.BatchJobCreateOptions(id="job", pool_info=auto_pool(**more))


async def pools(client: BatchClient) -> list[models.BatchPool]:
    return [pool async for pool in client.list_pools()]


async def test_a_pool_lives_as_long_as_its_job(client: BatchClient, endpoint: str) -> None:
    await client.create_job(auto_job(auto_pool_id_prefix="mine"))
    (pool,) = await pools(client)
    guid = r"[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}"
    assert re.fullmatch(f"mine_{guid}", str(pool.id))
    job = (await ask(endpoint, "GET", "/jobs/job")).json
    assert job["executionInfo"]["poolId"] == pool.id
    assert "poolId" not in job["poolInfo"]
    shown = job["poolInfo"]["autoPoolSpecification"]
    assert (shown["poolLifetimeOption"], shown["keepAlive"]) == ("job", False)
    assert shown["pool"]["taskSlotsPerNode"] == 1
    await client.create_task("job", task_options("t"))
    task = await completed(client, "t")
    assert task.node_info
    assert task.node_info.pool_id == pool.id
    await ask(endpoint, "POST", "/jobs/job/terminate")
    await until(lambda: pools(client), lambda found: not found)
    assert (await client.get_job("job")).state == "completed"


async def test_a_pool_may_be_kept(client: BatchClient, endpoint: str) -> None:
    await client.create_job(auto_job())
    patch = models.BatchJobUpdateOptions(pool_info=auto_pool(keep_alive=True))
    await client.update_job("job", patch)
    await ask(endpoint, "POST", "/jobs/job/terminate")
    job = await until(lambda: client.get_job("job"), lambda job: job.state == "completed")
    (pool,) = await pools(client)
    assert pool.state == "active"
    assert job.pool_info
    assert job.pool_info.auto_pool_specification
    assert job.pool_info.auto_pool_specification.keep_alive is True


async def test_deleting_a_job_removes_its_pool(client: BatchClient) -> None:
    await client.create_job(auto_job())
    await client.begin_delete_job("job")
    await until(lambda: pools(client), lambda found: not found)


async def test_a_pool_with_user_accounts(client: BatchClient) -> None:
    info = auto_pool()
    assert info.auto_pool_specification
    assert info.auto_pool_specification.pool
    secret = models.UserAccount(name="me", password="not shown")
    info.auto_pool_specification.pool.user_accounts = [secret]
    await client.create_job(models.BatchJobCreateOptions(id="job", pool_info=info))
    (pool,) = await pools(client)
    assert pool.user_accounts
    assert [user.name for user in pool.user_accounts] == ["me"]
    assert "not shown" not in f"{pool}{await client.get_job('job')}"


async def test_what_cannot_be_is_refused(client: BatchClient, endpoint: str) -> None:
    with pytest.raises(HttpResponseError) as caught:
        await client.create_job(auto_job(pool_lifetime_option="jobschedule"))
    assert caught.value.error
    assert caught.value.error.code == "InvalidPropertyValue"
    wrong = auto_job()
    assert wrong.pool_info.auto_pool_specification
    assert wrong.pool_info.auto_pool_specification.pool
    machine = wrong.pool_info.auto_pool_specification.pool.virtual_machine_configuration
    assert machine
    machine.node_agent_sku_id = "batch.node.none"
    with pytest.raises(HttpResponseError) as caught:
        await client.create_job(wrong)
    assert caught.value.error
    assert caught.value.error.code == "InvalidPropertyValue"
    specification = models.BatchJobSpecification(pool_info=wrong.pool_info)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    later = models.BatchJobScheduleConfiguration(do_not_run_until=tomorrow)
    schedule = models.BatchJobScheduleCreateOptions(
        id="s", schedule=later, job_specification=specification
    )
    with pytest.raises(HttpResponseError) as caught:
        await client.create_job_schedule(schedule)
    assert caught.value.error
    assert caught.value.error.code == "InvalidPropertyValue"
    assert await pools(client) == []
    assert [one async for one in client.list_job_schedules()] == []
    info: dict[str, object] = {"autoPoolSpecification": {"poolLifetimeOption": "job"}}
    answer = await ask(endpoint, "POST", "/jobs", {"id": "j", "poolInfo": info})
    assert (answer.status, answer.value("PropertyName")) == (400, "pool")
    answer = await ask(endpoint, "POST", "/jobs", {"id": "j", "poolInfo": {}})
    assert (answer.status, answer.value("PropertyName")) == (400, "poolId")
