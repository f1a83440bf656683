"""`az batch task` against a local account. `task file show` is left out: whatever the service
answers, the CLI itself fails on it.
"""

from pathlib import Path

import pytest
from azure.batch import BatchClient, models

from .az import Az, AzError
from .work import a_job, a_task, until

pytestmark = pytest.mark.clients

HELLO = "/bin/sh -c 'echo hello $NAME; echo trouble >&2; echo kept > kept.txt'"


def test_a_task_from_creation_to_deletion(az: Az, batch: BatchClient, pool: str) -> None:
    a_job(batch, "az-one", pool)
    this = ("--job-id", "az-one", "--task-id", "t")
    options = ("--environment-settings", "NAME=you", "--max-task-retry-count", "1")
    az("task", "create", *this, "--command-line", HELLO, *options, "--retention-time", "P1D")
    until(lambda: batch.get_task("az-one", "t").state, lambda state: state == "completed")

    shown = az("task", "show", *this)
    assert shown["executionInfo"]["exitCode"] == 0
    limits = shown["constraints"]
    assert (limits["maxTaskRetryCount"], limits["retentionTime"]) == (1, "P1D")
    listed = ("--filter", "state eq 'completed'", "--select", "id,state")
    assert az("task", "list", "--job-id", "az-one", *listed) == [{"id": "t", "state": "completed"}]
    assert az("task", "subtask", "list", *this) == []

    az("task", "delete", *this, "--yes")
    with pytest.raises(AzError) as gone:
        az("task", "show", *this)
    assert (gone.value.code, gone.value.exit_code) == ("TaskNotFound", 3)


def test_the_files_of_a_task(az: Az, batch: BatchClient, pool: str) -> None:
    a_job(batch, "az-files", pool)
    a_task(batch, "az-files", "t", HELLO)
    this = ("--job-id", "az-files", "--task-id", "t")
    names = {file["name"] for file in az("task", "file", "list", *this, "--recursive")}
    assert {"stdout.txt", "stderr.txt", "wd", "wd/kept.txt"} <= names

    assert download(az, *this, "--file-path", "wd/kept.txt") == "kept\n"
    part = ("--start-range", "1", "--end-range", "3")
    assert download(az, *this, "--file-path", "stderr.txt", *part) == "rou"
    az("task", "file", "delete", *this, "--file-path", "wd/kept.txt", "--yes")
    with pytest.raises(AzError) as gone:
        download(az, *this, "--file-path", "wd/kept.txt")
    assert gone.value.exit_code == 3


def download(az: Az, *command: str) -> str:
    """What a file of a task holds."""
    target = Path(az.home, "downloaded")
    target.unlink(missing_ok=True)
    az("task", "file", "download", *command, "--destination", str(target))
    return target.read_text()


def test_many_tasks_from_a_file(az: Az, batch: BatchClient, pool: str) -> None:
    """More than one request takes; the CLI cuts the list by itself."""
    a_job(batch, "az-many", pool)
    tasks: list[dict[str, object]] = [
        {"id": f"t{number:03}", "commandLine": "/bin/true"} for number in range(120)
    ]
    tasks[0]["constraints"] = {"maxTaskRetryCount": "2"}
    made = az("task", "create", "--job-id", "az-many", "--json-file", az.write("t.json", tasks))
    assert {result["status"] for result in made} == {"Success"}
    assert {result["taskId"] for result in made} == {task["id"] for task in tasks}
    until(
        lambda: batch.get_job_task_counts("az-many").task_counts.succeeded,
        lambda count: count == 120,
    )
    constraints = batch.get_task("az-many", "t000").constraints
    assert constraints is not None
    assert constraints.max_task_retry_count == 2


def test_stopping_changing_and_reactivating(az: Az, batch: BatchClient, pool: str) -> None:
    a_job(batch, "az-change-task", pool)
    this = ("--job-id", "az-change-task", "--task-id", "t")
    sleeper = models.BatchTaskCreateOptions(id="t", command_line="/bin/sleep 600")
    batch.create_task("az-change-task", sleeper)

    def state() -> str | None:
        return batch.get_task("az-change-task", "t").state

    until(state, lambda seen: seen == "running")
    az("task", "reset", *this, "--max-task-retry-count", "3")
    assert az("task", "show", *this)["constraints"]["maxTaskRetryCount"] == 3
    az("task", "stop", *this)
    ended = az("task", "show", *this)
    failure = ended["executionInfo"]["failureInfo"]
    assert (ended["state"], failure["code"]) == ("completed", "TaskEnded")
    az("task", "reactivate", *this)
    until(state, lambda seen: seen == "running")
    az("task", "stop", *this)


def test_what_the_service_refuses(az: Az, batch: BatchClient, pool: str) -> None:
    a_job(batch, "az-refuse", pool)
    a_task(batch, "az-refuse", "t", "/bin/true")
    this = ("--job-id", "az-refuse", "--task-id", "t")
    with pytest.raises(AzError) as ended:
        az("task", "stop", *this)
    assert ended.value.code == "TaskCompleted"
    with pytest.raises(AzError) as good:
        az("task", "reactivate", *this)
    assert good.value.code == "TaskSucceeded"
    with pytest.raises(AzError) as twice:
        az("task", "create", *this, "--command-line", "/bin/true")
    assert twice.value.code == "TaskExists"
