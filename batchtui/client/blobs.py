"""A storage account over `azure.storage.blob.aio`."""

import asyncio
import base64
import mimetypes
import secrets
import ssl
from collections.abc import Iterator, Mapping
from contextlib import aclosing, contextmanager
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import aiohttp
from azure.core import AsyncPipelineClient
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.storage.blob import (
    BlobBlock,
    BlobProperties,
    BlobType,
    ContainerProperties,
    ContentSettings,
)
from azure.storage.blob.aio import BlobClient, BlobServiceClient, StorageStreamDownloader

from batchtui.client import properties
from batchtui.client.answers import NotAzureError
from batchtui.client.listing import page_of_blobs
from batchtui.client.sas import Signer
from batchtui.client.service import Service
from batchtui.client.upload_source import Block, UploadSource, upload_source
from batchtui.core.gateway import Counted, GatewayError
from batchtui.core.models import Blob, Container, FileState, NameValue, Window
from batchtui.core.part_file import PartFile, part_file
from batchtui.core.things import Document, Kind, Thing

PAGE = 1000
"""Blobs in one page, of which the service would put 5000: what takes some 10 ms to decode."""

HOUR = timedelta(hours=1)

SENT = 1024 * 1024
"""Bytes of a file in one request. aiohttp warns that more would hold up the event loop."""

BLOCKS_AT_ONCE = 4
"""Requests of one file that are under way at a time."""

RECEIVED = 4 * 1024 * 1024
"""Bytes of a blob in one answer."""

LARGEST = 50_000 * SENT
"""Bytes; the service takes no more blocks than that for a blob."""

AS_STORED: dict[str, Any] = {"decompress": False, "headers": {"Accept-Encoding": "identity"}}
"""For downloads. The SDK would undo a blob's Content-Encoding, and aiohttp ask for one."""

COMPRESSED = {
    "gzip": "application/gzip",
    "bzip2": "application/x-bzip2",
    "xz": "application/x-xz",
    "compress": "application/x-compress",
}

NETWORK = (aiohttp.ClientError, ConnectionError, TimeoutError, ssl.SSLError)
"""Kinds of `OSError` that are no trouble of a disk."""


