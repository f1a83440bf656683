"""Older api-versions: other names, fewer members, shorter paths."""

from typing import Any

import pytest
from azure.batch.aio import BatchClient

from .batch import completed, job_options, nodes, steady_pool, task_options
from .fakes import FakeExecutor
from .wire import ask

OLDEST = "api-version=2017-01-01.4.0"
FLAT = "api-version=2020-03-01.11.0"
RENAMED = "api-version=2018-12-01.8.0"
SLOTS = "api-version=2020-09-01.12.0"
LAST_ENDPOINTS = "api-version=2024-02-01.19.0"
NEWEST = "api-version=2025-06-01"

IMAGE = {
    "imageReference": {
        "publisher": "canonical",
        "offer": "0001-com-ubuntu-server-jammy",
        "sku": "22_04-lts",
    },
    "nodeAgentSKUId": "batch.node.ubuntu 22.04",
}


def pool_body(**more: Any) -> dict[str, Any]:
    return {"id": "pool", "vmSize": "a1", "virtualMachineConfiguration": IMAGE, **more}


async def test_slots_were_tasks_per_node(endpoint: str) -> None:
    body = pool_body(maxTasksPerNode=3)
    assert (await ask(endpoint, "POST", "/pools", body)).code == "InvalidRequestBody"
    assert (await ask(endpoint, "POST", "/pools", body, version=FLAT)).status == 201
    for path in ("/pools/pool", "/pools/pool?$select=maxTasksPerNode"):
        old = (await ask(endpoint, "GET", path, version=FLAT)).json
        assert old["maxTasksPerNode"] == 3
        assert "taskSlotsPerNode" not in old
    listed = (await ask(endpoint, "GET", "/pools", version=FLAT)).json["value"][0]
    assert listed["maxTasksPerNode"] == 3
    new = (await ask(endpoint, "GET", "/pools/pool", version=SLOTS)).json
    assert new["taskSlotsPerNode"] == 3
    assert "maxTasksPerNode" not in new


