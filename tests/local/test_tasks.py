"""Tasks: how they run, fail, are tried again, ended and removed."""

from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from .batch import completed, job_options, nodes, steady_pool, task_options, until
from .fakes import FakeExecutor
from .wire import ask


async def running(client: BatchClient, task_id: str) -> models.BatchTask:
    return await until(
        lambda: client.get_task("job", task_id), lambda task: task.state == "running"
    )


@pytest.fixture
async def job(client: BatchClient) -> BatchClient:
    """A client whose account has an idle pool of one node and a job on it."""
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    return client


async def test_a_task_has_its_defaults(client: BatchClient, endpoint: str) -> None:
    constraints = models.BatchJobConstraints(max_task_retry_count=4)
    await client.create_job(job_options(constraints=constraints))
    await client.create_task("job", task_options("t"))
    task = (await ask(endpoint, "GET", "/jobs/job/tasks/T")).json
    assert task["constraints"] == {
        "maxWallClockTime": "P10675199DT2H48M5.4775807S",
        "retentionTime": "P7D",
        "maxTaskRetryCount": 4,
    }
    assert task["userIdentity"] == {"autoUser": {"scope": "pool", "elevationLevel": "nonadmin"}}
    assert task["requiredSlots"] == 1
    assert task["executionInfo"] == {"retryCount": 0, "requeueCount": 0}
    assert task["state"] == "active"
    assert task["creationTime"] == task["lastModified"] == task["stateTransitionTime"]
    assert not {"nodeInfo", "previousState", "exitConditions"} & task.keys()


async def test_a_run_does_not_move_the_etag(job: BatchClient) -> None:
    await job.create_task("job", task_options("t", "wait"))
    before = await running(job, "t")
    assert before.previous_state == "active"
    assert before.execution_info
    assert before.execution_info.start_time
    assert before.execution_info.exit_code is None
    await job.terminate_task("job", "t")
    after = await job.get_task("job", "t")
    assert (after.state, after.previous_state) == ("completed", "running")
    assert after.etag != before.etag  # a client's own doing moves it
    await job.create_task("job", task_options("u"))
    first = (await job.get_task("job", "u")).etag
    assert (await completed(job, "u")).etag == first


@pytest.mark.parametrize(("most", "runs"), [(0, 1), (2, 3)])
async def test_failures_are_tried_again(
    job: BatchClient, executor: FakeExecutor, most: int, runs: int
) -> None:
    constraints = models.BatchTaskConstraints(max_task_retry_count=most)
    await job.create_task("job", task_options("t", "exit 9", constraints=constraints))
    task = await completed(job, "t")
    assert len(executor.launches) == runs
    assert task.execution_info
    assert (task.execution_info.exit_code, task.execution_info.retry_count) == (9, most)
    assert (task.execution_info.last_retry_time is not None) == bool(most)
    assert task.execution_info.result == "failure"


async def test_a_missing_program_is_not_tried_again(
    job: BatchClient, executor: FakeExecutor
) -> None:
    constraints = models.BatchTaskConstraints(max_task_retry_count=-1)
    await job.create_task("job", task_options("t", "missing", constraints=constraints))
    task = await completed(job, "t")
    assert len(executor.launches) == 1
    assert task.execution_info
    assert task.execution_info.exit_code is None
    assert task.execution_info.failure_info
    assert task.execution_info.failure_info.code == "CommandProgramNotFound"


async def test_unlimited_retries_go_on_until_ended(
    job: BatchClient, executor: FakeExecutor
) -> None:
    constraints = models.BatchTaskConstraints(max_task_retry_count=-1)
    await job.create_task("job", task_options("t", "exit 1", constraints=constraints))

    async def launched() -> int:
        return len(executor.launches)

    await until(launched, lambda number: number > 5)
    await job.terminate_task("job", "t")
    assert (await job.get_task("job", "t")).state == "completed"


async def test_a_task_can_be_ended_before_it_runs(client: BatchClient, endpoint: str) -> None:
    await client.create_job(job_options())
    await client.create_task("job", task_options("t"))
    assert (await ask(endpoint, "POST", "/jobs/job/tasks/t/terminate")).status == 204
    task = (await ask(endpoint, "GET", "/jobs/job/tasks/t")).json
    assert task["nodeInfo"] == {}
    info = task["executionInfo"]
    assert set(info) == {"endTime", "failureInfo", "result", "retryCount", "requeueCount"}
    assert info["failureInfo"]["code"] == "TaskEnded"
    assert "details" not in info["failureInfo"]
    again = await ask(endpoint, "POST", "/jobs/job/tasks/t/terminate")
    assert (again.status, again.code) == (409, "TaskCompleted")


