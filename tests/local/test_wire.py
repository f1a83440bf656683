"""The form of answers and of refusals, below the SDK."""

import re
from typing import Any

import pytest
from azure.batch.aio import BatchClient

from .batch import job_options, pool_options, task_options
from .wire import ask

POOL = {
    "id": "pool",
    "vmSize": "STANDARD_D1",
    "virtualMachineConfiguration": {
        "imageReference": {
            "publisher": "Canonical",
            "offer": "0001-com-ubuntu-server-jammy",
            "sku": "22_04-lts",
        },
        "nodeAgentSKUId": "batch.node.ubuntu 22.04",
    },
}


async def test_creating_answers_where_it_is_and_nothing_else(endpoint: str) -> None:
    answer = await ask(endpoint, "POST", "/pools", POOL)
    assert (answer.status, answer.text) == (201, "")
    headers = answer.headers
    assert headers["location"] == headers["dataserviceid"] == f"{endpoint}/pools/pool"
    assert re.fullmatch(r"0x[0-9A-F]{15}", headers["etag"])
    assert headers["transfer-encoding"] == "chunked"
    assert "content-type" not in headers
    assert headers["dataserviceversion"] == "3.0"
    assert headers["server"] == "Microsoft-HTTPAPI/2.0"
    assert headers["x-content-type-options"] == "nosniff"
    assert len(headers["request-id"]) == 36


async def test_a_job_is_said_to_be_at_job_1(endpoint: str) -> None:
    answer = await ask(endpoint, "POST", "/jobs", {"id": "j", "poolInfo": {"poolId": "p"}})
    assert answer.status == 201
    assert answer.headers["location"] == f"{endpoint}/jobs/job-1"


async def test_strings_serve_as_numbers_and_truth_values(endpoint: str) -> None:
    body = POOL | {"targetDedicatedNodes": "2", "taskSlotsPerNode": "4", "metadata": None}
    body |= {"enableInterNodeCommunication": "false", "resizeTimeout": "PT06M00S"}
    assert (await ask(endpoint, "POST", "/pools", body)).status == 201
    pool = (await ask(endpoint, "GET", "/pools/POOL")).json
    assert pool["targetDedicatedNodes"] == 2
    assert pool["taskSlotsPerNode"] == 4
    assert pool["enableInterNodeCommunication"] is False
    assert pool["resizeTimeout"] == "PT6M"
    assert pool["vmSize"] == "standard_d1"
    assert pool["taskSchedulingPolicy"] == {"nodeFillType": "Spread"}
    image = pool["virtualMachineConfiguration"]["imageReference"]
    assert image["version"] == "latest"
    assert "metadata" not in pool
    assert pool["odata.metadata"] == f"{endpoint}/$metadata#pools/@Element"
    assert pool["eTag"] == (await ask(endpoint, "HEAD", "/pools/pool")).headers["etag"]


async def test_an_error_has_the_service_s_shape(endpoint: str) -> None:
    answer = await ask(endpoint, "GET", "/jobs/nothing")
    assert (answer.status, answer.reason) == (404, "The specified job does not exist.")
    body = answer.json
    assert body["code"] == "JobNotFound"
    assert "values" not in body
    assert "content-length" in answer.headers
    text, request_id, time = body["message"]["value"].split("\n")
    assert text == answer.reason
    assert request_id == f"RequestId:{answer.headers['request-id']}"
    assert re.fullmatch(r"Time:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", time)


async def test_head_of_nothing_has_no_body(endpoint: str) -> None:
    answer = await ask(endpoint, "HEAD", "/pools/nothing")
    assert answer.status == 404
    assert "content-type" not in answer.headers


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("", "MissingRequiredQueryParameter"),
        ("api-version=", "MissingRequiredQueryParameter"),
        ("api-version=latest", "UnsupportedRequestVersion"),
        ("api-version=2014-01-01.1.0", "UnsupportedRequestVersion"),
    ],
)
async def test_the_api_version_is_wanted(endpoint: str, version: str, code: str) -> None:
    answer = await ask(endpoint, "GET", "/pools", version=version)
    assert (answer.status, answer.code) == (400, code)


@pytest.mark.parametrize("version", ["2017-01-01.4.0", "2024-02-01.19.0", "2031-01-01"])
async def test_old_and_later_api_versions_are_served(endpoint: str, version: str) -> None:
    assert (await ask(endpoint, "GET", "/pools", version=f"api-version={version}")).status == 200


async def test_task_counts_were_flat_before_2020_09(client: BatchClient, endpoint: str) -> None:
    await client.create_job(job_options())
    old = await ask(endpoint, "GET", "/jobs/job/taskcounts", version="api-version=2020-03-01.11.0")
    new = await ask(endpoint, "GET", "/jobs/job/taskcounts")
    assert old.json["active"] == 0
    assert new.json["taskCounts"] == new.json["taskSlotCounts"]


