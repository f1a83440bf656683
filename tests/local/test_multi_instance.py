"""Tasks on several nodes at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from batchtui.local.agent.agent import Agent
from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .batch import completed, job_options, nodes, steady_pool, task_options, until
from .conftest import connect
from .fakes import FakeExecutor
from .wire import ask


def several(
    number: int = 3, coordination: str = "coordinate", command: str = "exit 0"
) -> models.BatchTaskCreateOptions:
    settings = models.MultiInstanceSettings(
        number_of_instances=number, coordination_command_line=coordination
    )
    return task_options("t", command, multi_instance_settings=settings)


async def connected_pool(client: BatchClient, number: int = 3) -> None:
    await steady_pool(client, target_dedicated_nodes=number, enable_inter_node_communication=True)
    await client.create_job(job_options())


async def subtasks(client: BatchClient) -> list[models.BatchSubtask]:
    return [one async for one in client.list_subtasks("job", "t")]


async def in_state(client: BatchClient, state: str) -> models.BatchTask:
    return await until(lambda: client.get_task("job", "t"), lambda task: task.state == state)


async def test_coordination_comes_first_and_everywhere(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await connected_pool(client)
    await client.create_task("job", several())
    task = await completed(client, "t")
    assert task.multi_instance_settings
    assert task.multi_instance_settings.number_of_instances == 3
    commands = [launch.command_line for launch in executor.launches]
    assert commands == ["coordinate"] * 3 + ["exit 0"]
    assert len({launch.environment["AZ_BATCH_NODE_ID"] for launch in executor.launches}) == 3
    master, *others, last = (launch.environment for launch in executor.launches)
    assert last["AZ_BATCH_NODE_ID"] == master["AZ_BATCH_NODE_ID"]
    hosts = master["AZ_BATCH_HOST_LIST"].split(",")
    assert len(set(hosts)) == 3
    assert all(host.startswith("127.") for host in hosts)
    for environment in (master, *others, last):
        assert environment["AZ_BATCH_NODE_LIST"] == ";".join(hosts)
        assert environment["AZ_BATCH_MASTER_NODE"] == f"{hosts[0]}:6000"
        assert environment["CCP_NODES"] == "3 " + " ".join(f"{host} 1" for host in hosts)
    masters = [each["AZ_BATCH_IS_CURRENT_NODE_MASTER"] for each in (master, *others, last)]
    assert masters == ["true", "false", "false", "true"]
    for number, environment in enumerate(others, 1):
        shared = Path(environment["AZ_BATCH_TASK_SHARED_DIR"])
        assert Path(environment["AZ_BATCH_TASK_DIR"]) == shared / str(number)
        assert shared.name == "t"


async def test_subtasks_are_listed(
    client: BatchClient, executor: FakeExecutor, endpoint: str
) -> None:
    await connected_pool(client)
    await client.create_task("job", several(coordination="wait"))
    found = await until(
        lambda: subtasks(client), lambda seen: [one.state for one in seen] == ["running"] * 2
    )
    assert (await client.get_task("job", "t")).state == "running"
    assert all(node.state == "running" for node in await nodes(client))
    executor.release.set()
    task = await completed(client, "t")
    found = await subtasks(client)
    assert [(one.id, one.state, one.exit_code) for one in found] == [
        (1, "completed", 0),
        (2, "completed", 0),
    ]
    assert [one.previous_state for one in found] == ["running", "running"]
    infos = [info for one in found if (info := one.node_info)]
    assert [info.task_root_directory for info in infos] == [
        "workitems/job/job-1/t/1",
        "workitems/job/job-1/t/2",
    ]
    assert task.node_info
    assert len({task.node_info.node_id, *(info.node_id for info in infos)}) == 3
    await until(lambda: nodes(client), lambda seen: all(node.state == "idle" for node in seen))
    chosen = (await ask(endpoint, "GET", "/jobs/job/tasks/t/subtasksinfo?$select=id")).json
    assert chosen["value"] == [{"id": 1}, {"id": 2}]
    await client.delete_task("job", "t")
    roots = [launch.root for launch in executor.launches]
    await until(lambda: asyncio.to_thread(lambda: [r.exists() for r in roots]), no_one)


def no_one(seen: list[bool]) -> bool:
    return not any(seen)


async def test_a_failed_coordination_fails_the_task(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await connected_pool(client)
    await client.create_task("job", several(coordination="exit 5"))
    task = await completed(client, "t")
    assert task.execution_info
    assert (task.execution_info.exit_code, task.execution_info.result) == (5, "failure")
    assert "exit 0" not in [launch.command_line for launch in executor.launches]


async def test_ending_the_task_ends_all_of_it(client: BatchClient, executor: FakeExecutor) -> None:
    await connected_pool(client)
    await client.create_task("job", several(coordination="wait"))
    await until(
        lambda: subtasks(client), lambda seen: [one.state for one in seen] == ["running"] * 2
    )
    await client.terminate_task("job", "t")
    await until(lambda: nodes(client), lambda seen: all(node.state == "idle" for node in seen))
    assert executor.ended == ["wait"] * 3
    found = await subtasks(client)
    assert [(one.state, one.result) for one in found] == [("completed", "failure")] * 2


async def test_losing_one_node_runs_it_all_again(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await connected_pool(client, 4)
    await client.create_task("job", several(coordination="wait"))
    found = await until(lambda: subtasks(client), lambda seen: len(seen) == 2)
    await in_state(client, "running")
    info = found[0].node_info
    assert info
    options = models.BatchNodeRemoveOptions(node_ids=[str(info.node_id)])
    await client.begin_remove_nodes("pool", options)
    await until(lambda: nodes(client), lambda seen: len(seen) == 3)
    executor.release.set()
    task = await completed(client, "t")
    assert task.execution_info
    assert (task.execution_info.requeue_count, task.execution_info.result) == (1, "success")


@pytest.mark.parametrize(
    ("slots", "connected", "number"), [(1, True, 1), (2, True, 2), (1, False, 2)]
)
async def test_it_waits_for_what_it_needs(
    client: BatchClient, slots: int, connected: bool, number: int
) -> None:
    await steady_pool(
        client,
        target_dedicated_nodes=number,
        task_slots_per_node=slots,
        enable_inter_node_communication=connected,
    )
    await client.create_job(job_options())
    await client.create_task("job", several(2))
    await client.create_task("job", task_options("other"))
    await completed(client, "other")
    assert (await client.get_task("job", "t")).state == "active"


@pytest.fixture
async def real(settings: Settings) -> AsyncIterator[BatchClient]:
    agent = Agent(grace=0.5)
    async with serve(settings, executor=agent) as endpoint, connect(endpoint) as client:
        yield client


async def test_what_coordination_leaves_running_ends_with_the_task(real: BatchClient) -> None:
    await connected_pool(real, 2)
    # Each leaves a process, which the task's own command finds alive, on both nodes. One that was
    # killed may stay as a zombie where nobody reaps it.
    leave = "bash -c 'echo coordinated; sleep 60 & echo $! > $AZ_BATCH_TASK_SHARED_DIR/pid'"
    look = (
        "bash -c 'for pid in $(cat $AZ_BATCH_NODE_ROOT_DIR/../*/workitems/job/job-1/t/pid);"
        " do grep -q ^State:.[RS] /proc/$pid/status || exit 7; done'"
    )
    await real.create_task("job", several(2, leave, look))
    task = await completed(real, "t")
    assert task.execution_info
    assert task.execution_info.exit_code == 0
    parts = await real.download_task_file("job", "t", "stdout.txt")
    assert b"".join([part async for part in parts]) == b"coordinated\n"
    pid_parts = await real.download_task_file("job", "t", "pid")
    pid = b"".join([part async for part in pid_parts]).decode().strip()
    await until(lambda: asyncio.to_thread(runs, pid), lambda alive: not alive)


def runs(pid: str) -> bool:
    """Whether a process runs; one that has ended and that nobody has reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
