"""A remote file that holds text: whether it is still the same one, and how it is encoded."""

from typing import Generic, Protocol, TypeVar

from batchtui.core.models import FileState
from batchtui.core.text_encoding import HEAD, TextEncoding, encoding_of

F = TypeVar("F")
F_contra = TypeVar("F_contra", contravariant=True)


class Source(Protocol[F_contra]):
    """Whatever reads files of some kind, as `Batch` does."""

    async def file_state(self, file: F_contra) -> FileState: ...
    async def read_file(self, file: F_contra, *, start: int, length: int) -> bytes: ...


class TextFile(Generic[F]):
    """Reads parts of a file. Every method raises `GatewayError`."""

    def __init__(self, source: Source[F], file: F) -> None:
        self.source = source
        self.file = file
        self._encoding: TextEncoding | None = None

    async def state(self) -> FileState:
        return await self.source.file_state(self.file)

    async def read(self, start: int, stop: int) -> bytes:
        """The bytes from `start` up to `stop`, or up to the file's end."""
        if stop <= start:
            return b""
        return await self.source.read_file(self.file, start=start, length=stop - start)

    async def encoding(self, size: int, *, head: bytes = b"") -> TextEncoding:
        """Of a file of `size` bytes: by its first ones, which are read once unless `head` is."""
        if self._encoding is None:
            encoding = encoding_of(head or await self.read(0, min(size, HEAD)))
            if size < HEAD:
                return encoding
            self._encoding = encoding
        return self._encoding

    def forget(self) -> None:
        """The file was written anew, maybe in another encoding."""
        self._encoding = None
