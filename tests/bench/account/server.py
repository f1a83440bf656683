"""Servers in processes of their own, so that they do not share the client's interpreter."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from tests.local.conftest import KEY

TICKS = 100
"""Clock ticks per second, as /proc counts them."""


@dataclass(frozen=True, slots=True)
class Server:
    endpoint: str
    pid: int
    start: float
    """Seconds from its start to its first word, which it says when it listens."""

    def memory(self) -> float:
        """The most that it has held so far, in GB."""
        (line,) = [
            line
            for line in Path(f"/proc/{self.pid}/status").read_text().splitlines()
            if line.startswith("VmHWM")
        ]
        return int(line.split()[1]) / 1_000_000

    def cpu(self) -> float:
        """Seconds of a core that it has used."""
        text = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(text[11]) + int(text[12])) / TICKS


@asynccontextmanager
async def account(data_dir: Path) -> AsyncIterator[Server]:
    """A local account with real processes, without Azurite."""
    async with _serving("tests.local.durability.program", str(data_dir), KEY) as server:
        yield server


@asynccontextmanager
async def world(data_dir: Path, name: str) -> AsyncIterator[Server]:
    """An account that plays a world that comes along."""
    arguments = ("local", "--world", name, "--data-dir", str(data_dir))
    async with _serving("batchtui", *arguments) as server:
        yield server


@asynccontextmanager
async def yes_man() -> AsyncIterator[Server]:
    """A server that says OK to every collection of tasks and does nothing."""
    async with _serving("tests.bench.account.yes_man") as server:
        yield server


@asynccontextmanager
async def _serving(module: str, *arguments: str) -> AsyncIterator[Server]:
    begun = perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    endpoint = (await process.stdout.readline()).decode().strip()
    start = perf_counter() - begun
    if not endpoint:
        raise RuntimeError(f"{module} ended instead of listening")
    try:
        yield Server(endpoint, process.pid, start)
    finally:
        process.kill()
        await process.wait()
