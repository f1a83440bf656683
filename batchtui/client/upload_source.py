"""A file of this machine while it is uploaded."""

import asyncio
import hashlib
import os
import stat
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from batchtui.core.gateway import GatewayError
from batchtui.core.part_file import in_background

Block = tuple[bytes, bytes]
"""Data, and its MD5."""


class UploadSource:
    """Read once, from its start to where its end was when it was opened, in blocks."""

    def __init__(self, path: Path, what: str, length: int) -> None:
        """Reads the first block, of `length` bytes where there are so many: this blocks.

        `what` is tried, as errors say it: `upload a.txt to container c`. Raises `OSError`, and
        `GatewayError` for a pipe, a socket or a device, which is not waited for.
        """
        self._length = length
        self._what = what
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            status = os.fstat(self._file)
            if not stat.S_ISREG(status.st_mode):
                raise GatewayError(f"Could not {what}: {path} is not a file", code="LocalFile")
            self.size = status.st_size
            """Bytes."""
            self.first = self._read(0)
        except BaseException:
            self.close()
            raise

    @property
    def md5(self) -> bytes:
        """Of all that was read until now."""
        return self._md5.digest()

    async def blocks(self) -> AsyncGenerator[Block, None]:
        """While one block is worked on, the next one is read and hashed in a thread.

        Raises `GatewayError` for a file that became shorter.
        """
        block = self.first
        for start in range(self._length, self.size, self._length):
            reading = in_background(partial(self._read, start))
            try:
                yield block
                block = await asyncio.shield(reading)
            finally:
                await asyncio.wait([reading])
        yield block

    def close(self) -> None:
        os.close(self._file)

    def _read(self, start: int) -> Block:
        end = min(start + self._length, self.size)
        data = b""
        while len(data) < end - start:
            part = os.pread(self._file, end - start - len(data), start + len(data))
            if not part:
                raise GatewayError(
                    f"Could not {self._what}: the file became shorter while it was read; "
                    "upload it again",
                    code="LocalFile",
                )
            data = data + part if data else part
        self._md5.update(data)
        if start == 0 and end == self.size:
            return data, self._md5.digest()
        return data, hashlib.md5(data, usedforsecurity=False).digest()


@asynccontextmanager
async def upload_source(path: Path, what: str, length: int) -> AsyncIterator[UploadSource]:
    """The file, open until the end of the block. Raises as `UploadSource`."""
    opening = in_background(lambda: UploadSource(path, what, length))
    try:
        source = await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close_late)
        raise
    try:
        yield source
    finally:
        source.close()


def _close_late(opening: asyncio.Future[UploadSource]) -> None:
    if opening.exception() is None:
        opening.result().close()
