"""The end of a remote file as it grows."""

from typing import Generic, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from batchtui.core.gateway import GatewayError

F = TypeVar("F")
F_contra = TypeVar("F_contra", contravariant=True)


class Source(Protocol[F_contra]):
    """Whatever reads files of some kind, as `Batch` does."""

    async def file_size(self, file: F_contra) -> int: ...
    async def read_file(self, file: F_contra, *, start: int, length: int) -> bytes: ...


class Excerpt(Struct, frozen=True):
    """A stretch of a file: its end, unless something is `left`, when it was read."""

    text: str = ""
    start: int = 0
    """Where in the file `text` begins, in bytes; what is before it was left out as too long."""
    size: int = 0
    """Bytes in the whole file."""
    missing: str = ""
    """Why there is no such file, as the service says it; empty where there is one."""
    left: int = 0
    """Bytes of the file after `text`."""


class Tail(Generic[F]):
    """Reads a remote file from near its end on, and then only the bytes that are new.

    At most `keep` bytes are held. A file that does not exist yet is an empty excerpt: a task that
    waits for a node has no streams.
    """

    def __init__(self, batch: Source[F], file: F, *, keep: int = 256 * 1024) -> None:
        self.file = file
        self._batch = batch
        self._keep = keep
        self._excerpt = Excerpt()
        self._bytes = b""

    async def read(self) -> Excerpt:
        """The excerpt as it is now."""
        try:
            size = await self._batch.file_size(self.file)
        except GatewayError as error:
            if error.missing and not self._excerpt.size:
                self._excerpt = Excerpt(missing=str(error))
                return self._excerpt
            raise
        if size < self._excerpt.size:
            # Rewritten: a retry of the task starts its streams anew.
            self._excerpt, self._bytes = Excerpt(), b""
        if size != self._excerpt.size or self._excerpt.missing:
            await self._read_to(size)
        return self._excerpt

    async def _read_to(self, size: int) -> None:
        start = max(self._excerpt.size, size - self._keep)
        if start > self._excerpt.size:
            self._bytes = b""
        if size > start:
            self._bytes += await self._batch.read_file(self.file, start=start, length=size - start)
        self._bytes = self._bytes[-self._keep :]
        self._excerpt = replace(
            self._excerpt,
            text=self._bytes.decode("utf-8", "replace"),
            start=size - len(self._bytes),
            size=size,
            missing="",
        )
