"""Pools: their size, their changes, their end."""

from dataclasses import replace

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .batch import job_options, nodes, pool_options, steady_pool, task_options, until
from .conftest import connect
from .fakes import FakeExecutor
from .wire import ask


@pytest.fixture
def slow(settings: Settings) -> Settings:
    """An account whose nodes take their time."""
    return replace(settings, boot=0.2)


async def test_a_new_pool_is_resizing_and_then_steady(slow: Settings) -> None:
    async with serve(slow, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        await client.create_pool(pool_options(target_dedicated_nodes=1))
        await grow(client, endpoint)


async def grow(client: BatchClient, endpoint: str) -> None:
    pool = await client.get_pool("pool")
    assert (pool.state, pool.allocation_state) == ("active", "resizing")
    assert [node.state for node in await nodes(client)] == ["creating"]
    resize = await ask(endpoint, "POST", "/pools/pool/resize", {"targetDedicatedNodes": 1})
    assert (resize.status, resize.code) == (409, "PoolBeingResized")
    tag = pool.etag
    pool = await until(
        lambda: client.get_pool("pool"), lambda seen: seen.allocation_state == "steady"
    )
    assert pool.etag == tag
    assert await client.pool_exists("pool")
    with pytest.raises(ResourceExistsError, match="already exists"):
        await client.create_pool(pool_options("POOL"))


async def test_resizing_in_both_directions(client: BatchClient) -> None:
    await steady_pool(client, target_dedicated_nodes=3)
    before = {node.id for node in await nodes(client)}
    options = models.BatchPoolResizeOptions(target_dedicated_nodes=1, target_low_priority_nodes=2)
    await (await client.begin_resize_pool("pool", options, polling_interval=0)).result()
    pool = await client.get_pool("pool")
    assert pool.allocation_state == "steady"
    assert (pool.current_dedicated_nodes, pool.current_low_priority_nodes) == (1, 2)
    after = await nodes(client)
    assert len(before & {node.id for node in after}) == 1
    assert [node.is_dedicated for node in after].count(True) == 1
    same = models.BatchPoolResizeOptions(target_dedicated_nodes=0)
    await (await client.begin_resize_pool("pool", same, polling_interval=0)).result()
    assert (await client.get_pool("pool")).current_low_priority_nodes == 2


async def test_shrinking_prefers_idle_nodes_and_can_wait(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await steady_pool(client, target_dedicated_nodes=2)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "wait"))
    busy = await until(
        lambda: nodes(client), lambda found: [n.id for n in found if n.state == "running"]
    )
    (running,) = [node.id for node in busy if node.state == "running"]
    one = models.BatchPoolResizeOptions(target_dedicated_nodes=1)
    await (await client.begin_resize_pool("pool", one, polling_interval=0)).result()
    assert [node.id for node in await nodes(client)] == [running]
    none = models.BatchPoolResizeOptions(
        target_dedicated_nodes=0, node_deallocation_option="taskcompletion"
    )
    await client.begin_resize_pool("pool", none)
    await client.create_task("job", task_options("late"))
    assert (await client.get_task("job", "t")).state == "running"
    executor.release.set()
    pool = await until(
        lambda: client.get_pool("pool"), lambda seen: seen.allocation_state == "steady"
    )
    assert pool.current_dedicated_nodes == 0
    assert (await client.get_task("job", "t")).state == "completed"
    assert (await client.get_task("job", "late")).state == "active"


async def test_a_stopped_resize_says_so(client: BatchClient, executor: FakeExecutor) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "wait"))
    await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
    options = models.BatchPoolResizeOptions(
        target_dedicated_nodes=0, node_deallocation_option="taskcompletion"
    )
    await client.begin_resize_pool("pool", options)
    tag = (await client.get_pool("pool")).etag
    await (await client.begin_stop_pool_resize("pool", polling_interval=0)).result()
    pool = await client.get_pool("pool")
    assert (pool.allocation_state, pool.current_dedicated_nodes) == ("steady", 1)
    assert pool.etag == tag
    assert pool.resize_errors
    assert pool.resize_errors[0].code == "ResizeStopped"
    executor.release.set()
    await client.create_task("job", task_options("next"))
    await until(lambda: client.get_task("job", "next"), lambda task: task.state == "completed")