class StorageAccount:
    """`core.gateway.Storage`, spoken to Azure Storage or to Azurite."""

    def __init__(
        self,
        client: BlobServiceClient,
        lister: AsyncPipelineClient[HttpRequest, AsyncHttpResponse],
        service: Service,
        signer: Signer,
    ) -> None:
        """`lister` lists blobs; it signs where the account has no key."""
        self._client = client
        self._lister = lister
        self._service = service
        self._signer = signer

    async def containers(self, *, with_metadata: bool = False) -> tuple[Container, ...]:
        with self._service.trying("list containers"):
            return tuple(
                [
                    _container(container)
                    async for container in self._client.list_containers(
                        include_metadata=with_metadata
                    )
                ]
            )

    async def container(self, name: str) -> Container:
        with self._service.trying(f"look at container {name}"):
            return _container(await self._properties(name))

    async def _properties(self, container: str) -> ContainerProperties:
        client = self._client.get_container_client(container)
        found = await client.get_container_properties()
        if not found.etag:  # the SDK reads headers alone, and takes any answer for the service's
            raise NotAzureError
        return found

    async def blobs(self, container: str, *, at_most: int | None = None) -> Window[Blob]:
        # By name: while others write, one may be on two pages.
        blobs: dict[str, Blob] = {}
        marker = ""
        with self._service.trying(f"list the blobs of container {container}"):
            url = self._client.get_container_client(container).url
            signed = self._service.keyed or self._service.by_sas
            sas = await self._signer.container(container, "l", HOUR) if signed else ""
            while at_most is None or len(blobs) < at_most:
                count = PAGE if at_most is None else min(at_most - len(blobs), PAGE)
                before = marker
                page, marker = await page_of_blobs(
                    self._lister, url, sas, count=count, marker=before
                )
                blobs |= {blob.name: blob for blob in page}
                if marker and marker == before:
                    raise NotAzureError  # it would never end
                await asyncio.sleep(0)  # an answer that is there already would not yield
                if not marker:
                    break
        return Window(tuple(blobs.values()), complete=not marker)

    async def container_exists(self, container: str) -> bool:
        # Not by the SDK's `exists`, for which any 404 will do, a proxy's too.
        try:
            with self._service.trying(f"look for container {container}"):
                await self._properties(container)
        except GatewayError as error:
            if error.missing:
                return False
            raise
        return True

    async def create_container(
        self, container: str, *, metadata: Mapping[str, str] | None = None
    ) -> None:
        with self._service.trying(f"create container {container}"):
            await self._client.create_container(container, metadata=dict(metadata or {}) or None)

    async def delete_container(self, container: str) -> None:
        with self._service.trying(f"delete container {container}"):
            await self._client.delete_container(container)

    async def delete_blob(self, container: str, blob: str) -> None:
        with self._service.trying(f"delete blob {blob} of container {container}"):
            await self._client.get_blob_client(container, blob).delete_blob()

    async def upload(self, container: str, blob: str, source: Path, *, sent: Counted) -> None:
        """As long as the file is when the upload begins; a blob of that name is replaced.

        The service checks each request's MD5, and the blob keeps that of the whole. No content
        encoding is set, whatever the name: readers would undo it.
        """
        what = f"upload {source} to container {container}"
        client = self._client.get_blob_client(container, blob)
        with self._service.trying(what), _local_files(what):
            async with upload_source(source, what, SENT) as file:
                if file.size > LARGEST:
                    raise GatewayError(
                        f"Could not {what}: it is larger than {LARGEST // 2**30} GiB; use azcopy",
                        code="LocalFile",
                    )
                if file.size <= SENT:
                    await _put(client, file.first, sent)
                else:
                    await _put_blocks(client, file, sent)

    async def download(self, container: str, blob: str, target: Path, *, received: Counted) -> None:
        """The bytes as they are stored: a content encoding is not undone, whatever it says.

        Checks that all have come, of one version of the blob, and that they have its MD5, where
        it has one. `target` is not touched before.
        """
        what = f"download {blob} of container {container} to {target}"
        client = self._client.get_blob_client(container, blob)
        with _unchanged(what), self._service.trying(what), _local_files(what):
            stream = await client.download_blob(**AS_STORED)
            async with part_file(target) as part:
                async for chunk in stream.chunks():
                    await part.write(chunk)
                    received(len(chunk))
                await part.finish(lambda: _check(what, part, stream))

    async def document(self, thing: Thing) -> Document:
        with self._service.trying(f"look at {thing}"):
            if thing.kind is Kind.CONTAINER:
                box = self._client.get_container_client(thing.id)
                url = box.url.partition("?")[0]
                return properties.of_container(thing.id, url, await self._properties(thing.id))
            blob = self._client.get_blob_client(thing.within, thing.id)
            found = await self._blob_properties(thing.within, thing.id)
            return properties.of_blob(thing.id, blob.url.partition("?")[0], found)

    async def blob_state(self, container: str, blob: str) -> FileState:
        with self._service.trying(f"look at {blob} of container {container}"):
            found = await self._blob_properties(container, blob)
            return FileState(int(found.size), found.last_modified, found.creation_time)

    async def _blob_properties(self, container: str, blob: str) -> BlobProperties:
        found = await self._client.get_blob_client(container, blob).get_blob_properties()
        if not found.etag or found.size is None:
            raise NotAzureError
        return found

    async def read_blob(self, container: str, blob: str, *, start: int, length: int) -> bytes:
        try:
            with self._service.trying(f"read {blob} of container {container}"):
                client = self._client.get_blob_client(container, blob)
                stream = await client.download_blob(offset=start, length=length, **AS_STORED)
                return bytes(await stream.readall())
        except GatewayError as error:
            if error.status == 416:  # the range begins at the end of the blob, or after it
                return b""
            raise

    async def container_url(self, container: str, *, rights: str, lasting: timedelta) -> str:
        with self._service.trying(f"sign a URL of container {container}"):
            sas = await self._signer.container(container, rights, lasting)
            return f"{self._client.get_container_client(container).url}?{sas}"

    async def blob_url(
        self, container: str, blob: str, *, lasting: timedelta, rights: str = "r"
    ) -> str:
        with self._service.trying(f"sign a URL of blob {blob} of container {container}"):
            sas = await self._signer.blob(container, blob, rights, lasting)
            return f"{self._client.get_blob_client(container, blob).url}?{sas}"


