"""Runs an account until it is told to stop: by a signal, or by the end of its last user."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack

from batchtui.local.account import Progress, run_account
from batchtui.local.connection import Connection
from batchtui.local.datadir import DataDir
from batchtui.local.faults.options import FaultOptions
from batchtui.local.play import Play
from batchtui.local.users import until_unused


async def serve_until_stopped(
    data_dir: DataDir,
    *,
    port: int = 0,
    play: Play | None = None,
    faults: FaultOptions | None = None,
    while_used: bool = False,
    progress: Progress,
    ready: Callable[[Connection], None],
) -> None:
    """Serve until SIGINT or SIGTERM, or, with `while_used`, until nobody uses the account.

    `ready` is called once when the account answers. Raises `LocalAccountError` if it cannot be
    started or breaks. Stopping works while it is still starting, too.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
            stack.callback(loop.remove_signal_handler, number)
        serving = asyncio.create_task(_serve(data_dir, port, play, faults, progress, ready))
        ends = {serving, asyncio.create_task(stop.wait())}
        if while_used:
            ends.add(asyncio.create_task(until_unused(data_dir.path)))
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            await asyncio.wait(ends)
        for end in (serving, *ends):
            if not end.cancelled():
                end.result()


async def _serve(
    data_dir: DataDir,
    port: int,
    play: Play | None,
    faults: FaultOptions | None,
    progress: Progress,
    ready: Callable[[Connection], None],
) -> None:
    async with run_account(
        data_dir, port=port, play=play, faults=faults, progress=progress
    ) as account:
        ready(account.connection)
        await account.broken()
