"""A local account that is killed at one moment and started again, while a run goes on.

The account is a process of its own. A fault of its own holds the request of the moment, and the
run, which nobody tells anything, has to come to its right end by itself.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import tomlkit

from batchtui.core.ledger import Outcome
from batchtui.local.azurite.run import lasting_port
from batchtui.local.connection import Connection
from batchtui.local.datadir import DataDir
from batchtui.local.faults.log import FAULT_LOG, REQUEST_LOG, FaultEvent, RequestEvent
from tests.kills.commands import Command, Workplace, came_true, started
from tests.kills.inventory import inventory_of
from tests.kills.moments import AGENTS, ANY_RUN, Moment, Request, Sender
from tests.kills.survival import Kill, Survival
from tests.kills.verdict import creation_complaints
from tests.kills.watch import FIRST_LOOK, LAST_LOOK
from tests.kills.workload import TASKS, leftovers, write_recipe, wrong_outputs
from tests.local.account.conftest import processes_of

LOOK = 0.02
"""Seconds between two looks at a log."""
START = 30.0
"""Seconds for an account to answer."""
PATIENCE = 90.0
"""Seconds for a run to reach a moment or its end."""
MOMENT, RUNNING, COMPLETED, DELETING = "moment", "running", "completed", "deleting"
"""The faults that hold requests; those but the first wait for a file of the same name."""
JOB = f"/jobs/kills-{ANY_RUN}"


class AccountProcess:
    """`batchtui local` on one directory and one port, with faults."""

    def __init__(self, data_home: Path) -> None:
        """`data_home` is where the account lies that `--profile local` finds."""
        self.path = data_home / "batchtui" / "local"
        self.faults = data_home / "faults.toml"
        data_home.mkdir(parents=True)
        self._home = data_home
        self._port = lasting_port()
        self._process: Command | None = None

    @property
    def connection(self) -> Connection:
        found = DataDir(self.path).connection()
        assert found is not None, "The account has announced itself."
        return found

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = await started(
            *("local", "--port", str(self._port), "--data-dir", str(self.path)),
            *("--faults", str(self.faults)),
            environment={"XDG_DATA_HOME": str(self._home)},
        )
        await self._process.until("Press Ctrl-C to stop", START)

    async def play(self, faults: str) -> None:
        """Have it play these faults, which are other ones than before."""
        seen = len(self._said("loaded"))
        self.faults.write_text(faults)
        assert await came_true(lambda: len(self._said("loaded")) > seen, START)

    async def kill(self) -> None:
        """With SIGKILL, which no program can prepare for."""
        assert self._process is not None
        self._process.kill()
        await self._process.end(START)

    async def stop(self) -> tuple[int | None, str]:
        """As its user stops it; its exit code and all that it has said."""
        assert self._process is not None
        self._process.send(signal.SIGINT)
        return await self._process.end(START)

    def struck(self) -> list[FaultEvent]:
        """Each request that was held, in order, over all starts."""
        return self._said("struck")

    def requests(self) -> list[RequestEvent]:
        """All of them, over all starts."""
        return msgspec.json.Decoder(RequestEvent).decode_lines(_lines(self.path / REQUEST_LOG))

    def _said(self, kind: str) -> list[FaultEvent]:
        decoder = msgspec.json.Decoder(FaultEvent)
        events = decoder.decode_lines(_lines(self.path / FAULT_LOG))
        return [event for event in events if event.event == kind]


class AccountProof:
    """Runs on one account, one after another, each of which sees it die at one moment."""

    def __init__(self, folder: Path, account: AccountProcess) -> None:
        self._folder = folder
        self._account = account
        self._recipe = write_recipe(folder / "recipe")
        self._processes = self._running
        self._count = 0

    @property
    def _running(self) -> int:
        """How many processes the account has, with those of its nodes."""
        return len(processes_of(self._account.path))

    async def survive(self, kill: Kill) -> Survival:
        """Kill the account at the moment of a run, and start it again."""
        self._count += 1
        folder = self._folder / f"run{self._count}"
        home = self._account.faults.parent
        place = Workplace(folder, self._recipe, {"XDG_DATA_HOME": str(home)})
        holds = folder / "holds"
        holds.mkdir()
        account = self._account
        requests, struck = len(account.requests()), len(account.struck())
        await account.play(_faults(2 * self._count, holds, kill.moment))
        process = await place.run("local", *kill.options)
        complaints: list[str] = []
        back = 0.0
        began = time.monotonic()
        try:
            keeping = asyncio.create_task(self._keep_in_step(place, holds, struck, complaints))
            await came_true(lambda: process.ended or self._is_reached(struck), PATIENCE)
            if not self._is_reached(struck):
                keeping.cancel()
                _, said = await process.end(0)
                return Survival(kill, (f"It never came:\n{said}",))
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            began = time.monotonic()
            await account.kill()
            place.gate.touch()
            holds = folder / "holds-after"
            holds.mkdir()
            account.faults.write_text(_faults(2 * self._count + 1, holds, None))
            struck = len(account.struck())
            await account.start()
            back = time.monotonic() - began
            keeping = asyncio.create_task(self._keep_in_step(place, holds, struck, complaints))
            code, said = await process.end(PATIENCE)
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            if code != 0:
                complaints.append(f"The run ends with {code}:\n{said}")
            complaints += await self._final_complaints(place)
            complaints += creation_complaints(account.requests()[requests:])
        finally:
            process.kill()
            async with inventory_of(account.connection) as inventory:
                if not await inventory.empty(0):
                    await inventory.clear()
        recovery = time.monotonic() - began
        return Survival(kill, tuple(complaints), back, recovery)

    async def _final_complaints(self, place: Workplace) -> list[str]:
        complaints = wrong_outputs(place.output, complete=True) + leftovers(place.output)
        record = place.record()
        if record is None:
            complaints.append("The ledger knows of no run.")
        elif record.outcome is not Outcome.SUCCEEDED or record.left:
            complaints.append(f"The ledger ends with {record.outcome} and {record.left}.")
        async with inventory_of(self._account.connection) as inventory:
            if not await inventory.empty(10):
                left = ", ".join(thing.name for thing in await inventory.found())
                complaints.append(f"This is left: {left or 'things that are being deleted'}.")
        if not await came_true(lambda: self._running == self._processes, 10):
            complaints.append(f"{self._running} processes run, and not {self._processes}.")
        return complaints

    def _is_reached(self, after: int) -> bool:
        return any(event.fault == MOMENT for event in self._account.struck()[after:])

    async def _keep_in_step(
        self, place: Workplace, holds: Path, after: int, complaints: list[str]
    ) -> None:
        """Let the requests go on that are held until something is so; look at the disk first."""
        async with inventory_of(self._account.connection) as inventory:
            while True:
                new = self._account.struck()[after:]
                after += len(new)
                for event in new:
                    if event.fault == RUNNING:
                        await inventory.until_running(event.path.rpartition("/")[2], TASKS)
                    if event.fault == COMPLETED:
                        place.gate.touch()
                        await inventory.until_completed(event.path.rpartition("/")[2], TASKS)
                    if event.fault == DELETING:
                        complaints += [
                            f"{fault} Yet {event.path} was to be deleted."
                            for fault in wrong_outputs(place.output, complete=True)
                        ]
                    if event.fault != MOMENT:
                        (holds / event.fault).touch()
                await asyncio.sleep(LOOK)


@asynccontextmanager
async def account_proof(folder: Path) -> AsyncIterator[AccountProof]:
    """A proof with an account of its own, which leaves no process behind."""
    account = AccountProcess(folder / "data")
    account.faults.write_text(_faults(0, folder, None))
    await account.start()
    try:
        yield AccountProof(folder, account)
    finally:
        code, said = await account.stop()
    assert code == 0, said
    assert not processes_of(account.path)


def _faults(seed: int, holds: Path, moment: Moment | None) -> str:
    """The text of a fault file; with another seed, all is counted from the start.

    With a moment, the run is kept in step as in the one that was recorded.
    """
    faults = [_hold(DELETING, Request(Sender.RUN, "Delete*", "*", 1), holds / DELETING)]
    if moment is not None:
        first = Request(Sender.RUN, "GetJob", JOB, FIRST_LOOK)
        last = Request(Sender.RUN, "GetJob", JOB, LAST_LOOK)
        faults += [
            _hold(RUNNING, first, holds / RUNNING),
            _hold(COMPLETED, last, holds / COMPLETED),
            _hold(MOMENT, moment.request, holds / MOMENT, served=moment.served),
        ]
    return tomlkit.dumps({"seed": seed, "faults": faults})


def _hold(name: str, request: Request, file: Path, *, served: bool = False) -> dict[str, object]:
    return {
        "name": name,
        "do": "hold",
        "file": str(file),
        "carried_out": served,
        "operation": request.operation,
        "path": request.path.replace(ANY_RUN, "??????"),
        "user_agent": list(AGENTS[request.sender]),
        "nth": [request.nth],
    }


def _lines(file: Path) -> bytes:
    """The whole lines of a log that may be written to just now; none of one that is not there."""
    data = file.read_bytes() if file.exists() else b""
    return data[: data.rfind(b"\n") + 1]