@pytest.mark.parametrize(
    ("body", "code", "name"),
    [
        (b"{", "InvalidRequestBody", ""),
        (b"[]", "InvalidRequestBody", ""),
        (b'"text"', "InvalidRequestBody", ""),
        (b"\xff", "InvalidRequestBody", ""),
        ({}, "MissingRequiredProperty", "id"),
        (POOL | {"id": None}, "MissingRequiredProperty", "id"),
        (POOL | {"id": "a b"}, "InvalidPropertyValue", "id"),
        (POOL | {"id": "a\n"}, "InvalidPropertyValue", "id"),
        (POOL | {"id": "x" * 65}, "InvalidPropertyValue", "id"),
        (POOL | {"id": 5}, "InvalidRequestBody", ""),
        (POOL | {"colour": "red"}, "InvalidRequestBody", ""),
        (POOL | {"networkConfiguration": {"x": 2**70}}, "InvalidRequestBody", ""),
        (b'{"id": "\\ud800"}', "InvalidRequestBody", ""),
        (POOL | {"targetDedicatedNodes": -1}, "InvalidPropertyValue", "targetDedicatedNodes"),
        (POOL | {"targetDedicatedNodes": "two"}, "InvalidRequestBody", ""),
        (POOL | {"resizeTimeout": "PT1M"}, "InvalidPropertyValue", "resizeTimeout"),
        (POOL | {"resizeTimeout": "soon"}, "InvalidPropertyValue", "resizeTimeout"),
        (POOL | {"taskSlotsPerNode": 257}, "InvalidPropertyValue", "taskSlotsPerNode"),
        (
            POOL | {"taskSchedulingPolicy": {"nodeFillType": "heap"}},
            "InvalidPropertyValue",
            "nodeFillType",
        ),
        (
            {name: value for name, value in POOL.items() if name != "vmSize"},
            "MissingRequiredProperty",
            "vmSize",
        ),
        (POOL | {"startTask": {}}, "MissingRequiredProperty", "commandLine"),
        (POOL | {"startTask": {"commandLine": ""}}, "InvalidPropertyValue", "commandLine"),
        (POOL | {"enableAutoScale": True}, "InvalidAutoScalingSettings", ""),
        (POOL | {"mountConfiguration": [{}]}, "UnsupportedProperty", "mountConfiguration"),
    ],
)
async def test_a_wrong_body_is_refused(endpoint: str, body: Any, code: str, name: str) -> None:
    answer = await ask(endpoint, "POST", "/pools", body)
    assert (answer.status, answer.code) == (400, code)
    if name:
        assert answer.value("PropertyName") == name
    assert (await ask(endpoint, "GET", "/pools")).json["value"] == []


async def test_an_unknown_image_is_refused(endpoint: str) -> None:
    machine = {
        "imageReference": {"publisher": "a", "offer": "b", "sku": "c"},
        "nodeAgentSKUId": "batch.node.windows amd64",
    }
    answer = await ask(endpoint, "POST", "/pools", POOL | {"virtualMachineConfiguration": machine})
    assert answer.value("PropertyName") == "imageReference"
    assert answer.value("Reason") == (
        "The specified imageReference with publisher a offer b sku c is not supported."
    )


async def test_a_body_over_1_mb_is_too_large(endpoint: str) -> None:
    body = b'{"id": "' + b"x" * 1_048_576 + b'"}'
    answer = await ask(endpoint, "POST", "/pools", body)
    assert (answer.status, answer.code) == (413, "RequestBodyTooLarge")
    assert answer.value("MaxLimit") == "1048576"


async def test_a_wrong_verb_is_405(endpoint: str) -> None:
    answer = await ask(endpoint, "PUT", "/pools")
    assert (answer.status, answer.code) == (405, "UnsupportedHttpVerb")


async def test_pages_follow_each_other(client: BatchClient, endpoint: str) -> None:
    await client.create_job(job_options())
    for name in ("b", "A", "c", "D", "e"):
        await client.create_task("job", task_options(name))
    first = await ask(endpoint, "GET", "/jobs/job/tasks?maxresults=2")
    assert [task["id"] for task in first.json["value"]] == ["A", "b"]
    link = first.json["odata.nextLink"]
    assert link.startswith(f"{endpoint}/jobs/job/tasks?maxresults=2&")
    await client.delete_task("job", "b")
    await client.create_task("job", task_options("a2"))
    rest = await ask(endpoint, "GET", link.removeprefix(endpoint), version="")
    assert [task["id"] for task in rest.json["value"]] == ["c", "D"]
    pages = [[task.id async for task in page] async for page in paged(client)]
    assert pages == [["A", "a2"], ["c", "D"], ["e"]]


def paged(client: BatchClient) -> Any:
    return client.list_tasks("job", max_results=2).by_page()