def _container(found: ContainerProperties) -> Container:
    pairs = (found.metadata or {}).items()
    return Container(
        found.name, found.last_modified, tuple(NameValue(name, value) for name, value in pairs)
    )


async def _put(client: BlobClient, block: Block, sent: Counted) -> None:
    """The whole blob in one request: its Content-MD5 is checked, and is the blob's own then."""
    data, md5 = block
    await client.upload_blob(
        data,
        length=len(data),
        overwrite=True,
        content_settings=ContentSettings(content_type=content_type(client.blob_name)),
        headers={"Content-MD5": _in_base64(md5)},
    )
    sent(len(data))


async def _put_blocks(client: BlobClient, file: UploadSource, sent: Counted) -> None:
    """The blob in blocks, a few under way at a time; it appears once all are there."""

    async def put(block_id: str, data: bytes, md5: bytes) -> None:
        headers = {"Content-MD5": _in_base64(md5)}
        await client.stage_block(block_id, data, len(data), headers=headers)
        sent(len(data))

    # Ids of 46 characters, as the SDK's: all blocks of a blob must have ids of one length, those
    # too that are left of an upload that broke off.
    upload = secrets.token_hex(15)
    ids: list[str] = []
    under_way: set[asyncio.Task[None]] = set()
    try:
        async with aclosing(file.blocks()) as blocks:
            async for data, md5 in blocks:
                if len(under_way) == BLOCKS_AT_ONCE:
                    under_way = await _next_done(under_way)
                ids.append(f"{upload}{len(ids):016}")
                under_way.add(asyncio.create_task(put(ids[-1], data, md5)))
        while under_way:
            under_way = await _next_done(under_way)
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
    await client.commit_block_list(
        [BlobBlock(block_id=block_id) for block_id in ids],
        content_settings=ContentSettings(
            content_type=content_type(client.blob_name), content_md5=bytearray(file.md5)
        ),
    )


async def _next_done(tasks: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
    """Wait for one of them at least; returns the rest. Raises what one has raised."""
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    return rest


def content_type(blob: str) -> str:
    """That of a compressed file is that of its compression: no content encoding says it."""
    kind, encoding = mimetypes.guess_type(PurePosixPath(blob).name)
    return (COMPRESSED.get(encoding) if encoding else kind) or "application/octet-stream"


def _in_base64(md5: bytes) -> str:
    return base64.b64encode(md5).decode()


def _check(what: str, part: PartFile, stream: StorageStreamDownloader[bytes]) -> None:
    """Raises `GatewayError` where what has come is not what is stored."""
    if part.size != stream.size:
        raise GatewayError(f"Could not {what}: {part.size:,} of its {stream.size:,} bytes arrived")
    stored = stream.properties.content_settings.content_md5
    # The service keeps no MD5 for what was appended or written into pages later.
    settled = stream.properties.blob_type == BlobType.BLOCKBLOB
    if stored and settled and bytes(stored) != part.md5:
        raise GatewayError(
            f"Could not {what}: what arrived does not have the MD5 that the blob has; "
            "download it again, and if that does not help, the blob's Content-MD5 is wrong"
        )


@contextmanager
def _unchanged(what: str) -> Iterator[None]:
    """Say of a blob that was replaced between two requests that it was."""
    try:
        yield
    except GatewayError as error:
        if error.status == 412:
            raise GatewayError(
                f"Could not {what}: it changed while it was read; download it again",
                status=412,
                code=error.code,
            ) from error
        raise


@contextmanager
def _local_files(what: str) -> Iterator[None]:
    """Turn the trouble of a file on this machine's disk into a `GatewayError`."""
    try:
        yield
    except OSError as error:
        if isinstance(error, NETWORK):
            raise
        raise GatewayError(
            f"Could not {what}: {error.filename or 'the disk'}: {error.strerror or error}",
            code="LocalFile",
        ) from error
