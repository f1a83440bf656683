"""The proxy before a real Azurite: what is signed stays so, what is sent arrives, faults strike."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

import aiohttp
import pytest
from azure.core.exceptions import (
    HttpResponseError,
    IncompleteReadError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.storage.blob import ContainerSasPermissions, generate_container_sas
from azure.storage.blob.aio import BlobServiceClient
from yarl import URL

from batchtui.local.agent.process import Unwatched
from batchtui.local.azurite.program import find_azurite
from batchtui.local.azurite.run import Account, run_azurite
from batchtui.local.faults.injection import FaultInjection, inject_faults
from batchtui.local.faults.model import FaultSet
from batchtui.local.faults.options import FaultOptions
from batchtui.local.faults.proxy import serve_proxy
from batchtui.local.faults.reader import read_faults

from .logged import LoggedRequest, requests_of

KEY = "c2VjcmV0" * 8
ACCOUNT = Account("devtest", KEY)
LOST = (HttpResponseError, ServiceRequestError, ServiceResponseError, IncompleteReadError)


@dataclass
class FaultyStorage:
    """Azurite behind a proxy with faults."""

    direct: BlobServiceClient
    client: BlobServiceClient
    endpoint: str
    faults: FaultInjection
    folder: Path

    def requests(self) -> list[LoggedRequest]:
        return requests_of(self.folder / "requests.log")

    def load(self, fault: str) -> None:
        """Put one fault in force, in place of all others."""
        file = self.folder / "one.toml"
        file.write_text(f"[[faults]]\n{fault}")
        self.faults.load(read_faults(file))

    def sas(self, container: str) -> str:
        return generate_container_sas(
            ACCOUNT.name,
            container,
            account_key=KEY,
            permission=ContainerSasPermissions(read=True, write=True, create=True, list=True),
            expiry=datetime.now(UTC) + timedelta(hours=1),
        )


Faulty: TypeAlias = Callable[[str], AbstractAsyncContextManager[FaultyStorage]]


def service(endpoint: str) -> BlobServiceClient:
    return BlobServiceClient(
        endpoint,
        credential={"account_name": "devtest", "account_key": KEY},
        use_env_settings=False,
        retry_total=0,
        max_single_put_size=1_000_000,
        max_block_size=400_000,
        max_single_get_size=300_000,
        max_chunk_get_size=300_000,
    )


@pytest.fixture
def storage(tmp_path: Path) -> Faulty:
    """Storage with the faults of a TOML text."""

    @asynccontextmanager
    async def faulty(text: str) -> AsyncIterator[FaultyStorage]:
        file = tmp_path / "faults.toml"
        file.write_text(text)
        program = await find_azurite(progress=lambda line: None, watch=Unwatched())
        async with (
            run_azurite(program, ACCOUNT, tmp_path, port=0, watch=Unwatched()) as azurite,
            inject_faults(FaultOptions(file), tmp_path, say=lambda line: None) as faults,
        ):
            address = await azurite.listening()
            origin = address.removesuffix("/devtest")
            async with (
                serve_proxy(origin, port=0, faults=faults) as proxy,
                service(address) as direct,
                service(f"{proxy}/devtest") as client,
            ):
                yield FaultyStorage(direct, client, f"{proxy}/devtest", faults, tmp_path)

    return faulty


def code_of(error: HttpResponseError) -> str:
    """What storage calls an error."""
    code = getattr(error, "error_code", "")
    return str(getattr(code, "value", code))


async def test_signed_requests_pass_as_they_are(storage: Faulty) -> None:
    async with storage("") as account:
        container = await account.client.create_container("box", metadata={"batchtui_run": "k3f9"})
        content = bytes(range(256)) * 8_000
        names = ["plain.txt", "a folder/größe &=?#%.txt", "dots/..hidden", "plus+and@at;semi"]
        for name in names:
            await container.upload_blob(name, content, metadata={"a": "b"})
        assert sorted([blob.name async for blob in container.list_blobs()]) == sorted(names)
        for name in names:
            there = account.direct.get_blob_client("box", name)
            here = container.get_blob_client(name)
            assert await (await there.download_blob()).readall() == content
            assert await (await here.download_blob()).readall() == content
            assert await (await here.download_blob(10, 20)).readall() == content[10:30]
            properties = await here.get_blob_properties()
            assert (properties.size, properties.metadata) == (len(content), {"a": "b"})
        assert (await container.get_container_properties()).metadata == {"batchtui_run": "k3f9"}
        await container.delete_blob("plain.txt")
        with pytest.raises(HttpResponseError) as caught:
            await container.get_blob_client("plain.txt").download_blob()
        assert (caught.value.status_code, code_of(caught.value)) == (404, "BlobNotFound")
        with pytest.raises(HttpResponseError) as caught:
            await account.client.create_container("box")
        assert code_of(caught.value) == "ContainerAlreadyExists"
        operations = {request.received.operation for request in account.requests()}
        assert {"CreateContainer", "PutBlock", "PutBlockList", "GetBlob", "ListBlobs"} <= operations
        made = [path for request in account.requests() for path in request.made]
        assert made[0] == "/devtest/box"
        assert len(made) == len(set(made)) == 5


async def test_a_wrong_key_is_refused_through_it_too(storage: Faulty) -> None:
    async with (
        storage("") as account,
        BlobServiceClient(
            account.endpoint,
            credential={"account_name": "devtest", "account_key": "d3Jvbmc="},
            retry_total=0,
        ) as client,
    ):
        with pytest.raises(HttpResponseError, match="AuthorizationFailure"):
            await client.create_container("box")


async def test_a_url_with_a_sas_passes_and_its_signature_is_never_written(storage: Faulty) -> None:
    async with storage("[[faults]]\ndo = 'delay'\nseconds = 0") as account:
        await account.client.create_container("box")
        sas = account.sas("box")
        url = f"{account.endpoint}/box/by%20sas.txt?{sas}"
        async with aiohttp.ClientSession() as session:

            async def pieces() -> AsyncIterator[bytes]:
                for _ in range(30):
                    yield b"0123456789" * 1000

            headers = {"x-ms-blob-type": "BlockBlob", "Content-Length": "300000"}
            signed = URL(url, encoded=True)
            async with session.put(signed, data=pieces(), headers=headers) as response:
                assert response.status == 201, await response.text()
            async with session.get(signed) as response:
                body = await response.read()
                assert body == b"0123456789" * 30_000
                assert response.headers["Content-Type"] == "application/octet-stream"
            async with session.get(URL(url[:-4], encoded=True)) as response:
                assert response.status == 403
        signature = dict(part.split("=", 1) for part in sas.split("&"))["sig"]
        for log in account.folder.glob("*.log"):
            text = log.read_text()
            assert signature not in text
            assert "sig=" not in text
        assert any("by%20sas" in request.received.path for request in account.requests())


@pytest.mark.slow
async def test_faults_of_storage(storage: Faulty) -> None:
    """One Azurite for them all: it takes a second or two to start."""
    async with storage("") as account:
        await errors_have_the_form_of_storage(account)
        for number, how in enumerate(LOST_BY):
            await container_is_created_and_the_answer_lost(account, f"lost-{number}", how)
        await bodies_are_cut_reset_and_slow(account)
        await pages_are_repeated_and_skipped(account)
        await it_is_away_and_answers_again_at_the_same_port(account)


async def errors_have_the_form_of_storage(account: FaultyStorage) -> None:
    for status, code, wanted in [
        (503, "", "ServerBusy"),
        (403, "AuthorizationFailure", "AuthorizationFailure"),
        (401, "", "NoAuthenticationInformation"),
        (429, "", "TooManyRequests"),
    ]:
        account.load(f"do = 'answer'\nstatus = {status}\ncode = '{code}'\nservice = 'storage'")
        with pytest.raises(HttpResponseError) as caught:
            await account.client.create_container("box")
        assert (caught.value.status_code, code_of(caught.value)) == (status, wanted)
        assert [box.name async for box in account.direct.list_containers()] == []


LOST_BY = (
    "do = 'reset'",
    "do = 'reset'\nat = 'in_headers'",
    "do = 'broken_headers'",
    "do = 'answer'\nstatus = 500",
    "do = 'answer'\nstatus = 502",
    "do = 'answer'\nstatus = 503",
    "do = 'answer'\nstatus = 408",
    "do = 'wrong_body'\nbody = 'html'",
)


async def container_is_created_and_the_answer_lost(
    account: FaultyStorage, name: str, how: str
) -> None:
    account.load(f"{how}\noperation = 'CreateContainer'\ncarried_out = true")
    with pytest.raises(LOST):
        await account.client.create_container(name)
    assert name in [box.name async for box in account.direct.list_containers()]
    # aiohttp itself repeats a PUT whose connection broke, and is told that the container exists.
    made = [path for request in account.requests() for path in request.made]
    assert made.count(f"/devtest/{name}") == 1


async def bodies_are_cut_reset_and_slow(account: FaultyStorage) -> None:
    account.load("do = 'slow'\nrate = 10_000_000\noperation = 'GetBlob'")
    content = b"0123456789" * 25_000
    box = await account.client.create_container("bodies")
    blob = await box.upload_blob("a", content)
    assert await (await blob.download_blob()).readall() == content
    account.load("do = 'reset'\nat = 'in_body'\noperation = 'GetBlob'")
    with pytest.raises(LOST):
        await (await blob.download_blob()).readall()
    account.load("do = 'wrong_body'\nbody = 'truncated'\noperation = 'GetBlob'")
    async with aiohttp.ClientSession() as session:
        url = URL(f"{account.endpoint}/bodies/a?{account.sas('bodies')}", encoded=True)
        async with session.get(url) as response:
            assert await response.read() == content[: len(content) // 2]


async def pages_are_repeated_and_skipped(account: FaultyStorage) -> None:
    account.load("do = 'repeat_page'\noperation = 'ListBlobs'")
    box = await account.client.create_container("pages")
    for name in "abc":
        await box.upload_blob(name, b"")
    # The first page has no marker that could lead to it.
    pages = box.list_blobs(results_per_page=1)
    assert [blob.name async for blob in pages] == ["a", "b", "b", "c", "c"]
    account.load("do = 'skip_page'\noperation = 'ListBlobs'\nnth = 2")
    assert [blob.name async for blob in box.list_blobs(results_per_page=1)] == ["a", "c"]


async def it_is_away_and_answers_again_at_the_same_port(account: FaultyStorage) -> None:
    account.load("do = 'away'\nservice = 'storage'\nnth = 1\nseconds = 0.4")
    with pytest.raises(LOST):
        await account.client.create_container("never")
    async with asyncio.timeout(10):
        while True:
            try:
                names = [box.name async for box in account.client.list_containers()]
                break
            except LOST:
                await asyncio.sleep(0.05)
    assert "pages" in names
    assert "never" not in names


async def test_it_may_be_away_from_the_start(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text("[[faults]]\ndo = 'away'\nuntil = 1000")
    async with (
        inject_faults(FaultOptions(file), tmp_path, say=lambda line: None) as faults,
        serve_proxy("http://127.0.0.1:1", port=0, faults=faults) as address,
        aiohttp.ClientSession() as session,
    ):
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(address)
        faults.load(FaultSet())
        async with asyncio.timeout(10):
            while True:
                try:
                    async with session.get(address) as response:
                        assert response.status == 502
                        break
                except aiohttp.ClientConnectorError:
                    await asyncio.sleep(0.02)


async def test_its_port_stays_when_it_is_free(tmp_path: Path) -> None:
    async with inject_faults(FaultOptions(), tmp_path, say=lambda line: None) as faults:
        async with serve_proxy("http://127.0.0.1:1", port=0, faults=faults) as first:
            port = urlsplit(first).port or 0
            async with serve_proxy("http://127.0.0.1:1", port=port, faults=faults) as other:
                assert other != first
        async with serve_proxy("http://127.0.0.1:1", port=port, faults=faults) as second:
            assert second == first
            # Nothing is behind it.
            async with aiohttp.ClientSession() as session, session.get(second) as response:
                assert response.status == 502
