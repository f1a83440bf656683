"""Nodes that get a new disk, and nodes whose machines are given back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .batch import completed, job_options, nodes, pool_options, steady_pool, task_options, until
from .conftest import connect
from .fakes import FakeExecutor
from .wire import Answer, ask

OLD = "api-version=2023-05-01.17.0"


@pytest.fixture
def slow(settings: Settings) -> Settings:
    """An account whose nodes take their time."""
    return replace(settings, boot=0.1)


async def only_node(client: BatchClient) -> str:
    (node,) = await nodes(client)
    return str(node.id)


async def in_state(client: BatchClient, node: str, state: str) -> models.BatchNode:
    return await until(lambda: client.get_node("pool", node), lambda seen: seen.state == state)


async def run_a_waiting_task(client: BatchClient) -> None:
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "wait"))
    await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")


async def test_reimaging_empties_a_node_and_starts_it_again(
    client: BatchClient, executor: FakeExecutor, endpoint: str, settings: Settings
) -> None:
    start = models.BatchStartTask(command_line="exit 0")
    await steady_pool(client, target_dedicated_nodes=1, start_task=start)
    node = await only_node(client)
    home = settings.data_dir / "nodes" / "pool" / node
    (home / "shared" / "kept").write_text("no")
    path = f"/pools/pool/nodes/{node}"
    assert (await ask(endpoint, "POST", f"{path}/users", {"name": "me"})).status == 201
    assert (await ask(endpoint, "POST", f"{path}/reimage", {})).status == 202
    await until(lambda: starts(executor), lambda number: number == 2)
    await in_state(client, node, "idle")
    assert not (home / "shared" / "kept").exists()
    assert (home / "startup").is_dir()
    assert (await ask(endpoint, "DELETE", f"{path}/users/me")).code == "NodeUserNotFound"


async def starts(executor: FakeExecutor) -> int:
    return sum(launch.root.name == "startup" for launch in executor.launches)


async def test_reimaging_is_refused_where_pools_had_two_kinds(
    client: BatchClient, endpoint: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    path = f"/pools/pool/nodes/{await only_node(client)}/reimage"
    answer = await ask(endpoint, "POST", path, {}, version=OLD)
    assert (answer.status, answer.code) == (409, "OperationNotValidOnNode")
    assert "cloudServiceConfiguration" in answer.value("Reason")


async def test_a_deallocated_node_stays_until_it_is_started(
    client: BatchClient, executor: FakeExecutor, endpoint: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    node = await only_node(client)
    since = (await client.get_node("pool", node)).state_transition_time
    option: Any = {"nodeDeallocateOption": "requeue"}  # The SDK exports no model of it.
    await (await client.begin_deallocate_node("pool", node, option, polling_interval=0)).result()
    seen = await client.get_node("pool", node)
    assert (seen.state, seen.scheduling_state) == ("deallocated", "disabled")
    assert seen.state_transition_time == since
    (counts,) = [one async for one in client.list_pool_node_counts()]
    assert counts.dedicated
    assert (counts.dedicated.deallocated, counts.dedicated.total) == (1, 1)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t"))
    assert (await client.get_task("job", "t")).state == "active"
    await (await client.begin_start_node("pool", node, polling_interval=0)).result()
    await completed(client, "t")
    seen = await client.get_node("pool", node)
    assert (seen.state, seen.scheduling_state) == ("idle", "enabled")
    again = await ask(endpoint, "POST", f"/pools/pool/nodes/{node}/start")
    assert (again.status, again.code) == (409, "OperationInvalidForCurrentState")


@pytest.mark.parametrize(
    ("option", "state", "requeued"),
    [("requeue", "active", 1), ("terminate", "completed", 0), ("taskcompletion", "completed", 0)],
)
async def test_deallocating_deals_with_tasks(
    client: BatchClient,
    executor: FakeExecutor,
    endpoint: str,
    option: str,
    state: str,
    requeued: int,
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    node = await only_node(client)
    await run_a_waiting_task(client)
    body = {"nodeDeallocateOption": option}
    await ask(endpoint, "POST", f"/pools/pool/nodes/{node}/deallocate", body)
    if option == "taskcompletion":
        assert (await client.get_node("pool", node)).state == "deallocating"
        executor.release.set()
    await in_state(client, node, "deallocated")
    task = await client.get_task("job", "t")
    assert task.execution_info
    assert (task.state, task.execution_info.requeue_count) == (state, requeued)


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("reimage", "NodeBeingReimaged"),
        ("reboot", "NodeBeingRebooted"),
        ("deallocate", "OperationInvalidForCurrentState"),
    ],
)
async def test_one_thing_at_a_time(
    client: BatchClient, endpoint: str, action: str, code: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    node = await only_node(client)
    await run_a_waiting_task(client)
    path = f"/pools/pool/nodes/{node}"
    option = {f"node{action.capitalize()}Option": "taskcompletion"}
    assert (await ask(endpoint, "POST", f"{path}/{action}", option)).status == 202
    for other in ("reboot", "reimage", "deallocate"):
        answer: Answer = await ask(endpoint, "POST", f"{path}/{other}", {})
        assert (answer.status, answer.code) == (409, code)


@pytest.mark.parametrize(
    ("action", "through", "to"),
    [("deallocate", "deallocating", "deallocated"), ("reimage", "reimaging", "running")],
)
async def test_what_a_stop_interrupts_is_carried_on(
    slow: Settings, action: str, through: str, to: str
) -> None:
    async with serve(slow, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        await steady_pool(client, target_dedicated_nodes=1)
        node = await only_node(client)
        await run_a_waiting_task(client)
        kept = slow.data_dir / "nodes" / "pool" / node / "shared" / "kept"
        kept.write_text("yes")
        option: dict[str, Any] = {f"node{action.capitalize()}Option": "taskcompletion"}
        await ask(endpoint, "POST", f"/pools/pool/nodes/{node}/{action}", option)
        assert (await client.get_node("pool", node)).state == through
    async with serve(slow, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        await in_state(client, node, to)
        assert Path(kept).exists() == (action == "deallocate")


async def test_a_node_told_to_take_no_tasks_while_it_is_made_takes_none(slow: Settings) -> None:
    async with serve(slow, executor=FakeExecutor()) as endpoint, connect(endpoint) as client:
        await client.create_pool(pool_options(target_dedicated_nodes=1))
        (node,) = await until(lambda: nodes(client), len)
        path = f"/pools/pool/nodes/{node.id}/disablescheduling"
        assert (await ask(endpoint, "POST", path, {})).status == 200
        assert (await client.get_node("pool", str(node.id))).state == "creating"
        await in_state(client, str(node.id), "offline")
