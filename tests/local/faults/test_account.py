"""A whole account with faults, in a process of its own."""

import signal
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobSasPermissions, generate_blob_sas
from azure.storage.blob.aio import BlobServiceClient

from batchtui.local.account import run_account
from batchtui.local.connection import Connection
from batchtui.local.datadir import DataDir
from batchtui.local.faults.log import RequestEvent
from batchtui.local.faults.options import FaultOptions
from batchtui.local.faults.reader import read_faults
from batchtui.local.launch import attach_or_start
from batchtui.local.play import Play
from batchtui.local.trouble import LocalAccountError
from tests.local.account.conftest import LocalCommand, processes_of
from tests.local.account.conftest import local_commands as local_commands
from tests.local.batch import job_options, pool_options, task_options, until

from .logged import requests_of

pytestmark = pytest.mark.slow


def batch(account: Connection) -> BatchClient:
    key = AzureNamedKeyCredential(account.batch_account, account.batch_key)
    return BatchClient(account.batch_endpoint, key, retry_total=0)


def storage(account: Connection) -> BlobServiceClient:
    key = {"account_name": account.storage_account, "account_key": account.storage_key}
    return BlobServiceClient(account.storage_endpoint, key, retry_total=0)


def sas(account: Connection, container: str, blob: str) -> str:
    signed = generate_blob_sas(
        account.storage_account,
        container,
        blob,
        account_key=account.storage_key,
        permission=BlobSasPermissions(read=True),
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )
    return f"{account.storage_endpoint}/{container}/{blob}?{signed}"


async def test_both_services_of_an_account_misbehave_and_are_logged(tmp_path: Path) -> None:
    file, data_dir = tmp_path / "faults.toml", tmp_path / "data"
    file.write_text(
        "[[faults]]\ndo = 'answer'\nstatus = 503\noperation = 'CreatePool'\nnth = 1\n"
        "carried_out = true\n"
        "[[faults]]\ndo = 'answer'\nstatus = 500\noperation = 'CreateContainer'\nnth = 1\n"
    )
    options = FaultOptions(file)
    async with attach_or_start(data_dir, faults=options, progress=print) as account:
        assert account.faults == str(file)
        async with batch(account) as client, storage(account) as blobs:
            with pytest.raises(HttpResponseError) as caught:
                await client.create_pool(pool_options("p", target_dedicated_nodes=1))
            assert caught.value.status_code == 503
            with pytest.raises(HttpResponseError) as caught:
                await blobs.create_container("box")
            assert caught.value.status_code == 500
            box = await blobs.create_container("box")
            await box.upload_blob("text.txt", b"hallo")
            # A node reads it through the proxy: its address is all that the task was given.
            await client.create_job(job_options("j", "p"))
            wanted = models.ResourceFile(
                http_url=sas(account, "box", "text.txt"), file_path="text.txt"
            )
            task = task_options("t", "/bin/sh -c 'cat text.txt'", resource_files=[wanted])
            await client.create_task("j", task)
            done = await until(
                lambda: client.get_task("j", "t"),
                lambda task: task.state == "completed",
                patience=30,
            )
            assert done.execution_info is not None
            assert done.execution_info.exit_code == 0
        requests = requests_of(data_dir / "requests.log")
        made = [path for request in requests for path in request.made]
        assert made == [
            "/pools/p",
            "/localstorage/box",
            "/localstorage/box/text.txt",
            "/jobs/j",
            "/jobs/j/tasks/t",
        ]
        by_node = [one for one in requests if one.received.user_agent.startswith("batchtui-node")]
        assert {request.received.operation for request in by_node} == {"GetBlob"}
        for log in data_dir.glob("*.log"):
            assert "sig=" not in log.read_text()
            assert account.storage_key not in log.read_text()
        # Whoever attaches asks for nothing, which a fault might count or refuse.
        before = len(requests_of(data_dir / "requests.log"))
        async with attach_or_start(data_dir, progress=print) as other:
            assert other.storage_endpoint == account.storage_endpoint
        assert len(requests_of(data_dir / "requests.log")) == before
        with pytest.raises(LocalAccountError, match="without the faults of"):
            async with attach_or_start(
                data_dir, faults=FaultOptions(tmp_path / "other.toml"), progress=print
            ):
                pytest.fail("attached")
    assert processes_of(data_dir) == set()
    # The addresses hold when the weather is fair again, and when it is not.
    for again in (None, options):
        async with attach_or_start(data_dir, faults=again, progress=print) as fair:
            assert fair.storage_endpoint == account.storage_endpoint
            assert fair.batch_endpoint == account.batch_endpoint
            assert fair.faults == (str(file) if again else "")
            async with storage(fair) as blobs:
                blob = blobs.get_blob_client("box", "text.txt")
                assert await (await blob.download_blob()).readall() == b"hallo"


