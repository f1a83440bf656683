"""The whole account, killed with SIGKILL and started again on its directory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient
from azure.core.credentials import AzureNamedKeyCredential
from azure.storage.blob import ContainerSasPermissions, generate_container_sas
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from batchtui.local.account import run_account
from batchtui.local.azurite.run import Azurite
from batchtui.local.connection import Connection
from batchtui.local.datadir import DataDir
from batchtui.local.faults.options import FaultOptions
from tests.local.batch import job_options, pool_options, until

from .conftest import LocalCommand

pytestmark = pytest.mark.slow

TASKS = 6


async def start(data_dir: Path, commands: list[LocalCommand]) -> tuple[LocalCommand, Connection]:
    command = LocalCommand(data_dir)
    commands.append(command)
    said = await asyncio.to_thread(command.read_until, "Press Ctrl-C")
    connection = DataDir(data_dir).connection()
    assert connection, said
    return command, connection


@asynccontextmanager
async def container(account: Connection) -> AsyncIterator[ContainerClient]:
    key = {"account_name": account.storage_account, "account_key": account.storage_key}
    async with (
        BlobServiceClient(account.storage_endpoint, key, use_env_settings=False) as service,
        service.get_container_client("files") as client,
    ):
        yield client


def batch(account: Connection) -> BatchClient:
    credential = AzureNamedKeyCredential(account.batch_account, account.batch_key)
    return BatchClient(account.batch_endpoint, credential)


def sas(account: Connection) -> str:
    return generate_container_sas(
        account.storage_account,
        "files",
        account.storage_key,
        permission=ContainerSasPermissions(read=True, list=True, write=True, create=True),
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )


@pytest.mark.fault("4.9")
async def test_what_storage_has_answered_outlives_the_account(
    tmp_path: Path, local_commands: list[LocalCommand]
) -> None:
    command, account = await start(tmp_path, local_commands)
    async with container(account) as files:
        await files.create_container()
        await files.upload_blob("a", b"content")
    await asyncio.to_thread(command.kill)
    _, again = await start(tmp_path, local_commands)
    assert again.storage_endpoint == account.storage_endpoint, "a SAS holds after a restart"
    async with container(again) as files:
        assert await (await files.download_blob("a")).readall() == b"content"


@pytest.mark.slow
@pytest.mark.fault("4.9")
@pytest.mark.parametrize("moment", [0.0, 0.1, 0.4, 0.8, 1.2, 1.6, 2.0, 3.0])
async def test_a_job_outlives_the_account(
    tmp_path: Path, local_commands: list[LocalCommand], moment: float
) -> None:
    """Killed so many seconds after the tasks were added, it comes to the same end."""
    command, account = await start(tmp_path, local_commands)
    async with container(account) as files, batch(account) as client:
        await files.create_container()
        for number in range(TASKS):
            await files.upload_blob(f"in{number}", f"text {number}".encode())
        await client.create_pool(pool_options(target_dedicated_nodes=2, task_slots_per_node=2))
        await client.create_job(job_options())
        await client.create_tasks(
            "job", [shouting(number, str(files.url), sas(account)) for number in range(TASKS)]
        )
    await asyncio.sleep(moment)
    await asyncio.to_thread(command.kill)
    _, again = await start(tmp_path, local_commands)
    async with container(again) as files, batch(again) as client:
        counts = await until(
            lambda: client.get_job_task_counts("job"),
            lambda found: found.task_counts.completed == TASKS,
            patience=60,
        )
        assert counts.task_counts.succeeded == TASKS
        for number in range(TASKS):
            blob = await files.download_blob(f"out{number}")
            assert await blob.readall() == f"TEXT {number}".encode()


def shouting(number: int, url: str, signature: str) -> models.BatchTaskCreateOptions:
    """A task that puts a text into capitals, after a moment."""
    target = models.OutputFileBlobContainerDestination(
        container_url=f"{url}?{signature}", path=f"out{number}"
    )
    return models.BatchTaskCreateOptions(
        id=f"t{number}",
        command_line=f"sh -c 'sleep 0.{number + 1}; tr a-z A-Z < in.txt > out.txt'",
        resource_files=[
            models.ResourceFile(http_url=f"{url}/in{number}?{signature}", file_path="in.txt")
        ],
        output_files=[
            models.OutputFile(
                file_pattern="out.txt",
                destination=models.OutputFileDestination(container=target),
                upload_options=models.OutputFileUploadConfiguration(upload_condition="tasksuccess"),
            )
        ],
    )


@pytest.mark.fault("4.9")
async def test_an_account_goes_on_with_its_tasks_once_its_storage_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Storage comes up later than the service does, on a slow machine seconds later."""
    logged = FaultOptions(request_log=tmp_path / "requests.log")
    async with run_account(DataDir(tmp_path / "data"), faults=logged, progress=print) as running:
        account = running.connection
        async with container(account) as files, batch(account) as client:
            await files.create_container()
            await files.upload_blob("in0", b"text 0")
            await client.create_pool(pool_options(target_dedicated_nodes=1))
            await client.create_job(job_options())
            task = shouting(0, str(files.url), sas(account))
            task.command_line = task.command_line.replace("sleep 0.1", "sleep 1")
            await client.create_task("job", task)
            await until(lambda: client.get_task("job", "t0"), lambda task: task.state == "running")

    listening = Azurite.listening

    async def late(azurite: Azurite) -> str:
        address = await listening(azurite)
        await asyncio.sleep(1)
        return address

    monkeypatch.setattr(Azurite, "listening", late)
    async with run_account(DataDir(tmp_path / "data"), faults=logged, progress=print) as running:
        async with batch(running.connection) as client:
            done = await until(
                lambda: client.get_task("job", "t0"),
                lambda task: task.state == "completed",
                patience=30,
            )
        assert done.execution_info is not None
        assert done.execution_info.failure_info is None
        assert done.execution_info.requeue_count == 1
