"""Jobs: their states, and what ends them."""

from datetime import timedelta
from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient
from azure.core.exceptions import HttpResponseError

from .batch import completed, job_options, steady_pool, task_options, until
from .fakes import FakeExecutor
from .wire import ask


async def state(client: BatchClient, wanted: str) -> models.BatchJob:
    return await until(lambda: client.get_job("job"), lambda job: job.state == wanted)


async def running(client: BatchClient, task_id: str) -> models.BatchTask:
    return await until(
        lambda: client.get_task("job", task_id), lambda task: task.state == "running"
    )


async def test_a_job_has_its_defaults(client: BatchClient, endpoint: str) -> None:
    await client.create_job(job_options())  # its pool need not exist
    job = (await ask(endpoint, "GET", "/jobs/JOB")).json
    assert job["priority"] == 0
    assert job["maxParallelTasks"] == -1
    assert job["usesTaskDependencies"] is False
    assert job["onAllTasksComplete"] == job["onTaskFailure"] == "noaction"
    assert job["constraints"] == {
        "maxWallClockTime": "P10675199DT2H48M5.4775807S",
        "maxTaskRetryCount": 0,
    }
    assert job["executionInfo"]["poolId"] == "pool"
    assert "previousState" not in job
    assert job["creationTime"] != job["lastModified"]  # the service takes a moment, too
    again = await ask(endpoint, "POST", "/jobs", {"id": "Job", "poolInfo": {"poolId": "p"}})
    assert (again.status, again.code) == (409, "JobExists")


async def test_patch_replaces_members_whole(client: BatchClient) -> None:
    constraints = models.BatchJobConstraints(
        max_wall_clock_time=timedelta(hours=1), max_task_retry_count=5
    )
    await client.create_job(job_options(constraints=constraints, priority=3))
    changed = models.BatchJobConstraints(max_wall_clock_time=timedelta(hours=2))
    await client.update_job("job", models.BatchJobUpdateOptions(constraints=changed))
    job = await client.get_job("job")
    assert job.constraints
    assert job.constraints.max_wall_clock_time == timedelta(hours=2)
    assert job.constraints.max_task_retry_count == 0
    assert job.priority == 3


@pytest.mark.parametrize(
    ("how", "task_state", "result"),
    [
        ("requeue", "active", None),
        ("terminate", "completed", "failure"),
        ("wait", "completed", "success"),
    ],
)
async def test_disabling_and_enabling(
    client: BatchClient, executor: FakeExecutor, how: str, task_state: str, result: str | None
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "wait"))
    await running(client, "t")
    await client.begin_disable_job("job", models.BatchJobDisableOptions(disable_tasks=how))
    if how == "wait":
        assert (await client.get_job("job")).state == "disabling"
        executor.release.set()
    job = await state(client, "disabled")
    assert job.previous_state == "active"
    task = await client.get_task("job", "t")
    assert task.state == task_state
    assert task.execution_info
    assert task.execution_info.result == result
    await client.create_task("job", task_options("later"))
    assert (await client.get_task("job", "later")).state == "active"
    executor.release.set()
    await client.begin_enable_job("job")
    job = await state(client, "active")
    assert job.previous_state == "disabled"
    await completed(client, "later")


async def test_terminating_leaves_waiting_tasks_active(client: BatchClient, endpoint: str) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    for name in ("a", "b"):
        await client.create_task("job", task_options(name, "wait"))
    await running(client, "a")
    await ask(endpoint, "POST", "/jobs/job/terminate", {"terminateReason": "enough"})
    job = await state(client, "completed")
    assert (job.state, job.previous_state) == ("completed", "active")
    assert job.execution_info
    assert job.execution_info.termination_reason == "enough"
    assert job.execution_info.end_time
    task = await client.get_task("job", "a")
    assert task.state == "completed"
    assert task.execution_info
    assert task.execution_info.exit_code is None
    assert task.execution_info.failure_info
    assert task.execution_info.failure_info.code == "TaskEnded"
    assert (await client.get_task("job", "b")).state == "active"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/jobs/job/tasks", {"id": "t", "commandLine": "x"}),
        ("POST", "/jobs/job/addtaskcollection", {"value": [{"id": "t", "commandLine": "x"}]}),
        ("POST", "/jobs/job/terminate", {}),
        ("POST", "/jobs/job/disable", {"disableTasks": "wait"}),
        ("POST", "/jobs/job/enable", None),
        ("PATCH", "/jobs/job", {"priority": 1}),
        ("POST", "/jobs", {"id": "job", "poolInfo": {"poolId": "p"}}),
    ],
)
async def test_a_completed_job_changes_no_more(
    client: BatchClient, endpoint: str, method: str, path: str, body: Any
) -> None:
    await client.create_job(job_options())
    assert (await ask(endpoint, "POST", "/jobs/job/terminate", {})).status == 202
    job = await state(client, "completed")
    assert job.execution_info
    assert job.execution_info.termination_reason == "UserTerminate"
    answer = await ask(endpoint, method, path, body)
    assert (answer.status, answer.code) == (409, "JobCompleted")