async def test_removing_nodes_requeues_their_tasks(client: BatchClient) -> None:
    await steady_pool(client, target_dedicated_nodes=2)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "wait"))
    task = await until(lambda: client.get_task("job", "t"), lambda seen: seen.state == "running")
    assert task.node_info
    first = str(task.node_info.node_id)
    await (
        await client.begin_remove_nodes(
            "pool", models.BatchNodeRemoveOptions(node_ids=[first]), polling_interval=0
        )
    ).result()
    assert first not in {node.id for node in await nodes(client)}
    assert (await client.get_pool("pool")).target_dedicated_nodes == 1
    task = await until(lambda: client.get_task("job", "t"), lambda seen: seen.state == "running")
    assert task.node_info
    assert task.node_info.node_id != first
    assert task.execution_info
    assert (task.execution_info.requeue_count, task.execution_info.retry_count) == (1, 0)


async def test_removing_an_unknown_node(client: BatchClient, endpoint: str) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    answer = await ask(endpoint, "POST", "/pools/pool/removenodes", {"nodeList": ["tvmps_x"]})
    assert (answer.status, answer.code) == (404, "NodeNotFound")


async def test_patch_replaces_what_it_names(client: BatchClient) -> None:
    metadata = [models.BatchMetadataItem(name="a", value="b")]
    start = models.BatchStartTask(command_line="exit 0")
    pool = await steady_pool(client, metadata=metadata, start_task=start)
    changed = models.BatchStartTask(command_line="exit 1", wait_for_success=False)
    await client.update_pool("pool", models.BatchPoolUpdateOptions(start_task=changed))
    after = await client.get_pool("pool")
    assert after.etag != pool.etag
    assert after.metadata
    assert after.metadata[0].value == "b"
    assert after.start_task
    assert after.start_task.command_line == "exit 1"
    await client.update_pool("pool", models.BatchPoolUpdateOptions(metadata=[]))
    assert (await client.get_pool("pool")).metadata is None


async def test_what_nodes_fix_cannot_be_patched(client: BatchClient, endpoint: str) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    answer = await ask(endpoint, "PATCH", "/pools/pool", {"taskSlotsPerNode": 4})
    assert (answer.code, answer.value("PropertyName")) == (
        "InvalidPropertyValue",
        "taskSlotsPerNode",
    )


async def test_deleting_requeues_tasks_and_takes_nodes_and_folders_along(
    client: BatchClient, executor: FakeExecutor, endpoint: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "wait"))
    await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
    assert (await ask(endpoint, "DELETE", "/pools/pool")).status == 202
    again = await ask(endpoint, "DELETE", "/pools/pool")
    if again.status != 404:  # it may be gone already
        assert again.code == "PoolBeingDeleted"

    async def exists() -> int:
        return (await ask(endpoint, "HEAD", "/pools/pool")).status

    await until(exists, lambda status: status == 404)
    task = await client.get_task("job", "t")
    assert (task.state, task.previous_state) == ("active", "running")
    assert task.execution_info
    assert task.execution_info.requeue_count == 1
    assert executor.ended == ["wait"]
    assert not executor.launches[0].root.exists()
    with pytest.raises(ResourceNotFoundError):
        await nodes(client)
    plain = (await ask(endpoint, "GET", "/jobs/job/tasks/t")).json
    assert set(plain["executionInfo"]) == {"retryCount", "requeueCount", "lastRequeueTime"}
    assert "nodeInfo" not in plain
    await client.create_pool(pool_options(target_dedicated_nodes=1))
    await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")


async def test_the_quota_ends_growth(client: BatchClient) -> None:
    await client.create_pool(pool_options(target_dedicated_nodes=2_000_000_000))
    pool = await until(
        lambda: client.get_pool("pool"), lambda seen: seen.allocation_state == "steady"
    )
    assert pool.current_dedicated_nodes == 1000
    assert pool.resize_errors
    assert pool.resize_errors[0].code == "AccountCoreQuotaReached"
    filtered = client.list_pools(
        filter="allocationState eq 'steady' and vmSize eq 'standard_d2_v3'"
    )
    assert [found.id async for found in filtered] == ["pool"]


async def test_replacing_properties_clears_the_start_task(
    client: BatchClient, endpoint: str
) -> None:
    start = models.BatchStartTask(command_line="exit 0")
    await steady_pool(client, start_task=start)
    body = {"applicationPackageReferences": [], "metadata": [{"name": "a", "value": "b"}]}
    answer = await ask(endpoint, "POST", "/pools/pool/updateproperties", body)
    assert answer.status == 204
    pool = await client.get_pool("pool")
    assert pool.start_task is None
    assert pool.metadata
    assert pool.task_slots_per_node == 1
