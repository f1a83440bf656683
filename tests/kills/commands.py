"""`batchtui run` and `batchtui wait` as a user starts them, each run with folders of its own."""

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from batchtui.core.ledger import Ledger, LedgerError, Record

KEPT = {
    "HOME",
    "PATH",
    "PYTHONPATH",
    "LANG",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "BATCHTUI_AZURITE",
    "NO_PROXY",
}
"""The variables of this process that a command gets too."""

LOOK = 0.02
"""Seconds between two looks whether something is so."""


async def came_first(
    first: Coroutine[Any, Any, object], second: Coroutine[Any, Any, object]
) -> bool:
    """Wait for either of two things; whether the first has come. The other is given up."""
    tasks = [asyncio.create_task(first), asyncio.create_task(second)]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    came = tasks[0].done()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if came:
        tasks[0].result()
    return came


async def came_true(condition: Callable[[], bool], patience: float) -> bool:
    """Wait until the condition holds; whether it did within some seconds."""
    end = time.monotonic() + patience
    while True:
        if condition():
            return True
        if time.monotonic() > end:
            return False
        await asyncio.sleep(LOOK)


@contextmanager
def signals_heeded() -> Iterator[None]:
    """Have the processes that are started meanwhile heed all signals, also below `nohup` and `&`.

    What a process ignores, its children ignore, and batchtui goes on after a SIGHUP then.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGINT)}
    ignored = [number for number, handler in before.items() if handler is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


class Command:
    """A process of batchtui, and all that it says."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._lines: list[str] = []
        self._said = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    @property
    def ended(self) -> bool:
        return self._process.returncode is not None

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def end(self, patience: float) -> tuple[int | None, str]:
        """Its exit code and what it said; None for one that had to be killed after some seconds."""
        try:
            code: int | None = await asyncio.wait_for(self._process.wait(), patience)
        except TimeoutError:
            code = None
            self.kill()
        await asyncio.shield(self._reading)
        return code, "".join(self._lines)

    async def until(self, words: str, patience: float) -> None:
        """Wait until it has said this. Its end is an error."""

        def over() -> bool:
            return self._reading.done() or any(words in line for line in self._lines)

        async with asyncio.timeout(patience), self._said:
            await self._said.wait_for(over)
        assert any(words in line for line in self._lines), "".join(self._lines)

    def kill(self) -> None:
        if not self.ended:
            self._process.kill()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            async with self._said:
                self._lines.append(line.decode())
                self._said.notify_all()


async def started(
    *words: str, environment: Mapping[str, str], folder: Path | None = None
) -> Command:
    """Start a command of batchtui."""
    own = {name: value for name, value in os.environ.items() if name in KEPT}
    return Command(
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "batchtui", *words),
            cwd=folder,
            env={**own, **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    )


class Workplace:
    """The folders of one run: its ledger, its outputs, and the gate of its tasks."""

    def __init__(self, folder: Path, recipe: Path, environment: Mapping[str, str]) -> None:
        """`environment` says how the account is reached."""
        self.output = folder / "out"
        self.gate = folder / "gate"
        self.output.mkdir(parents=True)
        self._recipe = recipe
        self._folder = folder
        self._ledger = Ledger(folder / "state" / "batchtui" / "runs")
        self._environment = {
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            **environment,
        }

    async def run(self, profile: str, *options: str) -> Command:
        """Start the run."""
        gate = ("--set", f"gate={self.gate}")
        place = ("--output", str(self.output), "--profile", profile)
        return await self.start("run", str(self._recipe), *place, *gate, *options)

    async def start(self, *words: str) -> Command:
        return await started(*words, environment=self._environment, folder=self._folder)

    def forget(self) -> None:
        """Lose all that this machine remembers, as a CI runner does that is gone."""
        shutil.rmtree(self._folder / "state")

    def record(self) -> Record | None:
        """What the ledger says of the run; None where it knows of none. Raises `LedgerError`."""

        def trouble(error: LedgerError) -> None:
            raise error

        return next(iter(self._ledger.records(trouble=trouble)), None)
