"""Uses a running local account, or starts one that ends with the last that uses it."""

import asyncio
import atexit
import collections
import itertools
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp

from batchtui.local.connection import Connection
from batchtui.local.datadir import DataDir
from batchtui.local.faults.options import FaultOptions
from batchtui.local.play import Play
from batchtui.local.trouble import LocalAccountError
from batchtui.local.users import is_used, using

log = logging.getLogger(__name__)

READY = "ready"
"""The line by which an account that was started here says that it answers."""

# -P: as for the console script, the current directory holds no modules.
PROGRAM = (sys.executable, "-P", "-m", "batchtui", "local", "--while-used")

ANSWER_PATIENCE = 20.0
"""Seconds for an account that holds its directory to answer: it may be starting or ending."""
STOP_PATIENCE = 10.0
"""Seconds for an account to end after its last user did."""
PAUSE = 0.05
LAST_LINES = 12
LOG_SIZE = 1_000_000
"""Bytes of account.log from which on it is begun anew."""


_left_to_others: list[subprocess.Popen[bytes]] = []
"""Accounts that others use: Popen complains of a process that nobody asked for its end."""


@atexit.register
def _ask_for_ends() -> None:
    for process in _left_to_others:
        process.poll()


@asynccontextmanager
async def attach_or_start(
    data_dir: Path | None = None,
    *,
    play: Play | None = None,
    faults: FaultOptions | None = None,
    progress: Callable[[str], None],
) -> AsyncIterator[Connection]:
    """The local account of a data directory, its default one if None; with `play`, of a world.

    One that runs is used. Else one is started, with a sentence to `progress` for each step that
    takes a while; it ends with the last that uses it, however that ends. Raises
    `LocalAccountError`, also where one runs without the `faults` that are asked for.
    """
    directory = DataDir(data_dir, play=play)
    await asyncio.to_thread(directory.prepare)
    async with AsyncExitStack() as stack:
        # Entered first, so that it ends last: it waits for the account when nobody uses it.
        child = await stack.enter_async_context(_burying(directory, play, faults))
        await stack.enter_async_context(using(directory.path, patience=ANSWER_PATIENCE))
        connection = await _running(directory) or await _start(child, directory, progress)
        if faults and faults.file and Path(connection.faults) != faults.file.resolve():
            raise LocalAccountError(
                f"A local account is running on {directory.path} without the faults of "
                f"{faults.file}: stop it and try again, or leave out --faults."
            )
        yield connection


async def _running(directory: DataDir) -> Connection | None:
    """The account that serves the directory, when it answers; None if none does."""
    end = asyncio.get_running_loop().time() + ANSWER_PATIENCE
    while await asyncio.to_thread(directory.is_held):
        connection = await asyncio.to_thread(directory.connection)
        # One with faults may refuse to answer, or count what it is asked: it is not asked.
        if connection is not None and (connection.faults or await _answers(connection)):
            return connection
        if asyncio.get_running_loop().time() > end:
            raise LocalAccountError(
                f"The local account on {directory.path} is running but does not answer: stop it "
                "(its process id is in running.json there) and try again."
            )
        await asyncio.sleep(PAUSE)
    return None


async def _answers(connection: Connection) -> bool:
    """Whether both services speak HTTP; that they refuse an unsigned request is an answer."""
    timeout = aiohttp.ClientTimeout(total=5)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        for endpoint in filter(None, (connection.batch_endpoint, connection.storage_endpoint)):
            try:
                async with session.get(endpoint):
                    pass
            except (aiohttp.ClientError, TimeoutError):
                return False
    return True


async def _start(
    child: "_Child", directory: DataDir, progress: Callable[[str], None]
) -> Connection:
    try:
        await child.start(progress)
    except LocalAccountError:
        # Somebody else may have been quicker, in the moment since we looked.
        if (found := await _running(directory)) is None:
            raise
        return found
    connection = await asyncio.to_thread(directory.connection, started=True)
    if connection is None:
        raise LocalAccountError(f"The account on {directory.path} ended at once.")
    return connection


@asynccontextmanager
async def _burying(
    directory: DataDir, play: Play | None, faults: FaultOptions | None
) -> AsyncIterator["_Child"]:
    """An account still to be started, which has ended with this context unless others use it."""
    options = [part.arguments() for part in (play, faults) if part]
    child = _Child(directory, tuple(itertools.chain(*options)))
    try:
        yield child
    finally:
        await child.end()


class _Child:
    """An account in a process and a session of its own. What it says goes to account.log.

    A file rather than a pipe: whoever holds the other end of a pipe may leave before the account.
    """

    def __init__(self, directory: DataDir, options: tuple[str, ...]) -> None:
        self._directory = directory
        self._options = options
        self._log = directory.path / "account.log"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self, progress: Callable[[str], None]) -> None:
        """Start it, and pass its lines on until it is ready. Raises `LocalAccountError`."""
        position = await asyncio.to_thread(self._spawn)
        lines: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
        ended = False
        while not ended:
            ended = self._process is None or self._process.poll() is not None
            new, position = await asyncio.to_thread(self._said_since, position)
            for line in new:
                if line == READY:
                    return
                lines.append(line)
                progress(line)
            await asyncio.sleep(PAUSE)
        raise LocalAccountError("\n".join(lines) or "The local account ended without a word.")

    async def end(self) -> None:
        """Wait for it, unless others use it now; the warden clears up after one that is killed."""
        if self._process is None:
            return
        end = asyncio.get_running_loop().time() + STOP_PATIENCE
        while self._process.poll() is None:
            if await asyncio.to_thread(is_used, self._directory.path):
                _left_to_others.append(self._process)
                return
            if asyncio.get_running_loop().time() > end:
                log.warning("The local account did not end within %.0f s", STOP_PATIENCE)
                self._process.kill()
            await asyncio.sleep(PAUSE)

    def _spawn(self) -> int:
        """Start the process; the position in the log from which on it speaks."""
        with self._log.open("ab") as log_file:
            if log_file.tell() > LOG_SIZE:
                log_file.truncate(0)
            self._process = subprocess.Popen(
                [*PROGRAM, "--data-dir", str(self._directory.path), *self._options],
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            return log_file.seek(0, os.SEEK_END)

    def _said_since(self, position: int) -> tuple[list[str], int]:
        """The whole lines since a position, and the position after them."""
        with self._log.open("rb") as log_file:
            log_file.seek(position)
            text = log_file.read()
        whole = text[: text.rfind(b"\n") + 1]
        return whole.decode(errors="replace").splitlines(), position + len(whole)
