"""A storage account in memory."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from batchtui.core.gateway import Counted, GatewayError
from batchtui.core.models import Blob, Container, FileState, NameValue, Window
from batchtui.core.things import Document, Kind, Thing
from tests.fakes.calls import Calls, refused

WRITTEN = datetime(2026, 1, 1, 12, tzinfo=UTC)
SIGNATURE = "c2VjcmV0LXNpZ25hdHVyZQ"
"""What no screen, log, ledger or message may ever show."""


class FakeStorage:
    """`batchtui.core.gateway.Storage`: `held[container][blob]` is the blob's content."""

    CHUNK = 1000
    """Bytes after which a transfer reports."""

    def __init__(self, calls: Calls) -> None:
        self.held: dict[str, dict[str, bytes]] = {}
        self.written = WRITTEN
        """When the containers were created."""
        self.labels: dict[str, dict[str, str]] = {}
        """The metadata of containers, by their names."""
        self._calls = calls

    def put(self, container: str, blobs: dict[str, bytes] | None = None) -> None:
        """Have a container there, with these blobs, without any call."""
        self.held.setdefault(container, {}).update(blobs or {})

    async def containers(self, *, with_metadata: bool = False) -> tuple[Container, ...]:
        await self._calls.note("containers")
        return tuple(self._shown(name, metadata=with_metadata) for name in sorted(self.held))

    async def container(self, name: str) -> Container:
        await self._calls.note("container", name)
        self._container(name)
        return self._shown(name, metadata=True)

    async def blobs(self, container: str, *, at_most: int | None = None) -> Window[Blob]:
        await self._calls.note("blobs", container)
        held = sorted(self._container(container).items())
        return Window(
            tuple(Blob(name, len(data), WRITTEN, "") for name, data in held[:at_most]),
            at_most is None or len(held) <= at_most,
        )

    async def container_exists(self, container: str) -> bool:
        await self._calls.note("container_exists", container)
        return container in self.held

    async def create_container(
        self, container: str, *, metadata: Mapping[str, str] | None = None
    ) -> None:
        await self._calls.note("create_container", container)
        if container in self.held:
            raise refused(
                f"Could not create container {container}: it exists already",
                code="ContainerAlreadyExists",
            )
        self.held[container] = {}
        self.labels[container] = dict(metadata or {})
        await self._calls.answer("create_container")

    async def delete_container(self, container: str) -> None:
        await self._calls.note("delete_container", container)
        self._container(container)
        del self.held[container]
        self.labels.pop(container, None)
        await self._calls.answer("delete_container")

    async def delete_blob(self, container: str, blob: str) -> None:
        await self._calls.note("delete_blob", container, blob)
        self._blob(container, blob)
        del self.held[container][blob]

    async def upload(self, container: str, blob: str, source: Path, *, sent: Counted) -> None:
        await self._calls.note("upload", container, blob)
        data = await asyncio.to_thread(source.read_bytes)
        for size in self._chunks(data):
            sent(size)
        self._container(container)[blob] = data
        await self._calls.answer("upload")

    async def download(self, container: str, blob: str, target: Path, *, received: Counted) -> None:
        await self._calls.note("download", container, blob)
        data = self._blob(container, blob)
        for size in self._chunks(data):
            received(size)
        try:
            await asyncio.to_thread(_write, target, data)
        except OSError as error:
            sentence = f"Could not download {blob}: {target}: {error.strerror}"
            raise GatewayError(sentence, code="LocalFile") from error

    async def document(self, thing: Thing) -> Document:
        await self._calls.note("document", thing)
        if thing.kind is Kind.CONTAINER:
            self._container(thing.id)
            whole: dict[str, object] = {"publicAccess": "none"}
        else:
            size = len(self._blob(thing.within, thing.id))
            whole = {"contentLength": size, "contentType": "text/plain"}
        metadata = [{"name": "owner", "value": f"https://h/c?sp=r&sig={SIGNATURE}"}]
        return {
            "name": thing.id,
            "lastModified": WRITTEN.isoformat(),
            **whole,
            "metadata": metadata,
        }

    async def blob_state(self, container: str, blob: str) -> FileState:
        await self._calls.note("blob_state", container, blob)
        return FileState(len(self._blob(container, blob)))

    async def read_blob(self, container: str, blob: str, *, start: int, length: int) -> bytes:
        await self._calls.note("read_blob", container, blob, start, length)
        return self._blob(container, blob)[start : start + length]

    async def container_url(self, container: str, *, rights: str, lasting: timedelta) -> str:
        await self._calls.note("container_url", container, rights)
        return f"https://fake.blob.example/{container}?sp={rights}&sig={SIGNATURE}"

    async def blob_url(
        self, container: str, blob: str, *, lasting: timedelta, rights: str = "r"
    ) -> str:
        await self._calls.note("blob_url", container, blob, rights)
        return f"https://fake.blob.example/{container}/{blob}?sp={rights}&sig={SIGNATURE}"

    def _shown(self, name: str, *, metadata: bool) -> Container:
        pairs = self.labels.get(name, {}).items() if metadata else ()
        return Container(name, self.written, tuple(NameValue(*pair) for pair in pairs))

    def _container(self, name: str) -> dict[str, bytes]:
        try:
            return self.held[name]
        except KeyError:
            raise _missing(f"container {name}") from None

    def _blob(self, container: str, blob: str) -> bytes:
        try:
            return self._container(container)[blob]
        except KeyError:
            raise _missing(f"blob {blob} of container {container}") from None

    def _chunks(self, data: bytes) -> Sequence[int]:
        whole, rest = divmod(len(data), self.CHUNK)
        return [self.CHUNK] * whole + ([rest] if rest else [])


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def _missing(what: str) -> GatewayError:
    return refused(f"Could not find {what}: it does not exist", status=404, code="BlobNotFound")