async def test_resource_files_had_a_blob_source(
    client: BatchClient, executor: FakeExecutor, endpoint: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    url = "http://127.0.0.1:1/c/b"
    file = {"blobSource": url, "filePath": "f"}
    task = {"id": "t", "commandLine": "exit 0", "resourceFiles": [file]}
    path = "/jobs/job/addtaskcollection"
    refused = await ask(endpoint, "POST", path, {"value": [task]}, version=RENAMED)
    assert refused.json["value"][0]["status"] == "ClientError"
    await ask(endpoint, "POST", path, {"value": [task]}, version=OLDEST)
    await completed(client, "t")
    assert executor.launches[-1].resource_files == ({"httpUrl": url, "filePath": "f"},)
    old = (await ask(endpoint, "GET", "/jobs/job/tasks/t", version=OLDEST)).json
    assert old["resourceFiles"] == [file]
    listed = (await ask(endpoint, "GET", "/jobs/job/tasks", version=OLDEST)).json["value"]
    assert listed[0]["resourceFiles"] == [file]
    new = (await ask(endpoint, "GET", "/jobs/job/tasks/t")).json
    assert new["resourceFiles"] == [{"httpUrl": url, "filePath": "f"}]


async def test_members_that_came_later_are_not_shown_before(
    client: BatchClient, endpoint: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t"))
    (node,) = await nodes(client)
    for path, members in (
        ("/jobs/job", {"maxParallelTasks", "allowTaskPreemption"}),
        ("/jobs/job/tasks/t", {"requiredSlots"}),
        (f"/pools/pool/nodes/{node.id}", {"runningTaskSlotsCount", "virtualMachineInfo"}),
    ):
        old = (await ask(endpoint, "GET", path, version=FLAT)).json
        new = (await ask(endpoint, "GET", path)).json
        assert not members & old.keys()
        assert members <= new.keys()
        # What went away in the other direction.
        assert old.keys() - new.keys() <= {"certificateReferences", "endpointConfiguration"}


async def test_counts_were_flat(client: BatchClient, endpoint: str) -> None:
    await client.create_job(job_options())
    old = (await ask(endpoint, "GET", "/jobs/job/taskcounts", version=FLAT)).json
    assert {"active", "running", "completed", "succeeded", "failed"} <= old.keys()
    new = (await ask(endpoint, "GET", "/jobs/job/taskcounts", version=SLOTS)).json
    assert {"taskCounts", "taskSlotCounts"} <= new.keys()


@pytest.mark.parametrize(
    ("path", "version", "status"),
    [
        ("/nodeagentskus", RENAMED, 200),
        ("/nodeagentskus", FLAT, 404),
        ("/certificates", LAST_ENDPOINTS, 200),
        ("/certificates", NEWEST, 404),
        ("/certificates(thumbprintAlgorithm=sha1,thumbprint=00)", LAST_ENDPOINTS, 404),
    ],
)
async def test_paths_that_went_away(endpoint: str, path: str, version: str, status: int) -> None:
    assert (await ask(endpoint, "GET", path, version=version)).status == status


async def test_node_agents_name_their_verified_images(endpoint: str) -> None:
    answer = await ask(endpoint, "GET", "/nodeagentskus", version=RENAMED)
    agents = {agent["id"]: agent for agent in answer.json["value"]}
    images = agents["batch.node.ubuntu 22.04"]["verifiedImageReferences"]
    assert [image["sku"] for image in images] == ["22_04-lts"]
    assert answer.json["odata.metadata"].endswith("#nodeagentskus")


async def test_endpoints_are_those_of_this_machine(client: BatchClient, endpoint: str) -> None:
    network = {
        "endpointConfiguration": {
            "inboundNATPools": [
                {
                    "name": "web",
                    "protocol": "TCP",
                    "backendPort": 8080,
                    "frontendPortRangeStart": 60000,
                    "frontendPortRangeEnd": 61000,
                }
            ]
        }
    }
    body = pool_body(networkConfiguration=network, targetDedicatedNodes=1)
    assert (await ask(endpoint, "POST", "/pools", body)).status == 201
    shown = (await ask(endpoint, "GET", "/pools/pool")).json["networkConfiguration"]
    assert shown["dynamicVNetAssignmentScope"] == "none"
    assert shown["endpointConfiguration"]["inboundNATPools"][0]["protocol"] == "tcp"
    for version, names in ((NEWEST, ["web.0"]), (LAST_ENDPOINTS, ["web.0", "SSHRule.0"])):
        (node,) = (await ask(endpoint, "GET", "/pools/pool/nodes", version=version)).json["value"]
        endpoints = node["endpointConfiguration"]["inboundEndpoints"]
        assert [one["name"] for one in endpoints] == names
        assert endpoints[0]["publicIPAddress"] == "127.0.0.1"
        assert endpoints[0]["frontendPort"] == 8080


@pytest.mark.parametrize(
    ("account", "code", "name"),
    [
        ({"name": "me"}, "MissingRequiredProperty", "password"),
        ({"name": "m" * 21, "password": "p"}, "InvalidPropertyValue", "name"),
        (
            {"name": "me", "password": "p", "linuxUserConfiguration": {"uid": 5}},
            "InvalidPropertyValue",
            "linuxUserConfiguration",
        ),
        (
            {"name": "me", "password": "p", "windowsUserConfiguration": {"loginMode": "batch"}},
            "InvalidPropertyValue",
            "windowsUserConfiguration",
        ),
    ],
)
async def test_wrong_user_accounts(
    endpoint: str, account: dict[str, Any], code: str, name: str
) -> None:
    answer = await ask(endpoint, "POST", "/pools", pool_body(userAccounts=[account]))
    assert (answer.status, answer.code) == (400, code)
    assert answer.value("PropertyName") == name


async def test_user_accounts_come_back_without_their_secrets(endpoint: str) -> None:
    account = {
        "name": "me",
        "password": "hush-hush",
        "elevationLevel": "admin",
        "linuxUserConfiguration": {"uid": 5, "gid": 6, "sshPrivateKey": "hush-hush"},
    }
    assert (await ask(endpoint, "POST", "/pools", pool_body(userAccounts=[account]))).status == 201
    answer = await ask(endpoint, "GET", "/pools/pool")
    assert answer.json["userAccounts"] == [
        {
            "name": "me",
            "elevationLevel": "admin",
            "linuxUserConfiguration": {"uid": 5, "gid": 6},
        }
    ]
    assert "hush-hush" not in answer.text


async def test_a_virtual_network_is_refused_in_words(endpoint: str) -> None:
    body = pool_body(networkConfiguration={"subnetId": "/subscriptions/x"})
    answer = await ask(endpoint, "POST", "/pools", body)
    assert (answer.status, answer.code) == (400, "UnsupportedProperty")
