"""Blobs in a real Azurite, over the real SDK."""

import asyncio
import base64
import gzip
import hashlib
import io
import os
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from azure.storage.blob import AccountSasPermissions, ResourceTypes, generate_account_sas

from batchtui.client import blobs
from batchtui.client.connect import connect
from batchtui.core.gateway import GatewayError, Storage
from batchtui.core.models import Blob, Window
from batchtui.core.profile import Profile
from batchtui.core.things import Kind, Thing
from batchtui.core.traffic import Traffic
from batchtui.local.agent.process import Unwatched
from batchtui.local.azurite.program import find_azurite
from batchtui.local.azurite.run import Account, run_azurite

pytestmark = pytest.mark.xdist_group("azurite")

KEY = "c2VjcmV0" * 8
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def account(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Profile]:
    program = await find_azurite(progress=lambda line: None, watch=Unwatched())
    directory = tmp_path_factory.mktemp("azurite")
    account = Account("blobs", KEY)
    async with run_azurite(program, account, directory, port=0, watch=Unwatched()) as azurite:
        endpoint = await azurite.listening()
        yield Profile(
            "test",
            "http://127.0.0.1:9",
            "nobody",
            KEY,
            storage_endpoint=endpoint,
            storage_account="blobs",
            storage_key=KEY,
        )


@pytest.fixture
async def storage(account: Profile) -> AsyncIterator[Storage]:
    async with connect(account, Traffic()) as gateway:
        assert gateway.storage
        yield gateway.storage


@pytest.fixture
async def box(storage: Storage, request: pytest.FixtureRequest) -> str:
    """A container of the test's own."""
    name = f"box-{abs(hash(request.node.name))}"
    await storage.create_container(name)
    return name


def ignore(_more: int) -> None:
    """Counts nothing."""


async def put(storage: Storage, box: str, blob: str, content: bytes, folder: Path) -> None:
    source = folder / "source"
    source.write_bytes(content)
    await storage.upload(box, blob, source, sent=ignore)


async def test_a_container_comes_and_goes(storage: Storage) -> None:
    assert not await storage.container_exists("coming")
    await storage.create_container("coming")
    assert await storage.container_exists("coming")
    found = [container for container in await storage.containers() if container.name == "coming"]
    assert found[0].last_modified
    assert found[0].last_modified.tzinfo
    with pytest.raises(GatewayError) as caught:
        await storage.create_container("coming")
    assert str(caught.value) == (
        "Could not create container coming: the specified container already exists "
        "(ContainerAlreadyExists)"
    )
    assert caught.value.exists
    await storage.delete_container("coming")
    with pytest.raises(GatewayError, match=r"ContainerNotFound") as caught:
        await storage.delete_container("coming")
    assert caught.value.missing


@pytest.mark.fault("4.1")
async def test_metadata_of_a_container(storage: Storage) -> None:
    await storage.create_container("labelled", metadata={"batchtui_run": "r1", "recipe": "words"})
    whole = await storage.container("labelled")
    assert {pair.name: pair.value for pair in whole.metadata} == {
        "batchtui_run": "r1", "recipe": "words",
    }  # fmt: skip
    listed = await storage.containers(with_metadata=True)
    assert next(each for each in listed if each.name == "labelled").metadata == whole.metadata
    plain = await storage.containers()
    assert next(each for each in plain if each.name == "labelled").metadata == ()
    with pytest.raises(GatewayError) as caught:
        await storage.container("nowhere")
    assert caught.value.missing


async def test_a_window_of_blobs(storage: Storage, box: str, tmp_path: Path) -> None:
    for name in ("a.txt", "b/c.txt", "d.bin"):
        await put(storage, box, name, name.encode(), tmp_path)
    window = await storage.blobs(box, at_most=2)
    assert [blob.name for blob in window.items] == ["a.txt", "b/c.txt"]
    assert not window.complete
    window = await storage.blobs(box, at_most=3)
    assert window.complete
    assert [(blob.size, blob.content_type) for blob in window.items] == [
        (5, "text/plain"),
        (7, "text/plain"),
        (5, "application/octet-stream"),
    ]
    await storage.delete_blob(box, "d.bin")
    assert [blob.name for blob in (await storage.blobs(box, at_most=9)).items] == [
        "a.txt",
        "b/c.txt",
    ]


