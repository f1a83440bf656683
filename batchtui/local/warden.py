"""The warden: ends what the account started, also when the account is killed with -9."""

import asyncio
import fcntl
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TextIO

from batchtui.local import warden_main
from batchtui.local.trouble import LocalAccountError, unusable

PATIENCE = warden_main.LONG_GRACE + 3.0
"""Seconds to wait for the warden at the end; it needs a grace and a moment."""
PAUSE = 0.02
"""Seconds between two tries to take a lock."""


class Warden:
    """The account's side of the pipe whose end tells the warden that the account is gone."""

    def __init__(self, process: asyncio.subprocess.Process, orders: asyncio.StreamWriter) -> None:
        self._process = process
        self._orders = orders

    @property
    def pid(self) -> int:
        return self._process.pid

    def watch(self, group: int, *, saves: bool = False) -> None:
        """End this process group when the account ends; `saves` if it has data to save first."""
        self._orders.write(b"%s%d\n" % (b"*" if saves else b"+", group))

    def forget(self, group: int) -> None:
        """The group is gone, and its number may come to name another."""
        self._orders.write(b"-%d\n" % group)

    async def ended(self) -> None:
        """Return when the warden has ended, which it should not do before the account."""
        await self._process.wait()

    async def close(self) -> None:
        """Let it end what is left, and wait for that."""
        self._orders.close()
        async with asyncio.timeout(PATIENCE):
            await self._process.wait()


@asynccontextmanager
async def start_warden(*roots: Path, lock: Path | None = None) -> AsyncIterator[Warden]:
    """Run a warden; at the end it ends the watched groups that are left.

    It also ends every process whose HOME lies below one of `roots`. It is in a session of its
    own, so that Ctrl-C does not reach it before it has done its work. It holds `lock` until then:
    the warden of an account that was killed is waited for, which would take what this account
    runs for that one's. Raises `LocalAccountError`.
    """
    async with AsyncExitStack() as stack:
        held = [stack.enter_context(await _take(lock))] if lock else []
        process = await asyncio.create_subprocess_exec(
            # -I -S: nothing of the user's own Python settings, and no site-packages to search.
            *(sys.executable, "-I", "-S", warden_main.__file__),
            *(str(root.resolve()) for root in roots),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            # The lock is the open file's: it lasts for as long as anybody has that open.
            pass_fds=[file.fileno() for file in held],
        )
    assert process.stdin is not None
    warden = Warden(process, process.stdin)
    try:
        yield warden
    finally:
        await warden.close()


async def _take(lock: Path) -> TextIO:
    """The locked file."""
    try:
        file = lock.open("a")
        async with asyncio.timeout(PATIENCE):
            # Nothing tells when a lock comes free, but a thread that waits could not be cancelled.
            while not _is_taken(file):  # noqa: ASYNC110
                await asyncio.sleep(PAUSE)
    except TimeoutError:
        file.close()
        raise LocalAccountError(
            f"What the account on {lock.parent} ran before it was killed has not ended yet: try "
            "again in a moment."
        ) from None
    except OSError as error:
        raise unusable(lock.parent, "write to", error) from error
    return file


def _is_taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
