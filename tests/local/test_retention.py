"""Files of completed tasks stay as long as their retention time, and no longer."""

from dataclasses import replace
from datetime import timedelta

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .batch import completed, job_options, nodes, steady_pool, task_options, until
from .conftest import connect
from .fakes import FakeExecutor
from .wire import Answer, ask

STREAM = "/jobs/job/tasks/t/files/stdout.txt"
BRIEF = models.BatchTaskConstraints(retention_time=timedelta(seconds=0.2))
LONG = models.BatchTaskConstraints(retention_time=timedelta(hours=1))


async def run_task(client: BatchClient, constraints: models.BatchTaskConstraints) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", constraints=constraints))
    await completed(client, "t")


async def cleaned(endpoint: str) -> Answer:
    return await until(
        lambda: ask(endpoint, "GET", STREAM), lambda seen: seen.status not in (200, 404)
    )


async def test_files_go_when_their_time_is_over(
    client: BatchClient, executor: FakeExecutor, endpoint: str
) -> None:
    await run_task(client, BRIEF)
    answer = await cleaned(endpoint)
    assert (answer.status, answer.code) == (409, "TaskFilesCleanedup")
    assert not executor.launches[-1].root.exists()
    assert (await ask(endpoint, "GET", "/jobs/job/tasks/t/files")).code == "TaskFilesCleanedup"
    assert (await client.get_task("job", "t")).state == "completed"


async def test_files_of_others_stay(client: BatchClient, endpoint: str) -> None:
    await run_task(client, LONG)
    await client.create_task("job", task_options("brief", constraints=BRIEF))
    await completed(client, "brief")
    path = "/jobs/job/tasks/brief/files/stdout.txt"
    await until(lambda: ask(endpoint, "GET", path), lambda seen: seen.status == 409)
    assert (await ask(endpoint, "GET", STREAM)).status == 200


async def test_what_is_due_during_a_stop_goes_afterwards(settings: Settings) -> None:
    executor = FakeExecutor()
    async with serve(settings, executor=executor) as endpoint, connect(endpoint) as client:
        await run_task(client, BRIEF)
    root = executor.launches[-1].root
    assert root.is_dir()
    async with serve(settings, executor=FakeExecutor()) as endpoint:
        await cleaned(endpoint)
    assert not root.exists()


@pytest.mark.parametrize("brief", [True, False])
async def test_nodes_leave_when_no_files_have_to_stay(settings: Settings, brief: bool) -> None:
    fast = replace(settings, boot=0)
    async with serve(fast, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        await run_task(client, BRIEF if brief else LONG)
        options = models.BatchPoolResizeOptions(
            target_dedicated_nodes=0, node_deallocation_option="retaineddata"
        )
        await client.begin_resize_pool("pool", options)
        if brief:
            await until(
                lambda: client.get_pool("pool"), lambda seen: seen.allocation_state == "steady"
            )
            assert await nodes(client) == []
        else:
            await client.create_task("job", task_options("late"))
            assert (await client.get_pool("pool")).allocation_state == "resizing"
            await (await client.begin_stop_pool_resize("pool", polling_interval=0)).result()
            await completed(client, "late")
            assert len(await nodes(client)) == 1
