"""A storage account over `azure.storage.blob.aio`."""

import asyncio
import mimetypes
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from azure.core import AsyncPipelineClient
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.storage.blob import ContainerProperties, ContentSettings
from azure.storage.blob.aio import BlobServiceClient

from batchtui.client import properties
from batchtui.client.listing import page_of_blobs
from batchtui.client.sas import Signer
from batchtui.client.service import Service
from batchtui.core.gateway import Counted, GatewayError
from batchtui.core.models import Blob, Container, NameValue, Window
from batchtui.core.things import Document, Kind, Thing

PAGE = 1000
"""Blobs in one page, of which the service would put 5000: what takes some 10 ms to decode."""

HOUR = timedelta(hours=1)

SENT = 1024 * 1024
"""Bytes of a file in one request. aiohttp warns that more would hold up the event loop."""

RECEIVED = 4 * 1024 * 1024
"""Bytes of a blob in one answer."""

LARGEST = 50_000 * SENT
"""Bytes; the service takes no more blocks than that for a blob."""


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
            client = self._client.get_container_client(name)
            return _container(await client.get_container_properties())

    async def blobs(self, container: str, *, at_most: int | None = None) -> Window[Blob]:
        url = self._client.get_container_client(container).url
        blobs: list[Blob] = []
        marker = ""
        with self._service.trying(f"list the blobs of container {container}"):
            sas = await self._signer.container(container, "l", HOUR) if self._service.keyed else ""
            while at_most is None or len(blobs) < at_most:
                count = PAGE if at_most is None else min(at_most - len(blobs), PAGE)
                page, marker = await page_of_blobs(
                    self._lister, url, sas, count=count, marker=marker
                )
                blobs += page
                await asyncio.sleep(0)  # an answer that is there already would not yield
                if not marker:
                    break
        return Window(tuple(blobs), complete=not marker)

    async def container_exists(self, container: str) -> bool:
        with self._service.trying(f"look for container {container}"):
            return await self._client.get_container_client(container).exists()

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
        """As long as the file is when the upload begins; a blob of that name is replaced."""
        what = f"upload {source} to container {container}"
        client = self._client.get_blob_client(container, blob)
        counted = 0

        async def progress(now: int, _total: int | None) -> None:
            nonlocal counted
            sent(now - counted)
            counted = now

        kind, encoding = mimetypes.guess_type(blob)
        with self._service.trying(what), _files(what):
            file = await asyncio.to_thread(source.open, "rb")
            with file:
                size = os.fstat(file.fileno()).st_size
                if size > LARGEST:
                    raise GatewayError(
                        f"Could not {what}: it is larger than {LARGEST // 2**30} GiB; use azcopy"
                    )
                await client.upload_blob(
                    file,
                    length=size,
                    overwrite=True,
                    content_settings=ContentSettings(
                        content_type=kind or "application/octet-stream", content_encoding=encoding
                    ),
                    progress_hook=progress,
                )

    async def download(self, container: str, blob: str, target: Path, *, received: Counted) -> None:
        what = f"download {blob} of container {container} to {target}"
        part = target.with_name(f".{target.name[:200]}.{uuid.uuid4().hex[:8]}.part")
        client = self._client.get_blob_client(container, blob)
        with self._service.trying(what), _files(what):
            stream = await client.download_blob()
            await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
            try:
                with await asyncio.to_thread(part.open, "xb") as file:
                    async for chunk in stream.chunks():
                        await asyncio.to_thread(file.write, chunk)
                        received(len(chunk))
                await asyncio.to_thread(part.replace, target)
            finally:
                part.unlink(missing_ok=True)

    async def document(self, thing: Thing) -> Document:
        with self._service.trying(f"look at {thing}"):
            if thing.kind is Kind.CONTAINER:
                box = self._client.get_container_client(thing.id)
                url = box.url.partition("?")[0]
                return properties.of_container(thing.id, url, await box.get_container_properties())
            blob = self._client.get_blob_client(thing.within, thing.id)
            return properties.of_blob(
                thing.id, blob.url.partition("?")[0], await blob.get_blob_properties()
            )

    async def blob_size(self, container: str, blob: str) -> int:
        with self._service.trying(f"look at {blob} of container {container}"):
            found = await self._client.get_blob_client(container, blob).get_blob_properties()
            return int(found.size)

    async def read_blob(self, container: str, blob: str, *, start: int, length: int) -> bytes:
        try:
            with self._service.trying(f"read {blob} of container {container}"):
                client = self._client.get_blob_client(container, blob)
                stream = await client.download_blob(offset=start, length=length)
                return await stream.readall()
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


@contextmanager
def _files(what: str) -> Iterator[None]:
    """Turn the trouble of a file on this machine's disk into a `GatewayError`."""
    try:
        yield
    except OSError as error:
        raise GatewayError(
            f"Could not {what}: {error.filename or 'the disk'}: {error.strerror or error}",
            code="LocalFile",
        ) from error
