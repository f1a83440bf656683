"""Who uses the account of a data directory: a lock that every user shares.

The system lets go of a lock when its holder ends, however that ends, so an account that serves
only while it is used ends soon after its last user, also when that one was killed.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from batchtui.local.trouble import LocalAccountError, unusable

FILE = "users"
PAUSE = 0.1
"""Seconds between two looks at the lock."""


@asynccontextmanager
async def using(data_dir: Path, *, patience: float) -> AsyncIterator[None]:
    """Keep the directory's account from ending, or wait for one that is just about to.

    Raises `LocalAccountError` when that takes longer than `patience` seconds.
    """
    with _opened(data_dir) as file:
        end = asyncio.get_running_loop().time() + patience
        while not _take(file, fcntl.LOCK_SH):
            if asyncio.get_running_loop().time() > end:
                raise LocalAccountError(
                    f"The local account on {data_dir} is ending and does not come to its end: stop "
                    "it (its process id is in running.json there) and try again."
                )
            await asyncio.sleep(PAUSE)
        yield


async def until_unused(data_dir: Path) -> None:
    """Return when nobody uses the account any more; until this process ends nobody can again."""
    file = _open(data_dir)
    while True:
        if _take(file, fcntl.LOCK_EX):
            return
        await asyncio.sleep(PAUSE)


def is_used(data_dir: Path) -> bool:
    """Whether anybody uses it, other than an account that keeps new users away while it ends."""
    with _opened(data_dir) as file:
        return not _take(file, fcntl.LOCK_EX) and _take(file, fcntl.LOCK_SH)


@contextmanager
def _opened(data_dir: Path) -> Iterator[int]:
    file = _open(data_dir)
    try:
        yield file
    finally:
        os.close(file)


def _open(data_dir: Path) -> int:
    """Raises `DataDirError`."""
    try:
        return os.open(data_dir / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unusable(data_dir, "write to", error) from error


def _take(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
