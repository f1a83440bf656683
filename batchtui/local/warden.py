"""The warden: ends what the account started, also when the account is killed with -9."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from batchtui.local import warden_main

PATIENCE = warden_main.GRACE + 3.0
"""Seconds to wait for the warden at the end; it needs its grace and a moment."""


class Warden:
    """The account's side of the pipe whose end tells the warden that the account is gone."""

    def __init__(self, process: asyncio.subprocess.Process, orders: asyncio.StreamWriter) -> None:
        self._process = process
        self._orders = orders

    @property
    def pid(self) -> int:
        return self._process.pid

    def watch(self, group: int) -> None:
        """End this process group when the account ends."""
        self._orders.write(b"+%d\n" % group)

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
async def start_warden(*roots: Path) -> AsyncIterator[Warden]:
    """Run a warden; at the end it ends the watched groups that are left.

    It also ends every process whose HOME lies below one of `roots`. It is in a session of its
    own, so that Ctrl-C does not reach it before it has done its work.
    """
    process = await asyncio.create_subprocess_exec(
        # -I -S: nothing of the user's own Python settings, and no site-packages to search.
        *(sys.executable, "-I", "-S", warden_main.__file__),
        *(str(root.resolve()) for root in roots),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
    assert process.stdin is not None
    warden = Warden(process, process.stdin)
    try:
        yield warden
    finally:
        await warden.close()