async def test_a_test_acts_at_each_request_of_an_account_in_its_own_process(
    tmp_path: Path,
) -> None:
    moments: list[tuple[int, str, str]] = []

    async def observe(event: RequestEvent) -> None:
        moments.append((event.request, event.event, event.operation))

    options = FaultOptions(request_log=tmp_path / "all.log")
    async with run_account(DataDir(tmp_path / "data"), faults=options, progress=print) as running:
        assert running.faults is not None
        running.faults.observers.append(observe)
        account = running.connection
        async with batch(account) as client, storage(account) as blobs:
            await client.create_pool(pool_options("p"))
            await blobs.create_container("box")
            one = tmp_path / "one.toml"
            one.write_text("[[faults]]\ndo = 'answer'\nstatus = 429")
            running.faults.load(read_faults(one))
            with pytest.raises(HttpResponseError):
                await client.get_pool("p")
    assert moments == [
        (1, "received", "CreatePool"),
        (1, "carried_out", "CreatePool"),
        (1, "answered", "CreatePool"),
        (2, "received", "CreateContainer"),
        (2, "carried_out", "CreateContainer"),
        (2, "answered", "CreateContainer"),
        (3, "received", "GetPool"),
        (3, "answered", "GetPool"),
    ]


async def test_a_world_may_bring_its_faults_along(tmp_path: Path) -> None:
    world = tmp_path / "small.toml"
    world.write_text(
        "name = 'small'\n[[pools]]\nid = 'p'\n"
        "[[faults]]\ndo = 'answer'\nstatus = 503\noperation = 'GetPool'\n"
    )
    async with (
        attach_or_start(tmp_path / "data", play=Play(world), progress=print) as account,
        batch(account) as client,
    ):
        assert [pool.id async for pool in client.list_pools()] == ["p"]
        with pytest.raises(HttpResponseError) as caught:
            await client.get_pool("p")
        assert caught.value.status_code == 503


def test_the_command_says_each_fault_that_it_plays(
    tmp_path: Path, local_commands: list[LocalCommand]
) -> None:
    file, log = tmp_path / "faults.toml", tmp_path / "all.log"
    file.write_text("[[faults]]\nname = 'bad luck'\ndo = 'reset'\nnth = 1\n")
    world = tmp_path / "small.toml"
    world.write_text("name = 'small'\n")
    command = LocalCommand(
        *(tmp_path / "data", "--world", str(world), "--faults", str(file)),
        *("--log-requests", str(log)),
    )
    local_commands.append(command)
    said = command.read_until("Press Ctrl-C")
    assert f"1 fault of {file} in force" in said
    assert f"Faults          {file}" in said
    endpoint = next(word for word in said.split() if word.startswith("http://"))
    connection = HTTPConnection(endpoint.removeprefix("http://"), timeout=5)
    connection.request("GET", "/pools")
    with pytest.raises(ConnectionResetError):
        connection.getresponse()
    connection.close()
    assert "fault bad luck: GET /pools" in command.read_until("bad luck")
    command.process.send_signal(signal.SIGINT)
    assert command.finish()[0] == 0
    assert [request.received.path for request in requests_of(log)] == ["/pools"]


def test_the_command_refuses_a_wrong_file(
    tmp_path: Path, local_commands: list[LocalCommand]
) -> None:
    file = tmp_path / "faults.toml"
    file.write_text("[[faults]]\ndo = 'rest'\n[[faults]]\ndo = 'limit'\n")
    command = LocalCommand(tmp_path / "data", "--faults", str(file))
    local_commands.append(command)
    code, said = command.finish()
    assert code != 0
    assert "faults[0].do: cannot be 'rest'" in said
    assert "faults[1].rate: is missing" in said
    assert "Traceback" not in said