async def test_a_listing_of_many_pages(
    storage: Storage, box: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "PAGE", 2)
    names = ["a", "a b/ü&<x>.txt", "b", "c", "d"]
    for name in names:
        await put(storage, box, name, b"x", tmp_path)
    window = await storage.blobs(box, at_most=9)
    assert [blob.name for blob in window.items] == names
    assert window.complete
    modified = window.items[0].last_modified
    assert modified
    assert abs(datetime.now(UTC) - modified) < HOUR


async def test_an_empty_container(storage: Storage, box: str) -> None:
    assert await storage.blobs(box, at_most=9) == Window(())


async def test_blobs_of_a_container_that_is_not_there(storage: Storage) -> None:
    with pytest.raises(GatewayError) as caught:
        await storage.blobs("not-there", at_most=9)
    assert str(caught.value) == (
        "Could not list the blobs of container not-there: the specified container does not exist "
        "(ContainerNotFound)"
    )
    assert caught.value.missing


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024 + 1, 9 * 1024 * 1024])
async def test_what_goes_up_comes_down(
    storage: Storage, box: str, tmp_path: Path, size: int
) -> None:
    content = os.urandom(size)
    source, target = tmp_path / "source", tmp_path / "deep" / "target"
    source.write_bytes(content)
    sent: list[int] = []
    received: list[int] = []
    name = "a b/ü@x+y;z=%41.bin"
    await storage.upload(box, name, source, sent=sent.append)
    await storage.download(box, name, target, received=received.append)
    assert target.read_bytes() == content
    assert sum(sent) == sum(received) == size
    assert all(more >= 0 for more in sent)
    assert [path.name for path in target.parent.iterdir()] == ["target"]


async def test_a_blob_is_read_by_parts(storage: Storage, box: str, tmp_path: Path) -> None:
    await put(storage, box, "a/log.txt", b"0123456789", tmp_path)
    await put(storage, box, "empty", b"", tmp_path)
    assert (await storage.blob_state(box, "a/log.txt")).size == 10
    assert await storage.read_blob(box, "a/log.txt", start=3, length=4) == b"3456"
    assert await storage.read_blob(box, "a/log.txt", start=8, length=100) == b"89"
    assert await storage.read_blob(box, "a/log.txt", start=10, length=1) == b""
    assert await storage.read_blob(box, "empty", start=0, length=1) == b""
    with pytest.raises(GatewayError, match="Could not look at gone") as caught:
        await storage.blob_state(box, "gone")
    assert caught.value.missing


async def test_a_large_file_is_sent_in_parts(storage: Storage, box: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(9 * 1024 * 1024))
    sent: list[int] = []
    await storage.upload(box, "large", source, sent=sent.append)
    assert len([more for more in sent if more]) == 9


