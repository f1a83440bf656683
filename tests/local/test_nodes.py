"""Nodes: how they come up, and how tasks are kept away from them."""

from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from .batch import completed, job_options, nodes, pool_options, steady_pool, task_options, until
from .fakes import FakeExecutor
from .wire import ask


async def test_a_node_tells_of_itself(client: BatchClient, endpoint: str) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    (node,) = await nodes(client)
    assert node.state == "idle"
    assert node.scheduling_state == "enabled"
    assert node.ip_address == "10.0.0.4"
    assert node.affinity_id == f"TVM:{node.id}"
    assert node.vm_size == "standard_d2_v3"
    assert node.last_boot_time
    assert node.allocation_time
    assert node.allocation_time <= node.last_boot_time
    plain = (await ask(endpoint, "GET", f"/pools/pool/nodes/{node.id}")).json
    assert None not in plain.values()
    assert "etag" not in (await ask(endpoint, "GET", f"/pools/pool/nodes/{node.id}")).headers


async def test_tasks_wait_for_the_start_task(client: BatchClient, executor: FakeExecutor) -> None:
    start = models.BatchStartTask(
        command_line="wait", environment_settings=[models.EnvironmentSetting(name="A", value="1")]
    )
    await client.create_pool(pool_options(target_dedicated_nodes=1, start_task=start))
    await client.create_job(job_options())
    await client.create_task("job", task_options("t"))
    found = await until(
        lambda: nodes(client), lambda seen: seen and seen[0].state == "waitingforstarttask"
    )
    assert found[0].start_task_info
    assert found[0].start_task_info.state == "running"
    assert (await client.get_task("job", "t")).state == "active"
    executor.release.set()
    await completed(client, "t")
    (node,) = await nodes(client)
    assert node.start_task_info
    assert (node.start_task_info.state, node.start_task_info.exit_code) == ("completed", 0)
    environment = executor.launches[0].environment
    assert environment["A"] == "1"
    assert "AZ_BATCH_TASK_ID" not in environment
    assert executor.launches[0].root.name == "startup"


async def test_a_failing_start_task_is_tried_again_and_then_spoils_the_node(
    client: BatchClient, executor: FakeExecutor
) -> None:
    start = models.BatchStartTask(command_line="exit 7", max_task_retry_count=2)
    await client.create_pool(pool_options(target_dedicated_nodes=1, start_task=start))
    found = await until(
        lambda: nodes(client), lambda seen: seen and seen[0].state == "starttaskfailed"
    )
    info = found[0].start_task_info
    assert info
    assert (info.exit_code, info.retry_count, info.result) == (7, 2, "failure")
    assert info.failure_info
    assert info.failure_info.code == "FailureExitCode"
    assert len(executor.launches) == 3
    (counts,) = [one async for one in client.list_pool_node_counts()]
    assert counts.dedicated
    assert (counts.dedicated.start_task_failed, counts.dedicated.total) == (1, 1)
    failed = client.list_nodes("pool", filter="startTaskInfo/result eq 'failure'")
    assert len([node async for node in failed]) == 1


async def test_without_wait_for_success_tasks_run_at_once(client: BatchClient) -> None:
    start = models.BatchStartTask(command_line="wait", wait_for_success=False)
    await client.create_pool(pool_options(target_dedicated_nodes=1, start_task=start))
    await client.create_job(job_options())
    await client.create_task("job", task_options("t"))
    await completed(client, "t")


async def test_a_reboot_runs_the_start_task_again(
    client: BatchClient, executor: FakeExecutor, endpoint: str
) -> None:
    start = models.BatchStartTask(command_line="exit 0")
    await steady_pool(client, target_dedicated_nodes=1, start_task=start)
    (node,) = await nodes(client)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "wait"))
    await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
    answer = await ask(endpoint, "POST", f"/pools/pool/nodes/{node.id}/reboot")
    assert answer.status == 202

    async def seen() -> dict[str, Any]:
        found: dict[str, Any] = (await ask(endpoint, "GET", "/jobs/job/tasks/t")).json
        return found

    await until(seen, lambda task: task["executionInfo"]["requeueCount"] == 1)
    task = await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
    assert task.node_info
    assert task.node_info.node_id == node.id
    starts = [launch for launch in executor.launches if launch.root.name == "startup"]
    assert len(starts) >= 2


