"""A running Azurite: the blob service alone, on the loopback interface."""

import asyncio
import contextlib
import os
import random
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from batchtui.local.agent.process import Watch, end_group
from batchtui.local.azurite.program import Program
from batchtui.local.trouble import LocalAccountError

HOST = "127.0.0.1"
PATIENCE = 30.0
"""Seconds for Azurite to listen; it takes half a second to two."""
PAUSE = 0.02
GRACE = 10.0
"""Seconds for Azurite to save its data after SIGTERM. What is killed before loses up to five
seconds of blobs and containers: it saves them so often, and when it is told to stop."""
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST = 15_000
"""Below are the ports of well-known programs."""
TRIES = 20
LAST_LINES = 8
LISTENS = re.compile(r"successfully listens on (http://\S+)")


@dataclass(frozen=True, slots=True)
class Account:
    """A storage account; Azurite knows no other."""

    name: str
    key: str

    def __repr__(self) -> str:
        return f"Account(name={self.name!r}, key=...)"


class Azurite:
    """An Azurite process, which takes a moment until it listens."""

    def __init__(self, process: asyncio.subprocess.Process, account: str, log: Path) -> None:
        self._process = process
        self._account = account
        self._log = log

    @property
    def pid(self) -> int:
        return self._process.pid

    async def listening(self) -> str:
        """Wait until it listens; the address of its one account. Raises `LocalAccountError`."""
        return f"{await _address(self._process, self._log)}/{self._account}"

    async def ended(self) -> None:
        """Return when it has ended, which it should not do by itself."""
        await self._process.wait()


@contextlib.asynccontextmanager
async def run_azurite(
    program: Program, account: Account, directory: Path, *, port: int, watch: Watch
) -> AsyncIterator[Azurite]:
    """Run Azurite with its blobs and its log in `directory`.

    It takes `port` if that is free, else another: addresses with a SAS that tasks were given
    should hold after a restart. Raises `LocalAccountError`.
    """
    workspace, log = directory / "blobs", directory / "azurite.log"
    port = port if port and is_free(port) else lasting_port()
    process = await _start(program, account, workspace, log, port)
    try:
        watch.watch(process.pid, saves=True)
        yield Azurite(process, account.name, log)
    finally:
        await end_group(process, GRACE)
        watch.forget(process.pid)


async def _start(
    program: Program, account: Account, workspace: Path, log: Path, port: int
) -> asyncio.subprocess.Process:
    options = ["--silent", "--loose", "--skipApiVersionCheck", "--disableProductStyleUrl"]
    if program.telemetry:
        options.append("--disableTelemetry")
    # HOME lets the warden find it; the key goes by the environment, since anybody may read the
    # arguments of a process.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(workspace),
        "AZURITE_ACCOUNTS": f"{account.name}:{account.key}",
    }
    try:
        await asyncio.to_thread(workspace.mkdir, parents=True, exist_ok=True)
        with await asyncio.to_thread(log.open, "wb") as output:
            return await asyncio.create_subprocess_exec(
                *(*program.arguments, *options),
                *("--blobHost", HOST, "--blobPort", str(port), "--location", str(workspace)),
                cwd=workspace,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        raise LocalAccountError(
            f"Azurite could not be started in {workspace}: {error.strerror}"
        ) from error


async def _address(process: asyncio.subprocess.Process, log: Path) -> str:
    """Where it listens, as it writes to its log. Raises `LocalAccountError`."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while True:
                ended = process.returncode is not None
                text = await asyncio.to_thread(log.read_text, errors="replace")
                if found := LISTENS.search(text):
                    return found[1]
                if ended:
                    break
                await asyncio.sleep(PAUSE)
    text = await asyncio.to_thread(log.read_text, errors="replace")
    last = "\n".join(text.strip().splitlines()[-LAST_LINES:])
    how = "has not begun to listen" if process.returncode is None else "ended while starting"
    raise LocalAccountError(f"Azurite {how}. Its log, {log}, ends with:\n{last}")


def lasting_port() -> int:
    """A free port that no client of another service is given for its own end of a connection.

    Those come from the kernel's range, and while the account is away one of them may take its
    port: addresses with a SAS would hold no more. 0, which is any, where that range is not known.
    """
    try:
        first = int(RANGE.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    tried = (random.randrange(LOWEST, first) for _ in range(TRIES if first > LOWEST else 0))
    return next(filter(is_free, tried), 0)


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