async def test_reactivating(job: BatchClient, endpoint: str, executor: FakeExecutor) -> None:
    await job.create_task("job", task_options("bad", "exit 1"))
    await job.create_task("job", task_options("good"))
    await completed(job, "bad")
    await completed(job, "good")
    refused = await ask(endpoint, "POST", "/jobs/job/tasks/good/reactivate")
    assert (refused.status, refused.code) == (409, "TaskSucceeded")
    await ask(endpoint, "POST", "/jobs/job/disable", {"disableTasks": "wait"})
    answer = await ask(endpoint, "POST", "/jobs/job/tasks/bad/reactivate")
    assert (answer.status, answer.text) == (204, "")
    assert "dataserviceid" not in answer.headers
    plain = (await ask(endpoint, "GET", "/jobs/job/tasks/bad")).json
    assert (plain["state"], plain["previousState"]) == ("active", "completed")
    assert plain["executionInfo"] == {"retryCount": 0, "requeueCount": 0}
    await job.begin_enable_job("job")

    async def ran() -> int:
        return sum(launch.command_line == "exit 1" for launch in executor.launches)

    await until(ran, lambda number: number == 2)
    task = await completed(job, "bad")
    assert task.execution_info
    assert task.execution_info.retry_count == 0


async def test_deleting_a_running_task_ends_it(job: BatchClient, executor: FakeExecutor) -> None:
    await job.create_task("job", task_options("t", "wait"))
    await running(job, "t")
    await job.delete_task("job", "t")
    counts = (await job.get_job_task_counts("job")).task_counts
    assert (counts.running, counts.completed) == (0, 0)
    await job.create_task("job", task_options("t"))
    await completed(job, "t")
    assert executor.ended == ["wait", "exit 0"]


async def test_replacing_sets_constraints_only(job: BatchClient, endpoint: str) -> None:
    await job.create_task("job", task_options("t", "wait"))
    body = {"constraints": {"maxTaskRetryCount": 3, "retentionTime": "P1D"}}
    assert (await ask(endpoint, "PUT", "/jobs/job/tasks/t", body)).status == 200
    task = await job.get_task("job", "t")
    assert task.constraints
    assert task.constraints.max_task_retry_count == 3
    assert task.command_line == "wait"
    assert task.state in ("active", "running")


async def test_a_collection_answers_for_each_task(client: BatchClient, endpoint: str) -> None:
    await client.create_job(job_options())
    await client.create_task("job", task_options("there"))
    body = {
        "value": [
            {"id": "new", "commandLine": "x"},
            {"id": "THERE", "commandLine": "x"},
            {"id": "wrong id", "commandLine": "x"},
        ]
    }
    answer = await ask(endpoint, "POST", "/jobs/job/addtaskcollection", body)
    assert answer.status == 200
    results = {result["taskId"]: result for result in answer.json["value"]}
    assert results["new"]["status"] == "Success"
    assert results["new"]["location"] == f"{endpoint}/jobs/job/tasks/new"
    assert results["THERE"]["error"]["code"] == "TaskExists"
    assert results["wrong id"]["status"] == "ClientError"
    assert results["wrong id"]["error"]["values"][0]["value"] == "id"
    assert (await client.get_job_task_counts("job")).task_counts.active == 2


async def test_a_collection_has_at_most_100(client: BatchClient, endpoint: str) -> None:
    await client.create_job(job_options())
    body = {"value": [{"id": f"t{n}", "commandLine": "x"} for n in range(101)]}
    answer = await ask(endpoint, "POST", "/jobs/job/addtaskcollection", body)
    assert (answer.status, answer.code) == (400, "InvalidPropertyValue")
    await client.create_tasks("job", [task_options(f"t{n}") for n in range(250)])
    assert (await client.get_job_task_counts("job")).task_counts.active == 250


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"resourceFiles": [{"filePath": "a"}]}, "InvalidPropertyValue"),
        ({"resourceFiles": [{"httpUrl": "http://x/a"}]}, "InvalidPropertyValue"),
        (
            {"resourceFiles": [{"httpUrl": "http://x/a", "filePath": "../a"}]},
            "InvalidPropertyValue",
        ),
        ({"resourceFiles": [{"autoStorageContainerName": "a"}]}, "UnsupportedProperty"),
        ({"containerSettings": {"imageName": "a"}}, "UnsupportedProperty"),
        ({"multiInstanceSettings": {"numberOfInstances": 2}}, "MissingRequiredProperty"),
        ({"dependsOn": {"taskIds": ["a"]}}, "TaskDependenciesNotSpecifiedOnJob"),
        ({"requiredSlots": 0}, "InvalidPropertyValue"),
        (
            {"exitConditions": {"default": {"jobAction": "terminate"}}},
            "InvalidPropertyValue",
        ),
        ({"outputFiles": [{}]}, "MissingRequiredProperty"),
    ],
)
async def test_a_wrong_task_is_refused(
    client: BatchClient, endpoint: str, more: dict[str, Any], code: str
) -> None:
    await client.create_job(job_options())
    body = {"id": "t", "commandLine": "x", **more}
    answer = await ask(endpoint, "POST", "/jobs/job/tasks", body)
    assert (answer.status, answer.code) == (400, code)


