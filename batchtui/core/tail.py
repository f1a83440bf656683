"""The end of a remote file as it grows."""

from msgspec import Struct
from msgspec.structs import replace

from batchtui.core.gateway import Batch, GatewayError, RemoteFile


class Excerpt(Struct, frozen=True):
    """A stretch of a file that ends where the file ended when it was read."""

    text: str = ""
    start: int = 0
    """Where in the file `text` begins, in bytes; what is before it was left out as too long."""
    size: int = 0
    """Bytes in the whole file."""
    missing: str = ""
    """Why there is no such file, as the service says it; empty where there is one."""


class Tail:
    """Reads a remote file from near its end on, and then only the bytes that are new.

    At most `keep` bytes are held. A file that does not exist yet is an empty excerpt: a task that
    waits for a node has no streams.
    """

    def __init__(self, batch: Batch, file: RemoteFile, *, keep: int = 256 * 1024) -> None:
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
