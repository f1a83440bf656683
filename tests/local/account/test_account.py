"""The whole account: a service, an agent, Azurite and a warden in processes of their own."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerSasPermissions, generate_container_sas
from azure.storage.blob.aio import BlobServiceClient

from batchtui.local.connection import Connection
from batchtui.local.datadir import DataDir
from batchtui.local.launch import attach_or_start
from batchtui.local.trouble import LocalAccountError
from tests.local.disks import fill, mounted

from .conftest import LocalCommand, processes_of

IMAGE = models.VirtualMachineConfiguration(
    image_reference=models.BatchVmImageReference(
        publisher="canonical", offer="ubuntu-24_04-lts", sku="server", version="latest"
    ),
    node_agent_sku_id="batch.node.ubuntu 24.04",
)


@contextlib.asynccontextmanager
async def batch(connection: Connection) -> AsyncIterator[BatchClient]:
    credential = AzureNamedKeyCredential(connection.batch_account, connection.batch_key)
    async with BatchClient(connection.batch_endpoint, credential) as client:
        yield client


async def start_task(client: BatchClient, task: models.BatchTaskCreateOptions) -> None:
    """Make a pool of one node and a job, and the task in it."""
    pool = models.BatchPoolCreateOptions(
        id="pool",
        vm_size="standard_d2s_v3",
        virtual_machine_configuration=IMAGE,
        target_dedicated_nodes=1,
    )
    await client.create_pool(pool)
    job = models.BatchJobCreateOptions(id="job", pool_info=models.BatchPoolInfo(pool_id="pool"))
    await client.create_job(job)
    await client.create_task("job", task)


async def in_state(client: BatchClient, state: str) -> models.BatchTask:
    async with asyncio.timeout(15):
        while True:
            task = await client.get_task("job", "task")
            if task.state == state:
                return task
            await asyncio.sleep(0.05)


async def eventually(check: Callable[[], bool], seconds: float = 8) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                if await asyncio.to_thread(check):
                    return True
                await asyncio.sleep(0.05)
    return False


async def test_a_task_runs_with_its_files_and_all_ends_with_the_context(tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        both = [attach_or_start(tmp_path, progress=print) for _ in range(2)]
        found = await asyncio.gather(*(stack.enter_async_context(one) for one in both))
        account = found[0]
        assert sorted(one.started for one in found) == [False, True]
        assert found[0].environment() == found[1].environment()
        url = await container(account)
        task = models.BatchTaskCreateOptions(
            id="task",
            command_line="sh -c 'tr a-z A-Z < in.txt > out.txt; python3 -c \"print(1 + 1)\"'",
            resource_files=[models.ResourceFile(storage_container_url=url, blob_prefix="in.txt")],
            output_files=[
                models.OutputFile(
                    file_pattern="out.txt",
                    destination=models.OutputFileDestination(
                        container=models.OutputFileBlobContainerDestination(container_url=url)
                    ),
                    upload_options=models.OutputFileUploadConfiguration(
                        upload_condition="tasksuccess"
                    ),
                )
            ],
        )
        async with batch(account) as client:
            await start_task(client, task)
            done = await in_state(client, "completed")
        assert done.execution_info is not None
        assert (done.execution_info.exit_code, done.execution_info.result) == (0, "success")
        assert await blob(account, "out.txt") == b"HALLO"
        assert processes_of(tmp_path)
    assert await eventually(lambda: not processes_of(tmp_path))
    assert not (tmp_path / "running.json").exists()


async def test_an_account_outlives_who_started_it_for_as_long_as_others_use_it(
    tmp_path: Path,
) -> None:
    async with contextlib.AsyncExitStack() as other:
        async with attach_or_start(tmp_path, progress=print) as first:
            second = await other.enter_async_context(attach_or_start(tmp_path, progress=print))
            assert (first.started, second.started) == (True, False)
        async with batch(second) as client:
            assert [pool async for pool in client.list_pools()] == []
    assert await eventually(lambda: not processes_of(tmp_path))


@pytest.mark.slow
async def test_killing_the_account_ends_its_tasks_and_azurite(
    tmp_path: Path, local_commands: list[LocalCommand]
) -> None:
    command = LocalCommand(tmp_path)
    local_commands.append(command)
    await asyncio.to_thread(command.read_until, "Press Ctrl-C")
    await start_sleeper(tmp_path)
    command.process.kill()
    assert await eventually(lambda: not processes_of(tmp_path))


@pytest.mark.slow
async def test_killing_who_started_the_account_ends_all(tmp_path: Path) -> None:
    script = f"""
import asyncio
from pathlib import Path
from batchtui.local.launch import attach_or_start