@pytest.mark.parametrize(
    ("option", "state", "result"),
    [("requeue", "active", None), ("terminate", "completed", "failure")],
)
async def test_disabling_scheduling_deals_with_tasks(
    client: BatchClient,
    executor: FakeExecutor,
    endpoint: str,
    option: str,
    state: str,
    result: str | None,
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    (node,) = await nodes(client)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "wait"))
    await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
    options = {"nodeDisableSchedulingOption": option}
    await ask(endpoint, "POST", f"/pools/pool/nodes/{node.id}/disablescheduling", options)
    offline = await until(
        lambda: client.get_node("pool", str(node.id)), lambda seen: seen.state == "offline"
    )
    assert offline.scheduling_state == "disabled"
    task = await client.get_task("job", "t")
    assert task.state == state
    assert task.execution_info
    assert task.execution_info.result == result
    await client.create_task("job", task_options("later"))
    assert (await client.get_task("job", "later")).state == "active"
    executor.release.set()
    await client.enable_node_scheduling("pool", str(node.id))
    await completed(client, "later")


async def test_scheduling_is_disabled_once(client: BatchClient, endpoint: str) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    (node,) = await nodes(client)
    path = f"/pools/pool/nodes/{node.id}"
    assert (await ask(endpoint, "POST", f"{path}/disablescheduling", {})).status == 200
    again = await ask(endpoint, "POST", f"{path}/disablescheduling", {})
    assert (again.status, again.code) == (409, "NodeAlreadyInTargetSchedulingState")
    assert (await ask(endpoint, "POST", f"{path}/enablescheduling")).status == 200
    again = await ask(endpoint, "POST", f"{path}/enablescheduling")
    assert (again.status, again.code) == (409, "NodeAlreadyInTargetSchedulingState")


async def test_recent_tasks_and_totals(client: BatchClient) -> None:
    await steady_pool(client, target_dedicated_nodes=1, task_slots_per_node=2)
    await client.create_job(job_options())
    await client.create_task("job", task_options("good"))
    await client.create_task("job", task_options("bad", "exit 1"))
    await completed(client, "good")
    await completed(client, "bad")
    await client.create_task("job", task_options("now", "wait"))
    await until(lambda: client.get_task("job", "now"), lambda task: task.state == "running")
    (node,) = await nodes(client)
    assert (node.total_tasks_run, node.total_tasks_succeeded) == (2, 1)
    assert (node.running_tasks_count, node.running_task_slots_count) == (1, 1)
    assert node.recent_tasks
    assert {task.task_id: task.task_state for task in node.recent_tasks} == {
        "now": "running",
        "bad": "completed",
        "good": "completed",
    }


async def test_the_environment_of_a_task(client: BatchClient, executor: FakeExecutor) -> None:
    await steady_pool(client, target_low_priority_nodes=1)
    (node,) = await nodes(client)
    common = [models.EnvironmentSetting(name=name, value="job") for name in ("A", "B")]
    await client.create_job(job_options(common_environment_settings=common))
    own = [models.EnvironmentSetting(name="B", value="task")]
    await client.create_task("job", task_options("t", environment_settings=own))
    await completed(client, "t")
    launch = executor.launches[-1]
    environment = launch.environment
    assert (environment["A"], environment["B"]) == ("job", "task")
    assert environment["AZ_BATCH_POOL_ID"] == "pool"
    assert environment["AZ_BATCH_NODE_ID"] == node.id
    assert environment["AZ_BATCH_NODE_IS_DEDICATED"] == "false"
    assert environment["AZ_BATCH_JOB_ID"] == "job"
    assert environment["AZ_BATCH_TASK_ID"] == "t"
    assert environment["AZ_BATCH_TASK_DIR"] == str(launch.root)
    assert environment["AZ_BATCH_TASK_WORKING_DIR"] == str(launch.root / "wd")
    home = launch.root.parents[3]
    assert environment["AZ_BATCH_NODE_ROOT_DIR"] == str(home)
    assert environment["AZ_BATCH_NODE_SHARED_DIR"] == str(home / "shared")
    assert (home / "volatile" / "startup").is_dir()