async def test_the_end_of_all_tasks_ends_the_job(client: BatchClient) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await client.create_tasks("job", [task_options(f"t{n}") for n in range(5)])
    options = models.BatchJobUpdateOptions(all_tasks_complete_mode="terminatejob")
    await client.update_job("job", options)
    job = await state(client, "completed")
    assert job.execution_info
    assert job.execution_info.termination_reason == "AllTasksComplete"
    assert (await client.get_job_task_counts("job")).task_counts.succeeded == 5


@pytest.mark.parametrize(
    ("action", "ends"), [("terminate", "completed"), ("disable", "disabled"), ("none", "active")]
)
async def test_a_task_s_failure_acts_on_the_job(
    client: BatchClient, action: str, ends: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options(task_failure_mode="performexitoptionsjobaction"))
    options = models.ExitOptions(job_action=action)
    conditions = models.ExitConditions(
        exit_codes=[models.ExitCodeMapping(code=3, exit_options=options)]
    )
    await client.create_task("job", task_options("good", exit_conditions=conditions))
    await completed(client, "good")
    assert (await client.get_job("job")).state == "active"
    await client.create_task("job", task_options("bad", "exit 3", exit_conditions=conditions))
    await completed(client, "bad")
    job = await state(client, ends)
    if ends == "completed":
        assert job.execution_info
        assert job.execution_info.termination_reason == "TaskFailed"


async def test_a_job_s_time_is_limited(client: BatchClient) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    limit = models.BatchJobConstraints(max_wall_clock_time=timedelta(seconds=0.2))
    await client.create_job(job_options(constraints=limit))
    await client.create_task("job", task_options("t", "wait"))
    job = await state(client, "completed")
    assert job.execution_info
    assert job.execution_info.termination_reason == "MaxWallClockTimeExpiry"
    assert (await client.get_task("job", "t")).state == "completed"


async def test_completed_jobs_are_listed_last(client: BatchClient, endpoint: str) -> None:
    for name in ("c", "A", "b"):
        await client.create_job(job_options(name))
    await ask(endpoint, "POST", "/jobs/A/terminate", {})
    await until(lambda: client.get_job("A"), lambda job: job.state == "completed")
    assert [job.id async for job in client.list_jobs()] == ["b", "c", "A"]
    pages = [
        [job.id async for job in page] async for page in client.list_jobs(max_results=1).by_page()
    ]
    assert pages == [["b"], ["c"], ["A"]]
    assert [job.id async for job in client.list_jobs(filter="state eq 'completed'")] == ["A"]
    in_pool = client.list_jobs(filter="executionInfo/poolId eq 'POOL'", select=["id"])
    assert len([job async for job in in_pool]) == 3


async def test_deleting_ends_its_tasks_and_removes_their_files(
    client: BatchClient, executor: FakeExecutor, endpoint: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "wait"))
    await running(client, "t")
    assert (await ask(endpoint, "DELETE", "/jobs/job")).status == 202
    seen = await ask(endpoint, "GET", "/jobs/job")
    if seen.status == 200:
        assert seen.json["state"] == "deleting"

    async def status() -> int:
        return (await ask(endpoint, "GET", "/jobs/job")).status

    await until(status, lambda found: found == 404)
    assert executor.ended == ["wait"]
    assert not executor.launches[0].root.exists()
    await client.create_job(job_options())
    assert [task.id async for task in client.list_tasks("job")] == []


async def test_what_this_account_cannot_do_is_refused_with_a_reason(client: BatchClient) -> None:
    network = models.BatchJobNetworkConfiguration(subnet_id="subnet", skip_withdraw_from_vnet=False)
    with pytest.raises(HttpResponseError) as caught:
        await client.create_job(job_options(network_configuration=network))
    assert caught.value.error
    assert caught.value.error.code == "UnsupportedProperty"


async def test_replacing_resets_what_is_not_named(client: BatchClient, endpoint: str) -> None:
    metadata = [models.BatchMetadataItem(name="a", value="b")]
    await client.create_job(job_options(priority=3, metadata=metadata, display_name="Mine"))
    body = {"poolInfo": {"poolId": "pool"}, "maxParallelTasks": 7}
    assert (await ask(endpoint, "PUT", "/jobs/job", body)).status == 200
    job = await client.get_job("job")
    assert (job.priority, job.max_parallel_tasks, job.metadata) == (0, 7, None)
    assert job.display_name == "Mine"
    missing = await ask(endpoint, "PUT", "/jobs/job", {"priority": 1})
    assert (missing.status, missing.code) == (400, "MissingRequiredProperty")
