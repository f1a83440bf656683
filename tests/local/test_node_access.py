"""Users of nodes, the way to log on, and logs that go to a container."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from azure.batch import models
from azure.batch.aio import BatchClient
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

from batchtui.local.settings import Settings

from .batch import completed, job_options, nodes, steady_pool, task_options
from .wire import ask

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


async def new_node(client: BatchClient) -> str:
    await steady_pool(client, target_dedicated_nodes=1)
    (node,) = await nodes(client)
    return str(node.id)


async def test_users_come_and_go(client: BatchClient) -> None:
    node = await new_node(client)
    user = models.BatchNodeUserCreateOptions(name="me", password="secret", is_admin=True)
    await client.create_node_user("pool", node, user)
    with pytest.raises(ResourceExistsError, match="already exists"):
        await client.create_node_user("pool", node, user)
    change = models.BatchNodeUserReplaceOptions(password="other")
    await client.replace_node_user("pool", node, "me", change)
    await client.delete_node_user("pool", node, "me")
    with pytest.raises(ResourceNotFoundError):
        await client.delete_node_user("pool", node, "me")
    with pytest.raises(ResourceNotFoundError):
        await client.replace_node_user("pool", node, "me", change)


async def test_a_user_s_address_is_answered_and_no_etag(client: BatchClient, endpoint: str) -> None:
    node = await new_node(client)
    path = f"/pools/pool/nodes/{node}/users"
    answer = await ask(endpoint, "POST", path, {"name": "me", "password": "secret"})
    assert answer.headers["location"] == f"{endpoint}{path}/me"
    assert answer.headers["dataserviceid"] == f"{endpoint}{path}/me"
    assert "etag" not in answer.headers


async def test_an_expired_user_is_none(client: BatchClient, endpoint: str) -> None:
    node = await new_node(client)
    past = datetime.now(UTC) - timedelta(days=1)
    with pytest.raises(HttpResponseError) as caught:
        await client.create_node_user(
            "pool", node, models.BatchNodeUserCreateOptions(name="me", expiry_time=past)
        )
    assert caught.value.status_code == 400
    path = f"/pools/pool/nodes/{node}/users"
    naive = {"name": "me", "expiryTime": "2030-01-01T00:00:00"}
    assert (await ask(endpoint, "POST", path, naive)).code == "InvalidPropertyValue"
    assert (await ask(endpoint, "POST", path, {"name": "m" * 21})).code == "InvalidPropertyValue"


async def test_no_password_is_kept(client: BatchClient, settings: Settings) -> None:
    node = await new_node(client)
    user = models.BatchNodeUserCreateOptions(
        name="me", password="hush-hush-word", ssh_public_key="hush-hush-key"
    )
    await client.create_node_user("pool", node, user)
    files = [file for file in settings.data_dir.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if b"hush-hush" in file.read_bytes()]


async def test_users_need_a_node_that_is_up(client: BatchClient, endpoint: str) -> None:
    node = await new_node(client)
    path = f"/pools/pool/nodes/{node}"
    await ask(endpoint, "POST", f"{path}/deallocate", {})
    answer = await ask(endpoint, "POST", f"{path}/users", {"name": "me"})
    assert (answer.status, answer.code) == (409, "OperationInvalidForCurrentState")


async def test_one_logs_on_to_this_machine(client: BatchClient) -> None:
    node = await new_node(client)
    login = await client.get_node_remote_login_settings("pool", node)
    assert (login.remote_login_ip_address, login.remote_login_port) == ("127.0.0.1", 22)


@pytest.fixture
async def container() -> AsyncIterator[tuple[str, dict[str, str]]]:
    """A container's address with a SAS, and what was uploaded into it by name."""
    held: dict[str, str] = {}

    async def put(request: web.Request) -> web.Response:
        if "sig" not in request.query:
            return web.Response(status=403)
        held[request.path] = await request.text()
        return web.Response(status=201)

    app = web.Application()
    app.router.add_put("/{path:.*}", put)
    async with TestServer(app) as server:
        yield str(server.make_url("/acct/logs?sig=hush-hush")), held


async def test_logs_go_to_a_container(
    client: BatchClient, container: tuple[str, dict[str, str]]
) -> None:
    url, held = container
    node = await new_node(client)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "exit 3"))
    await completed(client, "t")
    options = models.UploadBatchServiceLogsOptions(container_url=url, start_time=SINCE)
    result = await client.upload_node_logs("pool", node, options)
    assert result.number_of_files_uploaded == len(held) == 1
    ((path, text),) = held.items()
    assert path == f"/acct/logs/{result.virtual_directory_name}/node.log"
    assert f"/pool/{node}/" in path
    lines = text.splitlines()
    assert "allocated as dedicated node" in lines[0]
    assert any("task t of job job ended with exit code 3: failure" in line for line in lines)
    times = [line.split()[0].rstrip("Z") for line in lines]
    assert times == sorted(times)


async def test_a_container_that_refuses_is_an_error_without_its_sas(
    client: BatchClient, endpoint: str, container: tuple[str, dict[str, str]]
) -> None:
    url, _ = container
    node = await new_node(client)
    path = f"/pools/pool/nodes/{node}/uploadbatchservicelogs"
    body = {"containerUrl": url.replace("sig", "token"), "startTime": "2026-01-01T00:00:00Z"}
    answer = await ask(endpoint, "POST", path, body)
    assert (answer.status, answer.code) == (400, "InvalidPropertyValue")
    assert "403" in answer.value("Reason")
    assert "hush-hush" not in answer.text
    backwards = {**body, "endTime": "2025-01-01T00:00:00Z"}
    assert (await ask(endpoint, "POST", path, backwards)).value("PropertyName") == "endTime"
