"""A job's own tasks: its manager, and those that prepare nodes for it and clear them up."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from batchtui.local.agent.launch import Launch, Outcome
from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .batch import completed, job_options, nodes, steady_pool, task_options, until
from .conftest import connect
from .fakes import FakeExecutor
from .wire import ask

Status = models.BatchJobPreparationAndReleaseTaskStatus


def manager(command: str = "wait", **more: Any) -> models.BatchJobManagerTask:
    return models.BatchJobManagerTask(id="boss", command_line=command, **more)


def prepared(command: str = "exit 0", **more: Any) -> models.BatchJobCreateOptions:
    preparation = models.BatchJobPreparationTask(command_line=command, **more)
    return job_options(job_preparation_task=preparation)


async def statuses(client: BatchClient) -> list[Status]:
    listed = client.list_job_preparation_and_release_task_status("job")
    return [status async for status in listed]


async def in_state(client: BatchClient, task_id: str, state: str) -> models.BatchTask:
    return await until(lambda: client.get_task("job", task_id), lambda task: task.state == state)


async def over(client: BatchClient) -> models.BatchJob:
    return await until(lambda: client.get_job("job"), lambda job: job.state == "completed")


async def test_a_job_ends_with_its_manager(client: BatchClient, executor: FakeExecutor) -> None:
    await steady_pool(client, target_dedicated_nodes=2)
    await client.create_job(job_options(job_manager_task=manager()))
    await client.create_task("job", task_options("t", "wait"))
    boss = await in_state(client, "boss", "running")
    await in_state(client, "t", "running")
    assert boss.constraints
    assert executor.launches[0].environment["AZ_BATCH_TASK_ID"] == "boss"
    await client.terminate_task("job", "boss")
    job = await over(client)
    assert job.execution_info
    assert job.execution_info.termination_reason == "JMComplete"
    other = await client.get_task("job", "t")
    assert other.execution_info
    assert other.execution_info.failure_info
    assert other.execution_info.failure_info.code == "TaskEnded"


async def test_a_job_may_outlive_its_manager(client: BatchClient, endpoint: str) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    boss = manager("exit 1", kill_job_on_completion=False)
    constraints = models.BatchJobConstraints(max_task_retry_count=2)
    await client.create_job(job_options(job_manager_task=boss, constraints=constraints))
    task = await completed(client, "boss")
    assert task.execution_info
    assert task.execution_info.retry_count == 2  # as many as the job allows
    assert (await client.get_job("job")).state == "active"
    shown = (await ask(endpoint, "GET", "/jobs/job")).json["jobManagerTask"]
    assert shown["constraints"]["maxTaskRetryCount"] == 2
    assert (shown["runExclusive"], shown["allowLowPriorityNode"]) == (True, True)
    assert shown["killJobOnCompletion"] is False


async def test_a_manager_has_its_node_for_itself(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await steady_pool(client, target_dedicated_nodes=1, task_slots_per_node=4)
    await client.create_job(job_options(job_manager_task=manager()))
    await in_state(client, "boss", "running")
    await client.create_task("job", task_options("t"))
    await client.create_job(
        job_options("other", job_manager_task=manager(run_exclusive=False, required_slots=2))
    )
    (node,) = await nodes(client)
    assert (node.running_tasks_count, node.running_task_slots_count) == (1, 4)
    assert (await client.get_task("job", "t")).state == "active"
    executor.release.set()
    await completed(client, "boss", "other")


async def test_a_manager_may_keep_away_from_spot_nodes(client: BatchClient) -> None:
    await steady_pool(client, target_low_priority_nodes=1)
    boss = manager("exit 0", allow_low_priority_node=False, kill_job_on_completion=False)
    await client.create_job(job_options(job_manager_task=boss))
    await client.create_task("job", task_options("t"))
    await completed(client, "t")
    assert (await client.get_task("job", "boss")).state == "active"


async def test_a_node_is_prepared_once(client: BatchClient, executor: FakeExecutor) -> None:
    await steady_pool(client, target_dedicated_nodes=1, task_slots_per_node=2)
    await client.create_job(prepared("wait prepare"))
    assert await statuses(client) == []
    await client.create_tasks("job", [task_options("a"), task_options("b")])
    task = await in_state(client, "a", "preparing")
    await in_state(client, "b", "preparing")
    assert task.node_info
    assert task.node_info.node_id
    assert task.node_info.task_root_directory is None
    counts = (await client.get_job_task_counts("job")).task_counts
    assert (counts.active, counts.running) == (0, 2)
    executor.release.set()
    task = await completed(client, "a")
    assert task.previous_state == "running"
    await completed(client, "b")
    await client.create_task("job", task_options("c"))
    await completed(client, "c")
    commands = [launch.command_line for launch in executor.launches]
    assert commands == ["wait prepare", "exit 0", "exit 0", "exit 0"]
    first, last = executor.launches[0], executor.launches[-1]
    assert first.environment["AZ_BATCH_TASK_ID"] == "jobpreparation"
    assert last.environment["AZ_BATCH_JOB_PREP_DIR"] == str(first.root)
    assert last.environment["AZ_BATCH_JOB_PREP_WORKING_DIR"] == str(first.root / "wd")
    (status,) = await statuses(client)
    info = status.job_preparation_task_execution_info
    assert info
    assert (info.state, info.result, info.exit_code) == ("completed", "success", 0)
    assert info.task_root_directory == "workitems/job/job-1/jobpreparation"
    assert status.job_release_task_execution_info is None


async def test_where_preparation_fails_no_task_runs(
    client: BatchClient, executor: FakeExecutor, endpoint: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    constraints = models.BatchTaskConstraints(max_task_retry_count=1)
    await client.create_job(prepared("exit 3", constraints=constraints))
    await client.create_task("job", task_options("t", "wait"))
    (status,) = await until(lambda: statuses(client), lambda found: found and ended(found[0]))
    info = status.job_preparation_task_execution_info
    assert info
    assert (info.result, info.exit_code, info.retry_count) == ("failure", 3, 1)
    task = await in_state(client, "t", "active")
    assert task.execution_info
    assert (task.execution_info.retry_count, task.execution_info.requeue_count) == (0, 0)
    (node,) = await nodes(client)
    assert node.state == "idle"
    # Other jobs run there, and a new node is a new chance.
    await client.create_job(job_options("other"))
    await client.create_task("other", task_options("t"))
    await completed(client, "t", "other")
    assert len(executor.launches) == 3
    failed = "$filter=jobPreparationTaskExecutionInfo/exitCode%20eq%203"
    path = "/jobs/job/jobpreparationandreleasetaskstatus"
    assert len((await ask(endpoint, "GET", f"{path}?{failed}")).json["value"]) == 1
    assert len((await ask(endpoint, "GET", f"{path}?{failed[:-1]}0")).json["value"]) == 0


def ended(status: Status) -> bool:
    info = status.job_preparation_task_execution_info
    return info is not None and info.state == "completed"


async def test_tasks_need_not_wait_for_the_preparation(
    client: BatchClient, endpoint: str, executor: FakeExecutor
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(prepared("wait", wait_for_success=False))
    await client.create_task("job", task_options("t"))
    await completed(client, "t")
    (status,) = await statuses(client)
    assert not ended(status)
    await ask(endpoint, "POST", "/jobs/job/terminate")
    await over(client)
    assert executor.ended.count("wait") == 1


@pytest.mark.parametrize(("again", "times"), [(True, 2), (False, 1)])
async def test_preparing_again_after_a_reboot(
    client: BatchClient, endpoint: str, executor: FakeExecutor, again: bool, times: int
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(prepared("prepare", rerun_on_node_reboot_after_success=again))
    await client.create_task("job", task_options("a"))
    await completed(client, "a")
    (node,) = await nodes(client)
    await ask(endpoint, "POST", f"/pools/pool/nodes/{node.id}/reboot")
    await until(lambda: nodes(client), lambda found: found[0].state == "idle")
    await client.create_task("job", task_options("b"))
    await completed(client, "b")
    commands = [launch.command_line for launch in executor.launches]
    assert commands.count("prepare") == times


async def test_nodes_are_released_at_the_end(
    client: BatchClient, endpoint: str, executor: FakeExecutor
) -> None:
    await steady_pool(client, target_dedicated_nodes=2)
    options = prepared()
    options.job_release_task = models.BatchJobReleaseTask(command_line="wait release")
    await client.create_job(options)
    await client.create_task("job", task_options("t"))
    task = await completed(client, "t")
    await ask(endpoint, "POST", "/jobs/job/terminate")
    (status,) = await until(
        lambda: statuses(client), lambda found: found[0].job_release_task_execution_info
    )
    assert task.node_info
    assert status.node_id == task.node_info.node_id  # and not on the other node
    assert (await client.get_job("job")).state == "terminating"
    (node,) = [node for node in await nodes(client) if node.id == status.node_id]
    assert node.state == "idle"  # it holds no slot
    executor.release.set()
    await over(client)
    (status,) = await statuses(client)
    info = status.job_release_task_execution_info
    assert info
    assert (info.state, info.result) == ("completed", "success")
    assert executor.launches[-1].environment["AZ_BATCH_TASK_ID"] == "jobrelease"
    await (await client.begin_delete_job("job", polling_interval=0)).result()
    commands = [launch.command_line for launch in executor.launches]
    assert commands.count("wait release") == 1


async def test_a_release_begins_again_after_a_restart(settings: Settings) -> None:
    options = prepared(rerun_on_node_reboot_after_success=False)
    options.job_release_task = models.BatchJobReleaseTask(command_line="wait release")
    before, after = FakeExecutor(), FakeExecutor()
    after.release.set()
    async with serve(settings, executor=before) as endpoint, connect(endpoint) as client:
        await steady_pool(client, target_dedicated_nodes=1)
        await client.create_job(options)
        await client.create_task("job", task_options("t"))
        await completed(client, "t")
        await ask(endpoint, "POST", "/jobs/job/terminate")
        await until(lambda: statuses(client), lambda found: len(before.launches) == 3)
    async with serve(settings, executor=after) as endpoint, connect(endpoint) as client:
        await over(client)
        (status,) = await statuses(client)
        assert status.job_release_task_execution_info
        assert status.job_release_task_execution_info.state == "completed"
    assert [launch.command_line for launch in after.launches] == ["wait release"]


async def test_removing_a_node_ends_its_preparation(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(prepared("wait"))
    await client.create_task("job", task_options("t"))
    await in_state(client, "t", "preparing")
    (node,) = await nodes(client)
    await client.begin_remove_nodes("pool", models.BatchNodeRemoveOptions(node_ids=[str(node.id)]))
    await until(lambda: nodes(client), lambda found: not found)
    assert (await client.get_task("job", "t")).state == "active"
    assert executor.ended == ["wait"]


async def test_nobody_waiting_ends_a_preparation(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await steady_pool(client, target_dedicated_nodes=1, task_slots_per_node=2)
    await client.create_job(prepared("wait"))
    await client.create_tasks("job", [task_options("a"), task_options("b")])
    for task in ("a", "b"):
        await in_state(client, task, "preparing")
    await client.terminate_task("job", "a")
    await until(lambda: nodes(client), lambda found: found[0].running_tasks_count == 1)
    assert executor.ended == []
    await client.terminate_task("job", "b")
    await until(lambda: nodes(client), lambda found: found[0].state == "idle")
    assert executor.ended == ["wait"]


async def test_a_node_with_a_new_disk_is_prepared_again(
    client: BatchClient, endpoint: str, executor: FakeExecutor
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(prepared("exit 1", rerun_on_node_reboot_after_success=False))
    await client.create_task("job", task_options("t"))
    await until(lambda: statuses(client), lambda found: found and ended(found[0]))
    (node,) = await nodes(client)
    await ask(endpoint, "POST", f"/pools/pool/nodes/{node.id}/reimage")
    await until(lambda: statuses(client), lambda found: len(executor.launches) == 2)
    assert [launch.command_line for launch in executor.launches] == ["exit 1"] * 2


async def test_deleting_an_active_job_releases_its_nodes(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    options = prepared()
    options.job_release_task = models.BatchJobReleaseTask(command_line="release")
    await client.create_job(options)
    await client.create_task("job", task_options("t"))
    await completed(client, "t")
    await (await client.begin_delete_job("job", polling_interval=0)).result()
    assert [launch.command_line for launch in executor.launches] == ["exit 0"] * 2 + ["release"]


async def test_a_node_is_released_once_whatever_happens_elsewhere(settings: Settings) -> None:
    options = prepared()
    options.job_release_task = models.BatchJobReleaseTask(command_line="wait release")
    before, after = OneThenWait(), FakeExecutor()
    after.release.set()
    async with serve(settings, executor=before) as endpoint, connect(endpoint) as client:
        await steady_pool(client, target_dedicated_nodes=2)
        await client.create_job(options)
        await client.create_tasks("job", [task_options("a", "pair"), task_options("b", "pair")])
        for task in ("a", "b"):
            await completed(client, task)
        await ask(endpoint, "POST", "/jobs/job/terminate")
        await until(lambda: statuses(client), lambda found: any(map(released, found)))
    async with serve(settings, executor=after) as endpoint, connect(endpoint) as client:
        await over(client)
        assert all(map(released, await statuses(client)))
    assert [launch.command_line for launch in after.launches] == ["wait release"]


def released(status: Status) -> bool:
    info = status.job_release_task_execution_info
    return info is not None and info.state == "completed"


class OneThenWait(FakeExecutor):
    """Two `pair`s end together, on two nodes; the first to `wait` need not."""

    def __init__(self) -> None:
        super().__init__()
        self._pair = asyncio.Barrier(2)
        self._first = True

    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        if launch.command_line == "pair":
            await self._pair.wait()
        elif launch.command_line.startswith("wait") and self._first:
            self._first = False
            launch = replace(launch, command_line="exit 0")
        return await super().run(launch, running=running)


async def test_ids_and_pairs_are_checked(client: BatchClient, endpoint: str) -> None:
    release = {"commandLine": "x"}
    body: dict[str, object] = {"id": "job", "poolInfo": {"poolId": "p"}, "jobReleaseTask": release}
    answer = await ask(endpoint, "POST", "/jobs", body)
    assert (answer.status, answer.code) == (400, "InvalidPropertyValue")
    body["jobPreparationTask"] = {"commandLine": "x"}
    assert (await ask(endpoint, "POST", "/jobs", body)).status == 201
    for task, code in (("jobpreparation", "JobPreparation"), ("JobRelease", "JobRelease")):
        answer = await ask(endpoint, "POST", "/jobs/job/tasks", {"id": task, "commandLine": "x"})
        assert (answer.status, answer.code) == (409, f"TaskIdSameAs{code}Task")
    job = (await ask(endpoint, "GET", "/jobs/job")).json
    assert job["jobReleaseTask"]["maxWallClockTime"] == "PT15M"
    assert job["jobPreparationTask"]["rerunOnNodeRebootAfterSuccess"] is True
    longer = {"commandLine": "x", "maxWallClockTime": "PT16M"}
    answer = await ask(endpoint, "POST", "/jobs", {**body, "id": "k", "jobReleaseTask": longer})
    assert answer.value("PropertyName") == "maxWallClockTime"