async def test_a_file_that_is_too_large(storage: Storage, box: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    with source.open("wb") as file:
        file.truncate(49 * 2**30)
    with pytest.raises(GatewayError, match=r"larger than 48 GiB"):
        await storage.upload(box, "large", source, sent=ignore)


async def test_a_blob_that_is_not_there(storage: Storage, box: str, tmp_path: Path) -> None:
    with pytest.raises(GatewayError) as caught:
        await storage.download(box, "none", tmp_path / "none", received=ignore)
    assert str(caught.value) == (
        f"Could not download none of container {box} to {tmp_path / 'none'}: "
        "the specified blob does not exist (BlobNotFound)"
    )
    assert caught.value.missing
    assert not list(tmp_path.iterdir())


async def test_a_cancelled_download_leaves_nothing(
    storage: Storage, box: str, tmp_path: Path
) -> None:
    await put(storage, box, "large", bytes(9 * 1024 * 1024), tmp_path)
    begun = asyncio.Event()
    target = tmp_path / "down" / "target"
    download = asyncio.create_task(
        storage.download(box, "large", target, received=lambda more: begun.set())
    )
    await begun.wait()
    download.cancel()
    with pytest.raises(asyncio.CancelledError):
        await download
    assert not target.parent.exists() or not list(target.parent.iterdir())


async def test_a_file_of_this_machine_that_cannot_be_read(
    storage: Storage, box: str, tmp_path: Path
) -> None:
    source = tmp_path / "none"
    with pytest.raises(GatewayError, match=rf"{source}: No such file or directory$"):
        await storage.upload(box, "none", source, sent=ignore)


async def test_a_folder_that_cannot_be_written(storage: Storage, box: str, tmp_path: Path) -> None:
    await put(storage, box, "a", b"a", tmp_path)
    with pytest.raises(GatewayError, match=r"^Could not download a of container"):
        await storage.download(box, "a", tmp_path / "source" / "a", received=ignore)


async def test_a_url_to_a_blob(storage: Storage, box: str, tmp_path: Path) -> None:
    await put(storage, box, "a b.txt", b"hello", tmp_path)
    url = await storage.blob_url(box, "a b.txt", lasting=HOUR)
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as answer:
            assert await answer.read() == b"hello"
        async with session.delete(url) as answer:
            assert answer.status == 403


async def test_a_url_to_a_container(storage: Storage, box: str) -> None:
    url = await storage.container_url(box, rights="wrl", lasting=HOUR)
    base, _, sas = url.partition("?")
    async with aiohttp.ClientSession() as session:
        headers = {"x-ms-blob-type": "BlockBlob"}
        async with session.put(f"{base}/out.txt?{sas}", data=b"out", headers=headers) as answer:
            assert answer.status == 201
        async with session.delete(f"{base}/out.txt?{sas}") as answer:
            assert answer.status == 403
    assert [blob.name for blob in (await storage.blobs(box, at_most=9)).items] == ["out.txt"]


CALLS: list[Callable[[Storage], Awaitable[object]]] = [
    lambda storage: storage.containers(),
    lambda storage: storage.container_exists("box"),
    lambda storage: storage.blobs("box", at_most=9),
]


@pytest.mark.parametrize("call", CALLS)
async def test_a_wrong_key(account: Profile, call: Callable[[Storage], Awaitable[object]]) -> None:
    async with connect(replace(account, storage_key="d3Jvbmc="), Traffic()) as gateway:
        assert gateway.storage
        with pytest.raises(GatewayError, match=r"check the account's key"):
            await call(gateway.storage)


async def test_requests_are_counted(account: Profile) -> None:
    traffic = Traffic()
    async with connect(account, traffic) as gateway:
        assert gateway.storage
        await gateway.storage.container_exists("counted")
        await gateway.storage.container_url("counted", rights="r", lasting=HOUR)
    assert [(request.method, request.path) for request in traffic.recent] == [
        ("GET", "/blobs/counted")
    ]


async def test_what_is_known_of_a_container_and_of_a_blob(
    storage: Storage, account: Profile, box: str, tmp_path: Path
) -> None:
    await put(storage, box, "a/log.txt", b"0123456789", tmp_path)
    whole = await storage.document(Thing(Kind.CONTAINER, box))
    assert (whole["name"], whole["publicAccess"]) == (box, "none")
    assert whole["lease"] == {"status": "unlocked", "state": "available"}
    blob = await storage.document(Thing(Kind.BLOB, "a/log.txt", box))
    assert (blob["contentLength"], blob["contentType"]) == (10, "text/plain")
    assert blob["contentMD5"] == "eB5eJF1ptWaXm4bijSPyxw=="
    assert (blob["blobType"], blob["accessTier"]) == ("BlockBlob", "Hot")
    assert blob["url"] == f"{account.storage_endpoint}/{box}/a/log.txt"
    assert abs(datetime.now(UTC) - datetime.fromisoformat(blob["lastModified"])) < HOUR
    with pytest.raises(GatewayError, match=r"^Could not look at blob gone of container") as caught:
        await storage.document(Thing(Kind.BLOB, "gone", box))
    assert caught.value.missing


GZIPPED = gzip.compress(b"a,b\n" * 2000, mtime=0)


async def put_by_others(
    storage: Storage, box: str, blob: str, content: bytes, headers: dict[str, str]
) -> None:
    """With headers that batchtui never sets."""
    url = await storage.blob_url(box, blob, lasting=HOUR, rights="cw")
    headers = {"x-ms-blob-type": "BlockBlob", **headers}
    async with (
        aiohttp.ClientSession() as session,
        session.put(url, data=io.BytesIO(content), headers=headers) as answer,
    ):
        assert answer.status == 201, await answer.text()


@pytest.mark.fault("3.1")
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("small.csv.gz", "application/gzip"),
        ("t.tar.gz", "application/gzip"),
        ("x.svgz", "application/gzip"),
        ("a.tar.bz2", "application/x-bzip2"),
        ("b.xz", "application/x-xz"),
        ("old.Z", "application/x-compress"),
        ("page.html.br", "application/octet-stream"),
        ("plain.csv", "text/csv"),
        ("data:text/html,x", "application/octet-stream"),
    ],
)
@pytest.mark.parametrize("content", [GZIPPED, b"not gzip at all"], ids=["gzip", "text"])
async def test_bytes_are_the_same_whatever_the_name(
    storage: Storage, box: str, tmp_path: Path, name: str, kind: str, content: bytes
) -> None:
    await put(storage, box, name, content, tmp_path)
    whole = await storage.document(Thing(Kind.BLOB, name, box))
    assert "contentEncoding" not in whole
    assert whole["contentType"] == kind
    await storage.download(box, name, tmp_path / "down", received=ignore)
    assert (tmp_path / "down").read_bytes() == content
    assert await storage.read_blob(box, name, start=2, length=5) == content[2:7]


