"""A real Azurite, from the user's cache (installed there the first time)."""

import asyncio
import os
from pathlib import Path

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob.aio import BlobServiceClient

from batchtui.local.agent.group import alive
from batchtui.local.agent.process import Unwatched
from batchtui.local.azurite.program import Program, find_azurite
from batchtui.local.azurite.run import Account, run_azurite
from batchtui.local.trouble import LocalAccountError

KEY = "c2VjcmV0" * 8
ACCOUNT = Account("devtest", KEY)


def service(endpoint: str, key: str = KEY) -> BlobServiceClient:
    return BlobServiceClient(
        endpoint,
        credential={"account_name": "devtest", "account_key": key},
        use_env_settings=False,
        retry_total=0,
    )


async def azurite() -> Program:
    return await find_azurite(progress=lambda line: None, watch=Unwatched())


async def test_it_serves_our_account_and_keeps_its_blobs(tmp_path: Path) -> None:
    program = await azurite()
    async with run_azurite(program, ACCOUNT, tmp_path, port=0, watch=Unwatched()) as running:
        first = await running.listening()
        async with service(first) as client:
            container = await client.create_container("box")
            await container.upload_blob("a", b"hallo")
        async with service(first, "d3Jvbmc=") as client:
            with pytest.raises(HttpResponseError, match="AuthorizationFailure"):
                await client.create_container("bux")
        arguments = await asyncio.to_thread(Path(f"/proc/{running.pid}/cmdline").read_text)
        assert KEY not in arguments
    assert not alive(running.pid)

    port = int(first.split(":")[2].split("/")[0])
    async with run_azurite(program, ACCOUNT, tmp_path, port=port, watch=Unwatched()) as running:
        assert await running.listening() == first
        async with service(first) as client:
            blob = await client.get_blob_client("box", "a").download_blob()
            assert await blob.readall() == b"hallo"


async def test_a_taken_port_is_left_alone(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    async with server:
        taken = server.sockets[0].getsockname()[1]
        async with run_azurite(
            await azurite(), ACCOUNT, tmp_path, port=taken, watch=Unwatched()
        ) as running:
            assert f":{taken}/" not in await running.listening()


async def test_an_early_death_tells_its_last_lines(tmp_path: Path) -> None:
    program = Program(("/bin/sh", "-c", "echo no such thing; exit 3"), telemetry=False)
    with pytest.raises(LocalAccountError, match=r"ended while starting[^$]*no such thing"):
        async with run_azurite(program, ACCOUNT, tmp_path, port=0, watch=Unwatched()) as running:
            await running.listening()


async def test_one_of_the_user_s_own_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "azurite" / "dist" / "src" / "blob" / "main.js"
    os.makedirs(own.parent)
    own.write_text("")
    (tmp_path / "azurite" / "package.json").write_text('{"name": "azurite", "version": "3.35.0"}')
    os.symlink(own, tmp_path / "azurite-blob")
    monkeypatch.setenv("BATCHTUI_AZURITE", str(tmp_path / "azurite-blob"))
    program = await azurite()
    assert program.arguments[-1] == str(own)
    assert program.telemetry


async def test_a_wrong_setting_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATCHTUI_AZURITE", str(tmp_path / "nothing"))
    with pytest.raises(LocalAccountError, match="BATCHTUI_AZURITE names"):
        await azurite()


def test_the_account_hides_its_key() -> None:
    assert KEY not in repr(ACCOUNT)
