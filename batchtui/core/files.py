"""The files of an account, wherever they lie: of a task, of a node, or in a container."""

from dataclasses import dataclass
from pathlib import Path

from batchtui.core.gateway import Counted, Gateway, GatewayError, RemoteFile, Storage
from batchtui.core.models import FileState
from batchtui.core.part_file import part_file

CHUNK = 4 * 1024 * 1024
"""Bytes of a file in one answer while it is saved."""


@dataclass(frozen=True, slots=True)
class BlobFile:
    """A blob, seen as a file."""

    container: str
    blob: str

    @property
    def path(self) -> str:
        return self.blob


AnyFile = RemoteFile | BlobFile


class Files:
    """Reads parts of any file, and saves whole ones. Raises `GatewayError` as the gateway does."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def file_state(self, file: AnyFile) -> FileState:
        """How long the file is at this moment, and since when."""
        if isinstance(file, BlobFile):
            return await self._storage.blob_state(file.container, file.blob)
        return await self._gateway.batch.file_state(file)

    async def read_file(self, file: AnyFile, *, start: int, length: int) -> bytes:
        """At most `length` bytes from `start`; empty at the end of the file."""
        if isinstance(file, BlobFile):
            return await self._storage.read_blob(
                file.container, file.blob, start=start, length=length
            )
        return await self._gateway.batch.read_file(file, start=start, length=length)

    async def save(self, file: AnyFile, target: Path, *, received: Counted) -> None:
        """Write what the file holds now to `target`, which appears only once it is whole.

        Raises `OSError` when that cannot be written.
        """
        if isinstance(file, BlobFile):
            await self._storage.download(file.container, file.blob, target, received=received)
            return
        before = await self.file_state(file)
        async with part_file(target) as part:
            while part.size < before.size:
                length = min(CHUNK, before.size - part.size)
                data = await self.read_file(file, start=part.size, length=length)
                if not data:
                    raise _changed(file, "it became shorter while it was read")
                if len(data) > length:
                    raise _changed(file, "more arrived than was asked for")
                await part.write(data)
                received(len(data))
            after = await self.file_state(file)
            # It may have grown meanwhile: what it held at first is saved then.
            if after.size < before.size or after.created != before.created:
                raise _changed(file, "it was written anew while it was read")
            await part.finish()

    @property
    def _storage(self) -> Storage:
        if self._gateway.storage is None:
            raise GatewayError(self._gateway.no_storage, code="NoStorage")
        return self._gateway.storage


def _changed(file: AnyFile, reason: str) -> GatewayError:
    return GatewayError(f"Could not save {file.path}: {reason}. Save it again.", code="Changed")
