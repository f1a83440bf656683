"""A file that gets its name only once it is whole."""

import asyncio
import errno
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

LEFT = re.compile(r"\.batchtui-[0-9a-f]{8}\..*\.part", re.DOTALL)
SHOWN = 100
"""Bytes of the final name in the part's own, which has to stay below 255, or 143 on eCryptfs."""


class PartFile:
    """Lies beside its target under a name of its own until it is whole; locked while it grows.

    What blocks is done in a thread, while the caller fetches more. Raises `OSError`, sometimes at
    a later call than the one that it belongs to.
    """

    def __init__(self, target: Path) -> None:
        """Nothing is on the disk before there is more than one piece of data, or the end."""
        self.size = 0
        """Bytes that were written."""
        self._target = target
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._held = b""
        self._file = -1
        self._path: Path | None = None
        self._work: asyncio.Future[None] | None = None

    @property
    def md5(self) -> bytes:
        """Of what was written."""
        return self._md5.digest()

    async def write(self, data: bytes) -> None:
        """Append the data."""
        self.size += len(data)
        held, self._held = self._held, data
        if held:
            await self._done()
            self._work = in_background(lambda: self._write(held))

    async def finish(self, check: Callable[[], None] = lambda: None) -> None:
        """Give it its final name, once it is on the disk: what it came from may be deleted then.

        `check` is called in the thread before that; whatever it raises ends it.
        """
        await self._done()
        self._work = in_background(lambda: self._finish(check))
        await self._done()

    async def close(self) -> None:
        """Remove it, unless it is finished."""
        if self._work is not None and not self._work.done():
            await asyncio.wait([self._work])
        if self._file >= 0:
            os.close(self._file)
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    async def _done(self) -> None:
        if self._work is not None:
            await asyncio.shield(self._work)

    def _write(self, data: bytes) -> None:
        if self._file < 0:
            self._create()
        self._md5.update(data)
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]

    def _finish(self, check: Callable[[], None]) -> None:
        self._write(self._held)
        check()
        os.fsync(self._file)
        assert self._path is not None
        self._path.replace(self._target)
        self._path = None

    def _create(self) -> None:
        target = self._target
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        target.parent.mkdir(parents=True, exist_ok=True)
        shown = os.fsencode(target.name)[:SHOWN].decode(errors="ignore")
        while self._file < 0:
            path = target.with_name(f".batchtui-{secrets.token_hex(4)}.{shown}.part")
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            if _is_ours(file):
                self._file, self._path = file, path
            else:
                os.close(file)
                path.unlink(missing_ok=True)


@asynccontextmanager
async def part_file(target: Path) -> AsyncIterator[PartFile]:
    """A part of that target, which is gone at the end of the block unless it was finished."""
    part = PartFile(target)
    try:
        yield part
    finally:
        await part.close()


def in_background(call: Callable[[], T]) -> asyncio.Future[T]:
    """Do it in a thread. Cheaper than `asyncio.to_thread`, whose context nothing here needs."""
    return asyncio.get_running_loop().run_in_executor(None, call)


def remove_leftovers(folders: Iterable[Path]) -> None:
    """Remove the parts that programs left which were killed; those still written are locked."""
    for folder in folders:
        try:
            names = os.listdir(folder)
        except OSError:  # it is not there yet, or says so when the first file is written
            continue
        for name in filter(LEFT.fullmatch, names):
            with suppress(OSError):
                _remove_unlocked(folder / name)


def sync_folders(folders: Iterable[Path]) -> None:
    """Have the names of files that were finished in these folders on the disk."""
    for folder in folders:
        # Some file systems cannot do that for a folder, and one may have gone meanwhile.
        with suppress(OSError):
            place = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(place)
            finally:
                os.close(place)


def _is_ours(file: int) -> bool:
    """Lock a new file; whether nobody took it for a leftover in the moment before."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks, where no leftover is removed
        return True
    return os.fstat(file).st_nlink > 0


def _remove_unlocked(path: Path) -> None:
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    finally:
        os.close(file)