async def test_what_was_sent_comes_back(client: BatchClient, endpoint: str) -> None:
    await client.create_job(job_options())
    sas = "http://127.0.0.1:1/c?sig=abc"
    body = {
        "id": "t",
        "displayName": "A task",
        "commandLine": "x",
        "resourceFiles": [{"httpUrl": sas, "filePath": "a"}],
        "outputFiles": [
            {
                "filePattern": "*",
                "destination": {"container": {"containerUrl": sas}},
                "uploadOptions": {"uploadCondition": "tasksuccess"},
            }
        ],
        "affinityInfo": {"affinityId": "TVM:x"},
    }
    assert (await ask(endpoint, "POST", "/jobs/job/tasks", body)).status == 201
    task = (await ask(endpoint, "GET", "/jobs/job/tasks/t")).json
    assert task["displayName"] == "A task"
    assert task["resourceFiles"] == body["resourceFiles"]
    assert task["outputFiles"][0]["destination"] == {"container": {"containerUrl": sas}}
    assert task["outputFiles"][0]["uploadOptions"] == {"uploadCondition": "TaskSuccess"}


async def test_slots_are_never_used_twice(client: BatchClient, executor: FakeExecutor) -> None:
    await steady_pool(client, target_dedicated_nodes=2, task_slots_per_node=4)
    await client.create_job(job_options())
    for name, slots in (("a", 3), ("b", 3), ("c", 2), ("d", 1), ("e", 1), ("huge", 5)):
        await client.create_task("job", task_options(name, "wait", required_slots=slots))
    counts = await until(
        lambda: client.get_job_task_counts("job"), lambda seen: seen.task_counts.running == 4
    )
    assert counts.task_slot_counts.running == 8
    states = {task.id: task.state async for task in client.list_tasks("job")}
    assert states["c"] == states["huge"] == "active"
    assert [node.running_task_slots_count for node in await nodes(client)] == [4, 4]
    executor.release.set()
    await completed(client, "c")
    assert (await client.get_task("job", "huge")).state == "active"
    await client.create_task("job", task_options("whole", required_slots=4))
    await completed(client, "whole")


@pytest.mark.parametrize(("fill", "used"), [("spread", [2, 2]), ("pack", [0, 4])])
async def test_spread_and_pack(client: BatchClient, fill: str, used: list[int]) -> None:
    policy = models.BatchTaskSchedulingPolicy(node_fill_type=fill)
    await steady_pool(
        client, target_dedicated_nodes=2, task_slots_per_node=4, task_scheduling_policy=policy
    )
    await client.create_job(job_options())
    await client.create_tasks("job", [task_options(f"t{n}", "wait") for n in range(4)])
    found = await until(
        lambda: nodes(client), lambda seen: sum(n.running_tasks_count or 0 for n in seen) == 4
    )
    assert sorted(node.running_tasks_count or 0 for node in found) == used


async def test_priority_decides_which_job_goes_first(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await client.create_job(job_options("low", priority=-5))
    await client.create_job(job_options("high", priority=5))
    for name in ("low", "high"):
        for number in range(3):
            await client.create_task(name, task_options(f"{name}{number}"))
    await steady_pool(client, target_dedicated_nodes=1)
    await until(
        lambda: client.get_job_task_counts("low"), lambda seen: seen.task_counts.completed == 3
    )
    order = [launch.root.name for launch in executor.launches]
    assert order == ["high0", "high1", "high2", "low0", "low1", "low2"]


async def test_parallel_tasks_of_a_job_are_limited(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await steady_pool(client, target_dedicated_nodes=4)
    await client.create_job(job_options(max_parallel_tasks=2))
    await client.create_tasks("job", [task_options(f"t{n}", "wait") for n in range(4)])
    counts = await until(
        lambda: client.get_job_task_counts("job"), lambda seen: seen.task_counts.running == 2
    )
    assert counts.task_counts.active == 2
    assert sum(node.running_tasks_count or 0 for node in await nodes(client)) == 2
    executor.release.set()
    await until(
        lambda: client.get_job_task_counts("job"), lambda seen: seen.task_counts.completed == 4
    )


async def test_filters_on_tasks(job: BatchClient) -> None:
    await job.create_task("job", task_options("good"))
    await job.create_task("job", task_options("bad", "exit 4"))
    await completed(job, "good")
    bad = await completed(job, "bad")

    async def found(text: str) -> list[str | None]:
        return [task.id async for task in job.list_tasks("job", filter=text)]

    assert await found("executionInfo/exitCode eq 4") == ["bad"]
    assert await found("executionInfo/result eq 'success'") == ["good"]
    assert await found("state eq 'completed' and startswith(id, 'G')") == ["good"]
    assert await found("state eq 'active'") == []
    assert bad.state_transition_time
    time = bad.state_transition_time.isoformat()
    assert "bad" in await found(f"stateTransitionTime ge DateTime'{time}'")
    assert await found("stateTransitionTime gt DateTime'2999-01-01T00:00:00Z'") == []
