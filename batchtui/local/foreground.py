"""Runs an account until it is told to stop: by a signal, or by the end of its lifeline."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack

from batchtui.local.account import Progress, run_account
from batchtui.local.connection import Connection
from batchtui.local.datadir import DataDir


async def serve_until_stopped(
    data_dir: DataDir,
    *,
    port: int = 0,
    lifeline: bool = False,
    progress: Progress,
    ready: Callable[[Connection], None],
) -> None:
    """Serve until SIGINT or SIGTERM, or until standard input ends if it is a `lifeline`.

    `ready` is called once when the account answers. Raises `LocalAccountError` if it cannot be
    started or breaks. Stopping works while it is still starting, too.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
            stack.callback(loop.remove_signal_handler, number)
        if lifeline:
            loop.add_reader(sys.stdin.fileno(), _read_lifeline, stop)
            stack.callback(loop.remove_reader, sys.stdin.fileno())
        serving = asyncio.create_task(_serve(data_dir, port, progress, ready))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            serving.cancel()
            await asyncio.wait({serving})
        if not serving.cancelled():
            serving.result()


async def _serve(
    data_dir: DataDir, port: int, progress: Progress, ready: Callable[[Connection], None]
) -> None:
    async with run_account(data_dir, port=port, progress=progress) as account:
        ready(account.connection)
        await account.broken()


def _read_lifeline(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.set()
