"""A command as a process group of its own."""

import asyncio
import contextlib
import shlex
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from batchtui.local.agent.child import Child
from batchtui.local.agent.failures import RunError, failure
from batchtui.local.agent.group import gone, send
from batchtui.local.agent.launch import Linger, Usage

GRACE = 3.0
"""Seconds between SIGTERM and SIGKILL."""
KILL_PATIENCE = 1.0
"""Seconds to wait for killed processes to be gone; one in the kernel's hands may take longer."""


class Watch(Protocol):
    """Who ends a process group when this process can no longer do it."""

    def watch(self, group: int, *, saves: bool = False) -> None: ...
    def forget(self, group: int) -> None: ...


class Leader(Protocol):
    """The process that a group was made for."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    async def wait(self) -> int: ...


class Unwatched:
    """Nobody does: what a killed agent started runs on."""

    def watch(self, group: int, *, saves: bool = False) -> None: ...
    def forget(self, group: int) -> None: ...


def split(command_line: str) -> list[str]:
    """The arguments of a command line: quoting is honoured, nothing is expanded.

    Raises `RunError` for an unclosed quotation or an empty line.
    """
    try:
        arguments = shlex.split(command_line)
    except ValueError as error:
        raise RunError(failure("CommandLaunchFailed", Message=f"{error}")) from None
    if not arguments:
        raise RunError(failure("CommandLaunchFailed", Message="The command line is empty"))
    return arguments


@dataclass(frozen=True, slots=True)
class Exit:
    """How a command ended."""

    code: int
    """Its exit code; 128 plus the signal if one ended it, as shells say it."""
    late: bool
    """Whether it was ended because its time was up."""
    usage: Usage | None = None


async def run_command(
    arguments: list[str],
    *,
    root: Path,
    environment: Mapping[str, str],
    watch: Watch,
    grace: float = GRACE,
    deadline: float | None = None,
    appends: bool = False,
    linger: Linger | None = None,
) -> Exit:
    """Run a command in `root`/wd to its end, or until `deadline` (on the event loop's clock).

    stdout.txt and stderr.txt in `root` are written by the process itself. When it ends, and when
    the caller is cancelled, everything left in its process group is ended too; with `linger`, what
    a command leaves that has succeeded may stay until that is over. Raises `RunError` if it cannot
    be started.
    """
    process = _start(arguments, root, environment, "ab" if appends else "wb")
    late = False
    try:
        watch.watch(process.pid)
        async with asyncio.timeout_at(deadline):
            await process.wait()
        if linger and process.returncode == 0:
            linger.settled.set()
            await linger.over.wait()
    except TimeoutError:
        late = True
    finally:
        await end_group(process, grace)
        watch.forget(process.pid)
    code = await process.wait()
    return Exit(code if code >= 0 else 128 - code, late, process.usage)


def _start(
    arguments: list[str], root: Path, environment: Mapping[str, str], mode: Literal["ab", "wb"]
) -> Child:
    with contextlib.ExitStack() as files:
        try:
            stdout = files.enter_context((root / "stdout.txt").open(mode))
            stderr = files.enter_context((root / "stderr.txt").open(mode))
            return Child.start(
                arguments, cwd=root / "wd", environment=environment, stdout=stdout, stderr=stderr
            )
        except FileNotFoundError as error:
            message = error.strerror or "No such file or directory"
            raise RunError(failure("CommandProgramNotFound", Message=message)) from None
        except (OSError, ValueError) as error:
            # ValueError: a NUL byte in an argument or the environment.
            message = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise RunError(failure("CommandLaunchFailed", Message=message)) from None


async def end_group(process: Leader, grace: float) -> None:
    """SIGTERM to the group of a process still running, SIGKILL to what is left after `grace`.

    A process that has ended by itself gets no grace for what it left behind, as on a node.
    """
    leader = process.pid
    try:
        if process.returncode is None and send(leader, signal.SIGTERM):
            await gone(leader, grace)
    finally:
        killed = send(leader, signal.SIGKILL)
    await process.wait()
    if killed:
        await gone(leader, KILL_PATIENCE)
