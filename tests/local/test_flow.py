"""The way of most users: a pool, a job, tasks, their output, and nothing left."""

import pytest
from azure.batch.aio import BatchClient
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from .batch import completed, job_options, nodes, steady_pool, task_options, until


async def test_tasks_run_to_their_end(client: BatchClient) -> None:
    pool = await steady_pool(client, target_dedicated_nodes=2, target_low_priority_nodes=1)
    assert pool.current_dedicated_nodes == 2
    assert pool.current_low_priority_nodes == 1
    assert sorted(node.id[-2:] for node in await nodes(client)) == ["_d", "_d", "_p"]
    await client.create_job(job_options())
    await client.create_tasks("job", [task_options(f"t{n}", f"exit {n % 2}") for n in range(20)])
    counts = await until(
        lambda: client.get_job_task_counts("job"), lambda seen: seen.task_counts.completed == 20
    )
    assert (counts.task_counts.succeeded, counts.task_counts.failed) == (10, 10)
    task = await client.get_task("job", "t1")
    assert task.execution_info
    assert task.node_info
    assert task.execution_info.exit_code == 1
    assert task.execution_info.failure_info
    assert task.execution_info.failure_info.code == "FailureExitCode"
    assert task.node_info.task_root_directory == "workitems/job/job-1/t1"


async def test_output_can_be_read(client: BatchClient) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "exit 0"))
    await completed(client, "t")
    parts = [part async for part in await client.download_task_file("job", "t", "stdout.txt")]
    assert b"".join(parts) == b"exit 0\n"


async def test_nothing_is_left_after_deleting(client: BatchClient) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await (await client.begin_delete_job("job", polling_interval=0)).result()
    await (await client.begin_delete_pool("pool", polling_interval=0)).result()
    with pytest.raises(ResourceNotFoundError):
        await client.get_job("job")
    with pytest.raises(HttpResponseError) as caught:
        await client.get_pool("pool")
    assert caught.value.error
    assert caught.value.error.code == "PoolNotFound"
