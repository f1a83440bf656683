"""What becomes of tasks on nodes that leave, and of a resize that takes too long."""

from datetime import timedelta

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .autoscale.stepped import StepPace
from .batch import completed, job_options, nodes, steady_pool, task_options, until
from .conftest import connect
from .fakes import FakeExecutor

DAY = 24 * 3600


@pytest.fixture
def pace(monkeypatch: pytest.MonkeyPatch) -> StepPace:
    pace = StepPace()
    monkeypatch.setattr("batchtui.local.world.world.SteadyPace", lambda: pace)
    return pace


async def run_a_task(client: BatchClient, command: str) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", command))


async def shrink(client: BatchClient, option: str) -> None:
    options = models.BatchPoolResizeOptions(
        target_dedicated_nodes=0,
        node_deallocation_option=option,
        resize_timeout=timedelta(minutes=5),
    )
    await client.begin_resize_pool("pool", options)


async def steady(client: BatchClient) -> models.BatchPool:
    return await until(
        lambda: client.get_pool("pool"), lambda seen: seen.allocation_state == "steady"
    )


@pytest.mark.parametrize(
    ("option", "state", "result", "requeues"),
    [
        ("requeue", "active", None, 1),
        ("terminate", "completed", "failure", 0),
        ("taskcompletion", "completed", "success", 0),
    ],
)
async def test_leaving_nodes_and_their_tasks(
    client: BatchClient,
    executor: FakeExecutor,
    option: str,
    state: str,
    result: str | None,
    requeues: int,
) -> None:
    await run_a_task(client, "wait")
    await until(lambda: client.get_task("job", "t"), lambda seen: seen.state == "running")
    await shrink(client, option)
    if option == "taskcompletion":
        assert (await client.get_task("job", "t")).state == "running"
        executor.release.set()
    await steady(client)
    assert await nodes(client) == []
    task = await client.get_task("job", "t")
    assert task.execution_info
    assert (task.state, task.execution_info.result) == (state, result)
    assert task.execution_info.requeue_count == requeues


async def test_a_resize_that_takes_too_long_says_so(pace: StepPace, settings: Settings) -> None:
    async with (
        serve(settings, executor=FakeExecutor()) as endpoint,
        connect(endpoint) as client,
    ):
        await run_a_task(client, "wait")
        await until(lambda: client.get_task("job", "t"), lambda seen: seen.state == "running")
        await shrink(client, "taskcompletion")
        pace.step(299)
        assert (await client.get_pool("pool")).allocation_state == "resizing"
        pace.step(2)
        pool = await steady(client)
        assert pool.resize_errors
        assert [error.code for error in pool.resize_errors] == ["AllocationTimedOut"]
        assert (pool.current_dedicated_nodes, pool.target_dedicated_nodes) == (1, 0)
        assert (await client.get_task("job", "t")).state == "running"


async def test_files_stay_for_seven_days_unless_told_otherwise(
    pace: StepPace, settings: Settings
) -> None:
    async with (
        serve(settings, executor=FakeExecutor()) as endpoint,
        connect(endpoint) as client,
    ):
        await run_a_task(client, "exit 0")
        await completed(client, "t")
        root = settings.data_dir / "nodes" / "pool"
        (stream,) = root.rglob("stdout.txt")
        pace.step(7 * DAY - 60)
        assert stream.exists()
        pace.step(120)

        async def gone() -> bool:
            return not stream.exists()

        await until(gone, bool)