@pytest.mark.fault("3.1", "1.5")
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity", "nonsense"])
@pytest.mark.parametrize("size", [55, 5 * 1024 * 1024])
async def test_bytes_are_the_same_whatever_the_encoding_says(
    storage: Storage, box: str, tmp_path: Path, encoding: str, size: int
) -> None:
    noise = os.urandom(size)
    for name, content in (("true.gz", gzip.compress(noise)), ("false.gz", noise)):
        await put_by_others(storage, box, name, content, {"x-ms-blob-content-encoding": encoding})
        received: list[int] = []
        await storage.download(box, name, tmp_path / name, received=received.append)
        assert (tmp_path / name).read_bytes() == content
        assert sum(received) == len(content) == (await storage.blob_state(box, name)).size
        assert await storage.read_blob(box, name, start=0, length=9) == content[:9]
        assert await storage.read_blob(box, name, start=50, length=size) == content[50 : 50 + size]


@pytest.mark.fault("3.1")
@pytest.mark.parametrize("size", [0, 1, 1024 * 1024, 1024 * 1024 + 1, 9 * 1024 * 1024 + 7])
async def test_a_blob_keeps_the_md5_of_all_of_it(
    storage: Storage, box: str, tmp_path: Path, size: int
) -> None:
    content = os.urandom(size)
    await put(storage, box, "a", content, tmp_path)
    whole = await storage.document(Thing(Kind.BLOB, "a", box))
    md5 = hashlib.md5(content, usedforsecurity=False).digest()
    assert whole["contentMD5"] == base64.b64encode(md5).decode()


@pytest.mark.fault("3.1")
@pytest.mark.parametrize("size", [9, 5 * 1024 * 1024])
async def test_a_blob_that_does_not_have_its_md5_is_not_saved(
    storage: Storage, box: str, tmp_path: Path, size: int
) -> None:
    url = await storage.container_url(box, rights="rw", lasting=HOUR)
    await put(storage, box, "a", bytes(size), tmp_path)
    wrong = {"x-ms-blob-content-md5": base64.b64encode(bytes(16)).decode()}
    address = url.replace("?", "/a?comp=properties&")
    async with (
        aiohttp.ClientSession() as session,
        session.put(address, headers=wrong) as answer,
    ):
        assert answer.status == 200, await answer.text()
    with pytest.raises(GatewayError, match="does not have the MD5 that the blob has"):
        await storage.download(box, "a", tmp_path / "down", received=ignore)
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


@pytest.mark.fault("3.1")
async def test_what_is_changed_on_its_way_up_is_refused(
    storage: Storage, box: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "_in_base64", lambda _md5: base64.b64encode(bytes(16)).decode())
    for size in (1, 1024 * 1024 + 1):
        with pytest.raises(GatewayError, match=r"\(Md5Mismatch|\(HTTP 400|MD5"):
            await put(storage, box, "a", bytes(size), tmp_path)
    assert await storage.blobs(box) == Window(())


@pytest.mark.fault("3.1")
async def test_a_blob_that_is_replaced_while_it_is_read_is_said(
    storage: Storage, box: str, tmp_path: Path
) -> None:
    size = 9 * 1024 * 1024
    await put(storage, box, "a", bytes(size), tmp_path)
    url = await storage.blob_url(box, "a", lasting=HOUR, rights="w")
    replaced = False

    def replace_it(_more: int) -> None:
        nonlocal replaced
        if not replaced:
            headers = {"x-ms-blob-type": "BlockBlob"}
            request = urllib.request.Request(url, b"x" * size, headers, method="PUT")  # noqa: S310, Azurite's
            urllib.request.urlopen(request).close()  # noqa: S310
            replaced = True

    with pytest.raises(GatewayError, match="changed while it was read; download it again"):
        await storage.download(box, "a", tmp_path / "down" / "a", received=replace_it)
    assert [path.name for path in tmp_path.rglob("*")] == ["source"]


