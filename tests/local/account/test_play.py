"""A whole simulated account in a process of its own."""

import signal
from pathlib import Path

import pytest
from azure.batch.aio import BatchClient
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from batchtui.local.azurite.program import is_there
from batchtui.local.launch import attach_or_start
from batchtui.local.play import Play
from batchtui.local.trouble import LocalAccountError
from tests.local.batch import until

from .conftest import LocalCommand, processes_of

WORLD = """
name = "small"
[[pools]]
id = "p"
dedicated = 2
[[jobs]]
id = "j"
pool = "p"
tasks = 10
done = 0.5
[[containers]]
id = "texts"
blobs = 12
blob = "text-{n}.txt"
size = 100
"""


@pytest.fixture
def world(tmp_path: Path) -> Path:
    file = tmp_path / "small.toml"
    file.write_text(WORLD)
    return file


@pytest.mark.slow
async def test_a_world_is_attached_to_and_begins_anew_at_each_start(
    world: Path, tmp_path: Path
) -> None:
    play, data_dir = Play(world, 5.0), tmp_path / "data"
    for _ in range(2):
        async with (
            attach_or_start(data_dir, play=play, progress=print) as account,
            attach_or_start(data_dir, play=play, progress=print) as other,
        ):
            assert other.batch_endpoint == account.batch_endpoint
            assert (account.simulated, other.simulated) == (True, True)
            credential = AzureNamedKeyCredential(account.batch_account, account.batch_key)
            async with BatchClient(account.batch_endpoint, credential) as client:
                counts = (await client.get_job_task_counts("j")).task_counts
                assert (counts.completed, counts.running, counts.active) == (5, 2, 3)
                await client.begin_delete_job("j")
    assert processes_of(data_dir) == set()


@pytest.mark.slow
@pytest.mark.skipif(not is_there(), reason="Azurite is not installed here")
async def test_its_containers_hold_their_blobs(world: Path, tmp_path: Path) -> None:
    async with attach_or_start(tmp_path / "data", play=Play(world), progress=print) as account:
        key = {"account_name": account.storage_account, "account_key": account.storage_key}
        async with BlobServiceClient(account.storage_endpoint, key) as storage:
            container = storage.get_container_client("texts")
            blobs = await until(lambda: blobs_of(container), lambda found: len(found) == 12)
    assert [blob.name for blob in blobs][:2] == ["text-01.txt", "text-02.txt"]
    assert [blob.size for blob in blobs] == [100] * 12


async def blobs_of(container: ContainerClient) -> list[BlobProperties]:
    """Empty while the container is still to be made."""
    try:
        return [blob async for blob in container.list_blobs()]
    except ResourceNotFoundError:
        return []


async def test_without_azurite_it_has_no_storage(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("BATCHTUI_AZURITE", raising=False)
    async with attach_or_start(tmp_path / "data", play=Play(world), progress=print) as account:
        assert account.storage_endpoint == ""


def test_the_command_says_that_it_is_simulated_and_ends_clean(
    world: Path, tmp_path: Path, local_commands: list[LocalCommand]
) -> None:
    command = LocalCommand(tmp_path / "data", "--world", str(world), "--speed", "60")
    local_commands.append(command)
    assert "SIMULATED" in command.read_until("Ctrl-C")
    command.process.send_signal(signal.SIGINT)
    code, rest = command.finish()
    assert (code, "has ended" in rest) == (0, True)


async def test_a_world_that_is_wrong_is_said_by_whoever_starts_it(
    world: Path, tmp_path: Path
) -> None:
    world.write_text("name = 'w'\nslots = 2")
    with pytest.raises(LocalAccountError, match="unknown field `slots`"):
        async with attach_or_start(tmp_path / "data", play=Play(world), progress=print):
            pytest.fail("started")
