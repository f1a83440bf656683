"""Uses a running local account, or starts one that ends with whoever needed it."""

import asyncio
import collections
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp

from batchtui.local.connection import Connection
from batchtui.local.datadir import DataDir
from batchtui.local.trouble import LocalAccountError

log = logging.getLogger(__name__)

READY = "ready"
"""The line by which an account with a lifeline says that it answers."""

# -P: as for the console script, the current directory holds no modules.
PROGRAM = (sys.executable, "-P", "-m", "batchtui", "local", "--lifeline")

ANSWER_PATIENCE = 20.0
"""Seconds for an account that holds its directory to answer: it may be starting or ending."""
STOP_PATIENCE = 10.0
"""Seconds for an account to end after its lifeline did."""
PAUSE = 0.1
LAST_LINES = 12


@asynccontextmanager
async def attach_or_start(
    data_dir: Path | None = None, *, progress: Callable[[str], None]
) -> AsyncIterator[Connection]:
    """The local account of a data directory, its default one if None.

    One that runs is used and left running. Else one is started, with a sentence to `progress` for
    each step that takes a while, and ends with this context, or with this process however that
    ends: it lives on a pipe that the system closes. Raises `LocalAccountError`.
    """
    directory = DataDir(data_dir)
    async with AsyncExitStack() as stack:
        found = await _running(directory)
        yield found or await _start(stack, directory, progress)


async def _running(directory: DataDir) -> Connection | None:
    """The account that serves the directory, when it answers; None if none does."""
    end = asyncio.get_running_loop().time() + ANSWER_PATIENCE
    while await asyncio.to_thread(directory.is_held):
        connection = await asyncio.to_thread(directory.connection)
        if connection is not None and await _answers(connection):
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
        for endpoint in (connection.batch_endpoint, connection.storage_endpoint):
            try:
                async with session.get(endpoint):
                    pass
            except (aiohttp.ClientError, TimeoutError):
                return False
    return True


async def _start(
    stack: AsyncExitStack, directory: DataDir, progress: Callable[[str], None]
) -> Connection:
    try:
        return await stack.enter_async_context(_child(directory, progress))
    except LocalAccountError:
        # Somebody else may have been quicker, in the moment since we looked.
        if (found := await _running(directory)) is None:
            raise
        return found


@asynccontextmanager
async def _child(directory: DataDir, progress: Callable[[str], None]) -> AsyncIterator[Connection]:
    """An account in a process and a session of its own, with its standard input as lifeline."""
    process = await asyncio.create_subprocess_exec(
        *(*PROGRAM, "--data-dir", str(directory.path)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    errors: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
    listening = asyncio.create_task(_listen(process, errors), name="local:errors")
    try:
        if not await _is_ready(process, progress):
            await listening
            raise LocalAccountError(
                "\n".join(errors) or "The local account ended before it was ready, without a word."
            )
        connection = await asyncio.to_thread(directory.connection, started=True)
        if connection is None:
            raise LocalAccountError(f"The local account on {directory.path} ended at once.")
        yield connection
    finally:
        await _stop(process)
        await listening


async def _is_ready(process: asyncio.subprocess.Process, progress: Callable[[str], None]) -> bool:
    """Pass the account's sentences on until it is ready; False if it ends before."""
    assert process.stdout is not None
    async for raw in process.stdout:
        line = raw.decode(errors="replace").rstrip()
        if line == READY:
            return True
        progress(line)
    return False


async def _listen(process: asyncio.subprocess.Process, errors: collections.deque[str]) -> None:
    """Read what goes wrong as long as the account runs, so that it never waits for us to."""
    assert process.stderr is not None
    async for raw in process.stderr:
        errors.append(raw.decode(errors="replace").rstrip())
        log.info("Local account: %s", errors[-1])


async def _stop(process: asyncio.subprocess.Process) -> None:
    """End the lifeline and wait; the warden clears up after an account that had to be killed."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(STOP_PATIENCE):
            await process.wait()
    except TimeoutError:
        log.warning("The local account did not end within %.0f s and was killed", STOP_PATIENCE)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.wait()