@pytest.mark.fault("3.1")
async def test_a_file_that_becomes_shorter_leaves_the_blob_as_it_was(
    storage: Storage, box: str, tmp_path: Path
) -> None:
    await put(storage, box, "a", b"before", tmp_path)
    source = tmp_path / "source"
    source.write_bytes(bytes(30 * 1024 * 1024))
    with pytest.raises(GatewayError, match="became shorter while it was read"):
        await storage.upload(box, "a", source, sent=lambda _more: os.truncate(source, 1))
    assert await storage.read_blob(box, "a", start=0, length=9) == b"before"


@pytest.mark.fault("5.4")
async def test_a_pipe_is_not_waited_for(storage: Storage, box: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(GatewayError, match="is not a file"):
        await storage.upload(box, "a", tmp_path / "pipe", sent=ignore)


async def test_blocks_that_an_upload_left_are_in_nobodys_way(
    storage: Storage, box: str, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom(9 * 1024 * 1024))
    begun = asyncio.Event()
    upload = asyncio.create_task(storage.upload(box, "a", source, sent=lambda _more: begun.set()))
    await begun.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    await storage.upload(box, "a", source, sent=ignore)
    await storage.download(box, "a", tmp_path / "down", received=ignore)
    assert (tmp_path / "down").read_bytes() == source.read_bytes()


@pytest.mark.fault("3.9")
async def test_a_listing_has_no_end_but_its_own(
    storage: Storage, box: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "PAGE", 3)
    for number in range(11):
        await put(storage, box, f"{number:02}", b"x", tmp_path)
    window = await storage.blobs(box)
    assert len(window.items) == 11
    assert window.complete


async def test_a_blob_on_two_pages_is_listed_once(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it happens while others write; a page that leads to itself is no listing's."""
    pages = {"": (["a", "b"], "2"), "2": (["b", "c"], "3"), "3": (["d"], "")}

    async def page(*_: object, marker: str, **__: object) -> tuple[list[Blob], str]:
        names, following = pages[marker]
        return [Blob(name, 1, None, "") for name in names], following

    monkeypatch.setattr(blobs, "page_of_blobs", page)
    window = await storage.blobs("box")
    assert [blob.name for blob in window.items] == ["a", "b", "c", "d"]
    pages["3"] = (["d"], "3")
    with pytest.raises(GatewayError):
        await storage.blobs("box")


@pytest.mark.fault("3.12")
@pytest.mark.parametrize("name", ["日" * 81 + "x", "n" * 255])
async def test_a_long_name_comes_down(
    storage: Storage, box: str, tmp_path: Path, name: str
) -> None:
    await put(storage, box, name, bytes(5 * 1024 * 1024), tmp_path)
    await storage.download(box, name, tmp_path / "down" / name, received=ignore)
    assert (tmp_path / "down" / name).stat().st_size == 5 * 1024 * 1024


@pytest.mark.fault("2.9")
async def test_an_account_that_is_used_by_a_sas(account: Profile, box: str, tmp_path: Path) -> None:
    """As `BlobEndpoint=...;SharedAccessSignature=...` has it; it can sign no other SAS."""
    sas = generate_account_sas(
        "blobs",
        KEY,
        resource_types=ResourceTypes(service=True, container=True, object=True),
        permission=AccountSasPermissions(read=True, write=True, list=True, create=True, add=True),
        expiry=datetime.now(UTC) + HOUR,
    )
    profile = replace(account, storage_key=None, storage_sas=sas)
    async with connect(profile, Traffic()) as gateway:
        storage = gateway.storage
        assert storage
        assert box in [container.name for container in await storage.containers()]
        await put(storage, box, "a b.txt", b"hello", tmp_path)
        assert [blob.name for blob in (await storage.blobs(box)).items] == ["a b.txt"]
        assert await storage.read_blob(box, "a b.txt", start=1, length=3) == b"ell"
        url = await storage.blob_url(box, "a b.txt", lasting=HOUR)
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            assert await response.read() == b"hello"
        with pytest.raises(GatewayError, match="lacks the permissions d, and another one can be"):
            await storage.container_url(box, rights="rd", lasting=HOUR)
        with pytest.raises(GatewayError, match="the SAS of the storage account blobs was refused"):
            await storage.delete_container(box)
