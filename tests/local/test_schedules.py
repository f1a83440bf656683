"""Job schedules, through the SDK and in stepped time."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .autoscale.stepped import StepPace
from .batch import completed, steady_pool, task_options, until
from .conftest import connect
from .fakes import FakeExecutor
from .test_auto_pools import auto_pool, pools
from .wire import ask

HOUR = 3600
HOURLY = models.BatchJobScheduleConfiguration(recurrence_interval=timedelta(hours=1))


@pytest.fixture
def pace(monkeypatch: pytest.MonkeyPatch) -> StepPace:
    pace = StepPace()
    monkeypatch.setattr("batchtui.local.world.world.SteadyPace", lambda: pace)
    return pace


@pytest.fixture
async def endpoint(
    pace: StepPace, settings: Settings, executor: FakeExecutor
) -> AsyncIterator[str]:
    async with serve(settings, executor=executor) as address:
        yield address


def options(
    timing: models.BatchJobScheduleConfiguration | None = None, **job: Any
) -> models.BatchJobScheduleCreateOptions:
    pool = job.pop("pool_info", models.BatchPoolInfo(pool_id="pool"))
    return models.BatchJobScheduleCreateOptions(
        id="daily",
        schedule=timing or models.BatchJobScheduleConfiguration(),
        job_specification=models.BatchJobSpecification(pool_info=pool, **job),
    )


def now(pace: StepPace) -> datetime:
    return datetime.fromtimestamp(pace.time_ns() / 1e9, UTC)


async def jobs(client: BatchClient) -> list[str]:
    return [str(job.id) async for job in client.list_jobs_from_schedule("daily")]


async def terminate(client: BatchClient, endpoint: str, job: str) -> None:
    await ask(endpoint, "POST", f"/jobs/{job}/terminate")
    await until(lambda: client.get_job(job), lambda seen: seen.state == "completed")


async def in_state(client: BatchClient, state: str) -> models.BatchJobSchedule:
    return await until(
        lambda: client.get_job_schedule("daily"), lambda schedule: schedule.state == state
    )


async def test_without_recurrence_there_is_one_job(client: BatchClient, endpoint: str) -> None:
    await client.create_job_schedule(options())
    schedule = await client.get_job_schedule("daily")
    info = schedule.execution_info
    assert info.recent_job
    assert info.recent_job.id == "daily:job-1"
    assert info.next_run_time is None
    assert schedule.state == "active"
    assert await jobs(client) == ["daily:job-1"]
    await terminate(client, endpoint, "daily:job-1")
    schedule = await in_state(client, "completed")
    assert schedule.execution_info.end_time
    assert schedule.previous_state == "active"


async def test_a_job_each_hour(client: BatchClient, endpoint: str, pace: StepPace) -> None:
    await client.create_job_schedule(options(HOURLY, priority=7))
    first = await client.get_job_schedule("daily")
    next_run = first.execution_info.next_run_time
    assert next_run == first.creation_time + timedelta(hours=1)
    await terminate(client, endpoint, "daily:job-1")
    pace.step(HOUR + 1)
    assert await jobs(client) == ["daily:job-2", "daily:job-1"]  # completed ones come last
    job = await client.get_job("daily:job-2")
    assert (job.state, job.priority) == ("active", 7)
    schedule = await client.get_job_schedule("daily")
    assert schedule.execution_info.next_run_time == next_run + timedelta(hours=1)
    assert schedule.etag == first.etag


async def test_a_job_that_takes_longer_holds_the_next_one_up(
    client: BatchClient, endpoint: str, pace: StepPace
) -> None:
    await client.create_job_schedule(options(HOURLY))
    pace.step(HOUR * 1.5)
    assert await jobs(client) == ["daily:job-1"]
    await terminate(client, endpoint, "daily:job-1")
    await until(lambda: jobs(client), lambda found: "daily:job-2" in found)


async def test_a_job_that_is_too_late_is_not_made(
    client: BatchClient, endpoint: str, pace: StepPace
) -> None:
    timing = models.BatchJobScheduleConfiguration(
        recurrence_interval=timedelta(hours=1), start_window=timedelta(minutes=10)
    )
    await client.create_job_schedule(options(timing))
    pace.step(HOUR * 1.5)
    await terminate(client, endpoint, "daily:job-1")
    assert await jobs(client) == ["daily:job-1"]
    pace.step(HOUR * 0.5 + 1)
    assert await jobs(client) == ["daily:job-2", "daily:job-1"]


async def test_nothing_before_and_nothing_after(
    client: BatchClient, endpoint: str, pace: StepPace
) -> None:
    timing = models.BatchJobScheduleConfiguration(
        do_not_run_until=now(pace) + timedelta(hours=2),
        do_not_run_after=now(pace) + timedelta(hours=3, minutes=30),
        recurrence_interval=timedelta(hours=1),
    )
    await client.create_job_schedule(options(timing))
    schedule = await client.get_job_schedule("daily")
    assert schedule.execution_info.next_run_time == timing.do_not_run_until
    assert await jobs(client) == []
    pace.step(HOUR * 2)
    assert await jobs(client) == ["daily:job-1"]
    await terminate(client, endpoint, "daily:job-1")
    pace.step(HOUR)
    await terminate(client, endpoint, "daily:job-2")
    assert (await client.get_job_schedule("daily")).state == "active"
    pace.step(HOUR / 2)
    await in_state(client, "completed")
    assert len(await jobs(client)) == 2


async def test_no_jobs_while_disabled(client: BatchClient, endpoint: str, pace: StepPace) -> None:
    await client.create_job_schedule(options(HOURLY))
    await terminate(client, endpoint, "daily:job-1")
    await client.disable_job_schedule("daily")
    pace.step(HOUR * 1.5)
    assert (await in_state(client, "disabled")).previous_state == "active"
    assert len(await jobs(client)) == 1
    await client.enable_job_schedule("daily")
    assert len(await jobs(client)) == 2


async def test_terminating_ends_the_job(client: BatchClient, endpoint: str) -> None:
    await client.create_job_schedule(options(HOURLY))
    poller = await client.begin_terminate_job_schedule("daily", polling_interval=0)
    await poller.result()
    schedule = await in_state(client, "completed")
    assert schedule.execution_info.next_run_time is None
    job = await client.get_job("daily:job-1")
    assert job.state == "completed"
    assert job.execution_info
    assert job.execution_info.termination_reason == "TerminateWorkitem"
    answer = await ask(endpoint, "POST", "/jobschedules/daily/enable")
    assert (answer.status, answer.code) == (409, "JobScheduleCompleted")


async def test_deleting_takes_all_jobs_along(client: BatchClient, endpoint: str) -> None:
    await client.create_job_schedule(options(HOURLY))
    with pytest.raises(HttpResponseError) as caught:
        await client.create_job_schedule(options())
    assert caught.value.error
    assert caught.value.error.code == "JobScheduleExists"
    assert (await ask(endpoint, "DELETE", "/jobschedules/daily")).status == 202

    async def status() -> int:
        return (await ask(endpoint, "GET", "/jobschedules/daily")).status

    await until(status, lambda found: found == 404)
    with pytest.raises(ResourceNotFoundError):
        await client.get_job("daily:job-1")


async def test_changes_are_for_the_next_jobs(
    client: BatchClient, endpoint: str, pace: StepPace
) -> None:
    await client.create_job_schedule(options(HOURLY))
    before = await client.get_job_schedule("daily")
    longer = models.BatchJobScheduleConfiguration(recurrence_interval=timedelta(hours=5))
    update = models.BatchJobScheduleUpdateOptions(schedule=longer)
    await client.update_job_schedule("daily", update)
    after = await client.get_job_schedule("daily")
    assert after.etag != before.etag
    assert after.job_specification.pool_info.pool_id == "pool"
    due = after.execution_info.next_run_time
    assert due
    assert timedelta(hours=5) <= due - before.creation_time < timedelta(hours=5, seconds=1)
    body = {"jobSpecification": {"poolInfo": {"poolId": "other"}}}
    assert (await ask(endpoint, "PUT", "/jobschedules/daily", body)).status == 200
    replaced = (await ask(endpoint, "GET", "/jobschedules/daily")).json
    assert replaced["schedule"] == {}
    assert "nextRunTime" not in replaced["executionInfo"]
    assert (await client.get_job("daily:job-1")).pool_info.pool_id == "pool"


async def test_jobs_may_share_a_pool(client: BatchClient, endpoint: str, pace: StepPace) -> None:
    shared = auto_pool(pool_lifetime_option="jobschedule")
    await client.create_job_schedule(options(HOURLY, pool_info=shared))
    (pool,) = await pools(client)
    await terminate(client, endpoint, "daily:job-1")
    pace.step(HOUR + 1)
    job = await client.get_job("daily:job-2")
    assert job.execution_info
    assert job.execution_info.pool_id == pool.id
    assert len(await pools(client)) == 1
    await client.begin_terminate_job_schedule("daily")
    await until(lambda: pools(client), lambda found: not found)


async def test_tasks_of_a_scheduled_job(client: BatchClient, executor: FakeExecutor) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    boss = models.BatchJobManagerTask(id="boss", command_line="exit 0")
    await client.create_job_schedule(options(job_manager_task=boss))
    await in_state(client, "completed")  # with its job, which ended with its manager
    task = await completed(client, "boss", "daily:job-1")
    assert task.node_info
    assert task.node_info.task_root_directory == "workitems/daily/job-1/boss"
    assert executor.launches[0].environment["AZ_BATCH_JOB_ID"] == "daily:job-1"
    parts = await client.download_task_file("daily:job-1", "boss", "stdout.txt")
    assert b"".join([part async for part in parts]) == b"exit 0\n"


async def test_a_schedule_goes_on_after_a_restart(settings: Settings, pace: StepPace) -> None:
    async with serve(settings, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        await client.create_job_schedule(options(HOURLY))
        before = await client.get_job_schedule("daily")
        await terminate(client, endpoint, "daily:job-1")
    pace.step(HOUR * 3.5)
    async with serve(settings, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        assert await jobs(client) == ["daily:job-2", "daily:job-1"]  # missed ones are not made
        after = await client.get_job_schedule("daily")
        assert after.etag == before.etag
        due = after.execution_info.next_run_time
        assert due == before.creation_time + timedelta(hours=4)
        await client.create_task("daily:job-2", task_options("t"))


async def test_listing(client: BatchClient, endpoint: str) -> None:
    await client.create_job_schedule(options(HOURLY))
    found = [one async for one in client.list_job_schedules(filter="state eq 'active'")]
    assert [one.id for one in found] == ["daily"]
    assert await client.job_schedule_exists("daily")
    answer = await ask(endpoint, "GET", "/jobschedules/daily/jobs?$filter=id%20eq%20'x'")
    assert (answer.status, answer.code) == (400, "InvalidQueryParameterValue")


@pytest.mark.parametrize(
    ("timing", "name"),
    [
        ({"recurrenceInterval": "PT59S"}, "recurrenceInterval"),
        ({"startWindow": "PT1S"}, "startWindow"),
        (
            {"doNotRunUntil": "2030-01-02T00:00:00Z", "doNotRunAfter": "2030-01-01T00:00:00Z"},
            "doNotRunAfter",
        ),
        ({"doNotRunUntil": "tomorrow"}, "doNotRunUntil"),
        ({"doNotRunUntil": "0001-01-01T00:00:00Z"}, "doNotRunUntil"),
        ({"doNotRunAfter": "9999-12-31T23:59:59-10:00"}, "doNotRunAfter"),
    ],
)
async def test_a_wrong_timing_is_refused(endpoint: str, timing: dict[str, str], name: str) -> None:
    specification = {"poolInfo": {"poolId": "pool"}}
    body = {"id": "s", "schedule": timing, "jobSpecification": specification}
    answer = await ask(endpoint, "POST", "/jobschedules", body)
    assert (answer.status, answer.code) == (400, "InvalidPropertyValue")
    assert answer.value("PropertyName") == name


async def test_an_interval_beyond_the_calendar_is_one_job(
    client: BatchClient, endpoint: str
) -> None:
    timing = {"recurrenceInterval": "P9999999D", "doNotRunAfter": "9998-12-31T00:00:00Z"}
    specification = {"poolInfo": {"poolId": "pool"}}
    body = {"id": "daily", "schedule": timing, "jobSpecification": specification}
    assert (await ask(endpoint, "POST", "/jobschedules", body)).status == 201
    shown = (await ask(endpoint, "GET", "/jobschedules/daily")).json
    assert shown["executionInfo"].keys() == {"recentJob"}
    await terminate(client, endpoint, "daily:job-1")
    await in_state(client, "completed")