async def test_a_full_last_page_has_no_next(client: BatchClient, endpoint: str) -> None:
    for name in ("a", "b"):
        await client.create_pool(pool_options(name))
    answer = await ask(endpoint, "GET", "/pools?maxresults=2")
    assert "odata.nextLink" not in answer.json


@pytest.mark.parametrize("text", ["0", "-5", "1001", "many"])
async def test_a_wrong_page_size_is_refused(endpoint: str, text: str) -> None:
    answer = await ask(endpoint, "GET", f"/pools?maxresults={text}")
    assert (answer.status, answer.code) == (400, "InvalidQueryParameterValue")
    assert answer.value("QueryParameterName") == "maxresults"


async def test_a_made_up_token_is_refused(endpoint: str) -> None:
    answer = await ask(endpoint, "GET", "/pools?$skiptoken=%C3%A9")
    assert (answer.status, answer.code) == (400, "InvalidQueryParameterValue")


async def test_select_keeps_what_it_names(client: BatchClient, endpoint: str) -> None:
    await client.create_job(job_options())
    await client.create_task("job", task_options("t"))
    one = await ask(endpoint, "GET", "/jobs/job?%24select=id,%20state")
    assert set(one.json) == {"odata.metadata", "id", "state"}
    assert "etag" in one.headers
    brief = await ask(endpoint, "GET", "/jobs/job/tasks?$select=id,state")
    assert brief.json["value"] == [{"id": "t", "state": "active"}]
    full = await ask(endpoint, "GET", "/jobs/job/tasks?$select=commandLine,id")
    assert full.json["value"] == [{"id": "t", "commandLine": "exit 0"}]


async def test_node_counts_come_ten_at_a_time(client: BatchClient, endpoint: str) -> None:
    for number in range(12):
        await client.create_pool(pool_options(f"p{number:02}"))
    answer = await ask(endpoint, "GET", "/nodecounts")
    assert len(answer.json["value"]) == 10
    assert answer.json["value"][0]["dedicated"]["upgradingOS"] == 0
    found = [counts.pool_id async for counts in client.list_pool_node_counts()]
    assert len(found) == 12
    one = client.list_pool_node_counts(filter="poolId eq 'P03'")
    assert [counts.pool_id async for counts in one] == ["p03"]


async def test_conditions(client: BatchClient, endpoint: str) -> None:
    await client.create_job(job_options())
    job = await ask(endpoint, "GET", "/jobs/job")
    tag, modified = job.headers["etag"], job.headers["last-modified"]
    patch: dict[str, Any] = {"priority": 5}

    async def status(method: str, body: object, **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return (await ask(endpoint, method, "/jobs/job", body, headers=named)).status

    assert await status("GET", None, If_None_Match=tag) == 304
    assert await status("GET", None, If_None_Match='"0x1"') == 200
    assert await status("GET", None, If_Modified_Since=modified) == 304
    assert await status("GET", None, If_Match=f'"{tag}"') == 200
    assert await status("PATCH", patch, If_Match='"0x1"') == 412
    assert await status("PATCH", patch, If_None_Match="*") == 412
    old = "Tue, 14 Nov 2023 22:13:20 GMT"
    assert await status("PATCH", patch, If_Unmodified_Since=old) == 412
    assert await status("GET", None, If_Unmodified_Since="yesterday") == 400
    assert await status("GET", None, If_Match=tag, If_None_Match=tag) == 400
    assert await status("PATCH", patch, If_Match=f'"{tag}"') == 200
    assert (await ask(endpoint, "GET", "/jobs/job")).headers["etag"] != tag


async def test_a_client_request_id_comes_back_when_asked_for(endpoint: str) -> None:
    headers = {"client-request-id": "mine"}
    assert "client-request-id" not in (await ask(endpoint, "GET", "/jobs", headers=headers)).headers
    headers["return-client-request-id"] = "true"
    assert (await ask(endpoint, "GET", "/jobs/x", headers=headers)).headers[
        "client-request-id"
    ] == "mine"


async def test_verified_images_can_be_asked_for(client: BatchClient) -> None:
    verified = client.list_supported_images(filter="verificationType eq 'verified'")
    agents = [image.node_agent_sku_id async for image in verified]
    assert "batch.node.ubuntu 22.04" in agents
    everything = [image async for image in client.list_supported_images()]
    assert len(everything) > len(agents)


@pytest.mark.parametrize("name", ["If-Modified-Since", "If-Unmodified-Since"])
async def test_a_date_beyond_all_calendars_is_no_date(endpoint: str, name: str) -> None:
    await ask(endpoint, "POST", "/jobs", {"id": "j", "poolInfo": {"poolId": "p"}})
    late = {name: "Mon, 02 Nov 99999999999 00:00:00 GMT"}
    answer = await ask(endpoint, "GET", "/jobs/j", headers=late)
    assert (answer.status, answer.code) == (400, "InvalidHeaderValue")
