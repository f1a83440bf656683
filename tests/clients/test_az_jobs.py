"""`az batch job` against a local account."""

import pytest
from azure.batch import BatchClient

from .az import Az, AzError
from .work import a_job, a_task, until, until_gone

pytestmark = pytest.mark.clients


def test_a_job_from_creation_to_deletion(az: Az, batch: BatchClient, pool: str) -> None:
    options = ("--priority", "5", "--metadata", "a=b", "--job-max-task-retry-count", "2")
    az("job", "create", "--id", "az-job", "--pool-id", pool, *options)
    shown = az("job", "show", "--job-id", "az-job")
    assert (shown["state"], shown["priority"], shown["poolInfo"]["poolId"]) == ("active", 5, pool)
    assert shown["constraints"]["maxTaskRetryCount"] == 2
    picked = az("job", "list", "--filter", "id eq 'az-job'", "--select", "id,state")
    assert picked == [{"id": "az-job", "state": "active"}]

    az("job", "stop", "--job-id", "az-job", "--terminate-reason", "enough")
    until(lambda: batch.get_job("az-job").state, lambda state: state == "completed")
    ended = az("job", "show", "--job-id", "az-job")["executionInfo"]
    assert ended["terminateReason"] == "enough"
    az("job", "delete", "--job-id", "az-job", "--yes")
    until_gone(lambda: batch.get_job("az-job"))


def test_stopping_a_job_without_a_reason(az: Az, batch: BatchClient, pool: str) -> None:
    a_job(batch, "az-stop", pool)
    az("job", "stop", "--job-id", "az-stop")
    job = until(lambda: batch.get_job("az-stop"), lambda job: job.state == "completed")
    assert job.execution_info is not None
    assert job.execution_info.termination_reason == "UserTerminate"


def test_disabling_and_enabling(az: Az, batch: BatchClient, pool: str) -> None:
    a_job(batch, "az-able", pool)
    az("job", "disable", "--job-id", "az-able", "--disable-tasks", "requeue")
    until(lambda: batch.get_job("az-able").state, lambda state: state == "disabled")
    az("job", "enable", "--job-id", "az-able")
    until(lambda: batch.get_job("az-able").state, lambda state: state == "active")


def test_changing_a_job(az: Az, batch: BatchClient, pool: str) -> None:
    a_job(batch, "az-change", pool)
    az("job", "set", "--job-id", "az-change", "--priority", "7")
    az("job", "set", "--job-id", "az-change", "--job-max-wall-clock-time", "P1D")
    shown = az("job", "show", "--job-id", "az-change")
    assert (shown["priority"], shown["constraints"]["maxWallClockTime"]) == (7, "P1D")


def test_task_counts(az: Az, batch: BatchClient, pool: str) -> None:
    a_job(batch, "az-counts", pool)
    a_task(batch, "az-counts", "good", "/bin/true")
    a_task(batch, "az-counts", "bad", "/bin/false")
    counted = az("job", "task-counts", "show", "--job-id", "az-counts")
    expected = {"active": 0, "running": 0, "completed": 2, "succeeded": 1, "failed": 1}
    assert (counted["taskCounts"], counted["taskSlotCounts"]) == (expected, expected)


def test_what_the_service_refuses(az: Az, batch: BatchClient, pool: str) -> None:
    a_job(batch, "az-plain", pool)
    with pytest.raises(AzError) as without:
        az("job", "prep-release-status", "list", "--job-id", "az-plain")
    assert without.value.code == "JobPreparationTaskOrReleaseTaskNotSpecified"
    with pytest.raises(AzError) as missing:
        az("job", "delete", "--job-id", "nowhere", "--yes")
    assert (missing.value.code, missing.value.exit_code) == ("JobNotFound", 3)
    with pytest.raises(AzError) as twice:
        az("job", "create", "--id", "az-plain", "--pool-id", pool)
    assert twice.value.code == "JobExists"


def test_resetting_a_job(az: Az, batch: BatchClient, pool: str) -> None:
    az("job", "create", "--id", "az-put", "--pool-id", pool, "--metadata", "a=b")
    az("job", "reset", "--job-id", "az-put", "--pool-id", pool, "--priority", "9")
    job = batch.get_job("az-put")
    assert (job.priority, job.metadata) == (9, None)


def test_preparation_and_release(az: Az, batch: BatchClient, pool: str) -> None:
    body = {
        "id": "az-prepared",
        "poolInfo": {"poolId": pool},
        "jobPreparationTask": {"commandLine": "/bin/true"},
        "jobReleaseTask": {"commandLine": "/bin/true"},
    }
    az("job", "create", "--json-file", az.write("job.json", body))
    status = ("job", "prep-release-status", "list", "--job-id", "az-prepared")
    assert az(*status) == []
    a_task(batch, "az-prepared", "one", "/bin/true")
    rows = az(*status)
    assert [row["jobPreparationTaskExecutionInfo"]["exitCode"] for row in rows] == [0]
