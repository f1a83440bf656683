"""Statistics: real figures of what has run, where a client asks for them."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from batchtui.local.agent.agent import Agent
from batchtui.local.server import serve
from batchtui.local.settings import Settings
from batchtui.local.store import Store

from .batch import completed, job_options, steady_pool, task_options, until
from .conftest import connect
from .fakes import FakeExecutor
from .wire import ask

BUSY = "bash -c 'for ((n = 0; n < 20000; n++)); do :; done; exit 1'"


@pytest.fixture
async def real(settings: Settings) -> AsyncIterator[tuple[BatchClient, str]]:
    agent = Agent(grace=0.5)
    async with serve(settings, executor=agent) as endpoint, connect(endpoint) as client:
        yield client, endpoint


async def stats(endpoint: str, path: str) -> Any:
    answer = await ask(endpoint, "GET", f"{path}?$expand=stats")
    assert answer.status == 200
    return answer.json.get("stats")


async def test_what_a_task_used_counts(real: tuple[BatchClient, str]) -> None:
    client, endpoint = real
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    assert await stats(endpoint, "/jobs/job") is None
    again = models.BatchTaskConstraints(max_task_retry_count=1)
    await client.create_tasks(
        "job", [task_options("t", BUSY, constraints=again), task_options("ok", "true")]
    )
    await completed(client, "ok")
    await completed(client, "t")
    task = await client.get_task("job", "t", expand=["stats"])
    used = task.task_statistics
    assert used
    assert used.user_cpu_time + used.kernel_cpu_time > timedelta(milliseconds=10)
    assert used.wall_clock_time >= used.user_cpu_time
    assert used.url.endswith("/jobs/job/tasks/t/stats")
    job = await client.get_job("job", expand=["stats"])
    total = job.job_statistics
    assert total
    assert (total.succeeded_tasks_count, total.failed_tasks_count) == (1, 1)
    assert total.task_retries_count == 1
    assert total.wall_clock_time > used.wall_clock_time
    assert total.user_cpu_time >= used.user_cpu_time
    assert total.wait_time >= used.wait_time
    shown = await stats(endpoint, "/jobs/job")
    assert shown["numTaskRetries"] == "1"
    assert isinstance(shown["readIOps"], str)


async def test_sums_come_back_after_a_restart(settings: Settings) -> None:
    async with serve(settings, executor=Agent()) as endpoint, connect(endpoint) as client:
        await steady_pool(client, target_dedicated_nodes=1)
        await client.create_job(job_options())
        await client.create_tasks("job", [task_options(f"t{n}", "true") for n in range(3)])
        for number in range(3):
            await completed(client, f"t{number}")
        before = await stats(endpoint, "/jobs/job")
    async with serve(settings, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        after = await stats(endpoint, "/jobs/job")
        assert {**after, "lastUpdateTime": 0} == {**before, "lastUpdateTime": 0} | {
            "url": after["url"]
        }
        for number in range(3):
            await client.delete_task("job", f"t{number}")
        # Nothing is left over when all tasks are gone: the sums are those of the tasks there are.
        assert await stats(endpoint, "/jobs/job") is None


async def test_what_somebody_ended_has_taken_its_time(
    client: BatchClient, executor: FakeExecutor, endpoint: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "wait"))
    await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
    assert await stats(endpoint, "/jobs/job/tasks/t") is None
    await client.terminate_task("job", "t")
    assert (await stats(endpoint, "/jobs/job/tasks/t"))["wallClockTime"] != "PT0S"


async def test_lists_have_them_too(client: BatchClient, endpoint: str) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    boss = models.BatchJobManagerTask(id="t", command_line="exit 0")
    specification = models.BatchJobSpecification(
        pool_info=models.BatchPoolInfo(pool_id="pool"), job_manager_task=boss
    )
    await client.create_job_schedule(
        models.BatchJobScheduleCreateOptions(
            id="s",
            schedule=models.BatchJobScheduleConfiguration(),
            job_specification=specification,
        )
    )
    await completed(client, "t", "s:job-1")
    for path in ("/jobs", "/jobschedules", "/jobschedules/s/jobs", "/jobs/s:job-1/tasks"):
        answer = await ask(endpoint, "GET", f"{path}?$expand=stats&$select=stats,url")
        (only,) = answer.json["value"]
        assert only.keys() == {"stats", "url"}
        assert only["stats"]["url"] == f"{only['url']}/stats"
        (plain,) = (await ask(endpoint, "GET", path)).json["value"]
        assert "stats" not in plain
    answer = await ask(endpoint, "GET", "/jobs?$expand=everything")
    assert (answer.status, answer.code) == (400, "InvalidQueryParameterValue")


def test_the_file_of_an_earlier_version_is_brought_up_to_date(settings: Settings) -> None:
    settings.data_dir.mkdir()
    path = settings.data_dir / "account.db"
    later = ("wall", "user_cpu", "kernel_cpu", "reads", "writes")
    Store(path, soon=lambda commit: None).close()
    with sqlite3.connect(path) as old:
        for name in later:
            old.execute(f"ALTER TABLE tasks DROP COLUMN {name}")
    old.close()
    store = Store(path, soon=lambda commit: None)
    assert store.read(f"SELECT {', '.join(later)} FROM tasks") == []
    store.close()