async def main():
    async with attach_or_start(Path({str(tmp_path)!r}), progress=print):
        print("up", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    assert await parent.stdout.readline() == b"up\n"
    await start_sleeper(tmp_path)
    parent.kill()
    await parent.wait()
    assert await eventually(lambda: not processes_of(tmp_path))


async def start_sleeper(data_dir: Path) -> None:
    """Have a task of that account run a process, and one that left its group."""
    async with attach_or_start(data_dir, progress=print) as account, batch(account) as client:
        script = "setsid sleep 61 & while :; do sleep 0.1; done"
        task = models.BatchTaskCreateOptions(id="task", command_line=f"sh -c '{script}'")
        await start_task(client, task)
        await in_state(client, "running")
        assert await eventually(lambda: len(processes_of(data_dir)) >= 5)


async def test_the_command_from_start_to_ctrl_c(
    tmp_path: Path, local_commands: list[LocalCommand]
) -> None:
    env_file = tmp_path / "env"
    first = LocalCommand(tmp_path / "data", "--env-file", str(env_file))
    local_commands.append(first)
    said = await asyncio.to_thread(first.read_until, "Press Ctrl-C")
    variables = sourced(env_file)
    assert env_file.stat().st_mode & 0o777 == 0o600
    assert variables["AZURE_BATCH_ENDPOINT"] in said
    assert variables["AZURE_BATCH_ACCESS_KEY"] not in said

    second = LocalCommand(tmp_path / "data")
    local_commands.append(second)
    code, said = await asyncio.to_thread(second.finish)
    assert code == 3
    assert "Another local account is running" in said

    first.process.send_signal(signal.SIGINT)
    code, said = await asyncio.to_thread(first.finish)
    assert code == 0
    assert "has ended" in said

    third = LocalCommand(tmp_path / "data", "--env-file", str(env_file))
    local_commands.append(third)
    await asyncio.to_thread(third.read_until, "Press Ctrl-C")
    assert sourced(env_file) == variables, "keys and ports hold after a restart"


async def test_a_taken_port_is_said(tmp_path: Path, local_commands: list[LocalCommand]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = LocalCommand(tmp_path, "--port", str(taken.getsockname()[1]))
        local_commands.append(command)
        code, said = await asyncio.to_thread(command.finish)
    assert code == 3
    assert "Choose another with --port" in said
    assert "Traceback" not in said


async def test_an_account_that_loses_azurite_stops_and_says_so(
    tmp_path: Path, local_commands: list[LocalCommand]
) -> None:
    command = LocalCommand(tmp_path)
    local_commands.append(command)
    await asyncio.to_thread(command.read_until, "Press Ctrl-C")
    for pid in processes_of(tmp_path / "azurite" / "blobs"):
        os.kill(pid, signal.SIGKILL)
    code, said = await asyncio.to_thread(command.finish)
    assert code == 3
    assert "Azurite" in said


@pytest.mark.slow
@pytest.mark.fault("8.1")
async def test_an_account_whose_disk_is_full_stops_and_says_so(
    tmp_path: Path, local_commands: list[LocalCommand]
) -> None:
    with mounted(tmp_path / "disk", "size=16m") as disk:
        command = LocalCommand(disk / "data")
        local_commands.append(command)
        await asyncio.to_thread(command.read_until, "Press Ctrl-C")
        account = DataDir(disk / "data").connection()
        assert account
        async with batch(account) as client:
            await start_task(
                client, models.BatchTaskCreateOptions(id="task", command_line="sleep 9")
            )
            await in_state(client, "running")
            fill(disk / "filler")
            with pytest.raises(AzureError):
                await add_jobs(client, 200)
        code, said = await asyncio.to_thread(command.finish)
        assert code == 3
        assert said.count("\n") == 1
        assert "its state could not be written" in said
        assert "the disk is full" in said
        assert await eventually(lambda: not processes_of(disk))


async def add_jobs(client: BatchClient, number: int) -> None:
    """More than there is room for in what the account's files have already taken of the disk."""
    pool = models.BatchPoolInfo(pool_id="x" * 60)
    for each in range(number):
        await client.create_job(models.BatchJobCreateOptions(id=f"job{each}", pool_info=pool))


async def test_an_account_that_cannot_start_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text("damaged")
    with pytest.raises(LocalAccountError, match=r"cannot use .*account\.json"):
        async with attach_or_start(tmp_path, progress=print):
            pass


def sourced(env_file: Path) -> dict[str, str]:
    """The variables as a shell reads them."""
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    done = subprocess.run(
        ["/bin/sh", "-c", f". {env_file} && exec {sys.executable} -c '{show}'"],
        capture_output=True,
        text=True,
        check=True,
        env={},
    )
    found: dict[str, str] = json.loads(done.stdout)
    return {name: value for name, value in found.items() if name.startswith("AZURE_")}


def service(account: Connection) -> BlobServiceClient:
    key = {"account_name": account.storage_account, "account_key": account.storage_key}
    return BlobServiceClient(account.storage_endpoint, credential=key, use_env_settings=False)


async def container(account: Connection) -> str:
    """A container with an in.txt, by its SAS address."""
    async with service(account) as client:
        made = await client.create_container("files")
        await made.upload_blob("in.txt", b"hallo")
        sas = generate_container_sas(
            account.storage_account,
            "files",
            account.storage_key,
            permission=ContainerSasPermissions(read=True, list=True, write=True, create=True),
            expiry=datetime.now(UTC) + timedelta(hours=1),
        )
        return f"{made.url}?{sas}"


async def blob(account: Connection, name: str) -> bytes:
    async with service(account) as client:
        found = await client.get_blob_client("files", name).download_blob()
        return await found.readall()
