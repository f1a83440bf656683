"""Ours against what the real service answered: members, and the form of their values.

The recordings lie beside the project; where they do not, these tests are skipped.
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient

from .batch import completed, job_options, nodes, pool_options, steady_pool, task_options, until
from .forms import always, forms
from .wire import ask

RECORDED = Path(__file__).parents[2] / ".." / "shared" / "recorded"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recordings beside the project")

Json = dict[str, Any]

# Members that the service always has and we have not, each with its reason.
LACKING = {
    "node": {
        "endpointConfiguration": "a node of this account has no ports",
        "virtualMachineInfo.imageReference.exactVersion": "there is no image to have a version",
        "certificateReferences": "certificates went with api-version 2024-07-01",
    },
    "file": {"properties.creationTime": "Linux nodes have none"},
}

# Forms of ours that were not recorded, each with its reason.
OTHER_FORMS: dict[str, str] = {}

LATEST = "2020-09-01"


def recorded(file: str, wanted: Callable[[Json], bool]) -> list[Json]:
    """Single things and things of lists out of a file, of a recent api-version."""
    found: list[Json] = []
    for line in (RECORDED / f"{file}.jsonl").read_text().splitlines():
        row = json.loads(line)
        body = row["response_body"]
        if not isinstance(body, dict) or row["api_version"] < LATEST or "$select" in str(row):
            continue
        things = body["value"] if isinstance(body.get("value"), list) else [body]
        for thing in things:
            plain = {name: value for name, value in thing.items() if name != "odata.metadata"}
            if wanted(plain):
                found.append(plain)
    return found


def differences(kind: str, ours: Json, theirs: list[Json]) -> list[str]:
    """What differs, in words."""
    assert theirs, "nothing recorded to compare with"
    ours = {name: value for name, value in ours.items() if name != "odata.metadata"}
    allowed = LACKING.get(kind, {})
    mine, seen = forms([ours]), forms(theirs)
    lacking = [
        f"{path} is missing"
        for path in always(theirs) - mine.keys()
        if not any(path.startswith(name) for name in allowed)
    ]
    odd = [
        f"{path} is {sorted(kinds)}, not {sorted(seen[path])}"
        for path, kinds in mine.items()
        if path in seen and not kinds <= seen[path] and path not in OTHER_FORMS
    ]
    return sorted(lacking + odd)


def in_state(*states: str) -> Callable[[Json], bool]:
    return lambda thing: thing.get("state") in states


async def test_pools(client: BatchClient, endpoint: str) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    ours = (await ask(endpoint, "GET", "/pools/pool")).json
    theirs = recorded(
        "pools", lambda pool: pool.get("state") == "active" and "taskSlotsPerNode" in pool
    )
    assert differences("pool", ours, theirs) == []
    listed = (await ask(endpoint, "GET", "/pools")).json["value"][0]
    assert differences("pool", listed, theirs) == []


async def test_nodes(client: BatchClient, endpoint: str) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    (node,) = await nodes(client)
    ours = (await ask(endpoint, "GET", f"/pools/pool/nodes/{node.id}")).json
    theirs = recorded("nodes", lambda seen: seen.get("state") == "idle" and "tvmps" in seen["id"])
    assert differences("node", ours, theirs) == []


async def test_jobs(client: BatchClient, endpoint: str) -> None:
    await client.create_job(job_options())
    ours = (await ask(endpoint, "GET", "/jobs/job")).json
    assert differences("job", ours, recorded("jobs", in_state("active"))) == []
    await ask(endpoint, "POST", "/jobs/job/terminate", {})
    await until(lambda: client.get_job("job"), lambda job: job.state == "completed")
    ours = (await ask(endpoint, "GET", "/jobs/job")).json
    assert differences("job", ours, recorded("jobs", in_state("completed"))) == []


async def test_tasks(client: BatchClient, endpoint: str) -> None:
    await client.create_job(job_options())
    await client.create_task("job", task_options("good"))
    ours = (await ask(endpoint, "GET", "/jobs/job/tasks/good")).json
    assert differences("task", ours, recorded("tasks", in_state("active"))) == []
    await steady_pool(client, target_dedicated_nodes=1)
    for name, command in (("bad", "exit 1"), ("none", "missing")):
        await client.create_task("job", task_options(name, command))
    for name, wanted in (
        ("good", lambda info: info.get("exitCode") == 0),
        ("bad", lambda info: info.get("exitCode", 0) != 0),
        ("none", lambda info: "exitCode" not in info and "startTime" in info),
    ):
        await completed(client, name)
        ours = (await ask(endpoint, "GET", f"/jobs/job/tasks/{name}")).json
        theirs = recorded(
            "tasks",
            partial(ended, wanted),
        )
        if theirs:
            assert differences("task", ours, theirs) == []


def ended(wanted: Callable[[Json], bool], task: Json) -> bool:
    return task.get("state") == "completed" and wanted(task["executionInfo"])


def is_folder(folder: bool, file: Json) -> bool:
    return file.get("isDirectory") is folder


async def test_counts(client: BatchClient, endpoint: str) -> None:
    await client.create_pool(pool_options())
    await client.create_job(job_options())
    ours = (await ask(endpoint, "GET", "/nodecounts", version="api-version=2024-02-01.19.0")).json[
        "value"
    ][0]
    theirs = recorded("nodecounts", lambda counts: "upgradingOS" in counts["dedicated"])
    assert differences("counts", ours, theirs) == []
    assert list(ours["dedicated"])[-1] == "total"
    tasks = (await ask(endpoint, "GET", "/jobs/job/taskcounts")).json
    assert differences("counts", tasks, recorded("jobs", lambda seen: "taskCounts" in seen)) == []


async def test_files(client: BatchClient, endpoint: str) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t"))
    await completed(client, "t")
    ours = (await ask(endpoint, "GET", "/jobs/job/tasks/t/files?recursive=true")).json["value"]
    for folder in (True, False):
        theirs = recorded("files", partial(is_folder, folder))
        for file in (one for one in ours if one["isDirectory"] is folder):
            assert differences("file", file, theirs) == []


def header_names(file: str, op: str, status: int) -> list[set[str]]:
    found = []
    for line in (RECORDED / f"{file}.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["op"] == op and row["status"] == status and row["api_version"] >= LATEST:
            found.append(set(row["response_headers"]))
    return found


async def test_headers(client: BatchClient, endpoint: str) -> None:
    """Header names of answers; `content-length` depends on the framing of the recorder."""
    await steady_pool(client, target_dedicated_nodes=1)
    metadata: list[models.BatchMetadataItem] = []
    await client.create_job(job_options(metadata=metadata))
    framing = {"transfer-encoding", "content-length", "date", "connection"}
    # On every answer of the service, and left out by most recorders.
    framing |= {"server", "strict-transport-security", "x-content-type-options"}
    for file, op, method, path, body in (
        ("pools", "pool.get", "GET", "/pools/pool", None),
        ("pools", "pool.list", "GET", "/pools", None),
        ("pools", "pool.exists", "HEAD", "/pools/pool", None),
        ("pools", "pool.patch", "PATCH", "/pools/pool", {}),
        ("pools", "pool.resize", "POST", "/pools/pool/resize", {"targetDedicatedNodes": 1}),
        ("jobs", "job.get", "GET", "/jobs/job", None),
        ("jobs", "job.patch", "PATCH", "/jobs/job", {"priority": 1}),
        ("tasks", "task.add", "POST", "/jobs/job/tasks", {"id": "t", "commandLine": "exit 0"}),
        ("tasks", "task.get", "GET", "/jobs/job/tasks/t", None),
        ("tasks", "task.delete", "DELETE", "/jobs/job/tasks/t", None),
        ("jobs", "job.delete", "DELETE", "/jobs/job", None),
    ):
        answer = await ask(endpoint, method, path, body)
        theirs = header_names(file, op, answer.status)
        assert theirs, (op, answer.status)
        ours = set(answer.headers) - framing
        # Some recorders kept a few headers only: together they have all that there are.
        assert ours == set().union(*theirs) - framing, op
