"""A run that gets a signal at one moment, and is gone on with by `batchtui wait`."""

import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from batchtui.core.ledger import Outcome
from batchtui.local.account import run_account
from batchtui.local.connection import Connection
from batchtui.local.datadir import DataDir
from batchtui.local.faults.injection import FaultInjection
from batchtui.local.faults.log import RequestEvent
from batchtui.local.faults.options import FaultOptions
from tests.kills.commands import Command, Workplace, came_first
from tests.kills.inventory import Inventory, inventory_of
from tests.kills.moments import Moment, moments_of
from tests.kills.survival import Kill, Means, Survival
from tests.kills.verdict import (
    EXIT_CODES,
    creation_complaints,
    deletions,
    goodbye_complaints,
    ledger_complaints,
)
from tests.kills.watch import RequestWatch
from tests.kills.workload import leftovers, write_recipe, wrong_outputs

PROMPT = 5.0
"""Seconds within which a run that is told to end has ended, on a machine that is busy."""
PATIENCE = 60.0
"""Seconds for a run to reach a moment or its end."""


class SignalProof:
    """Runs on an account of this process, one after another, each told to end at one moment."""

    def __init__(
        self, folder: Path, account: Connection, faults: FaultInjection, inventory: Inventory
    ) -> None:
        self._folder = folder
        self._recipe = write_recipe(folder / "recipe")
        self._account = account
        self._faults = faults
        self._inventory = inventory
        self._count = 0

    async def record(self) -> list[RequestEvent]:
        """The requests of a run that nothing happens to."""
        place = self._place()
        watch = self._watch(place, None)
        process = await place.run("environment")
        code, said = await process.end(PATIENCE)
        assert code == 0, said
        wrong = wrong_outputs(place.output, complete=True) + leftovers(place.output)
        assert not (wrong := [*watch.faults, *wrong]), wrong
        assert await self._inventory.empty(10)
        return watch.events

    async def moments(self) -> list[Moment]:
        """All of them, from a recorded run."""
        return moments_of(await self.record())

    async def survive(self, kill: Kill) -> Survival:
        """Send a run the signal at the moment, and go on with it."""
        place = self._place()
        watch = self._watch(place, kill.moment)
        process = await place.run("environment", *kill.options)
        try:
            if not await came_first(watch.reached.wait(), process.end(PATIENCE)):
                _, said = await process.end(0)
                return Survival(kill, (f"It never came:\n{said}",))
            began = time.monotonic()
            complaints, ending = await self._end(kill, place, watch, process)
            record, cleans = place.record(), kill.means in (Means.CLEAN, Means.LOST)
            words: tuple[str, ...] = ()
            if record is not None:
                words = ("wait", record.run_id, *kill.options)
            if record is not None and cleans:
                words = ("clean", record.run_id, "--yes", "--profile", "environment")
            if kill.means is Means.LOST:
                place.forget()
                if not await self._inventory.found():
                    # Nothing says that there was such a run, and `clean` rightly knows of none.
                    words = ()
            if kill.later and words:
                nth, served = kill.later
                watch.hold_later(nth, served=served)
                process = await place.start(*words)
                if await came_first(watch.reached.wait(), process.end(PATIENCE)):
                    more, later = await self._end(kill, place, watch, process)
                    complaints += more
                    ending = max(ending, later)
            if words:
                process = await place.start(*words)
                code, said = await process.end(PATIENCE)
                if code != 0:
                    complaints.append(f"`batchtui {words[0]}` ends with {code}:\n{said}")
            complaints += await self._final_complaints(place, cleaned=cleans)
            recovery = time.monotonic() - began
            complaints += [] if cleans else watch.faults
            complaints += creation_complaints(watch.events)
        finally:
            process.kill()
            watch.let_go()
            if not await self._inventory.empty(0):
                await self._inventory.clear()
        return Survival(kill, tuple(complaints), ending, recovery)

    async def _end(
        self, kill: Kill, place: Workplace, watch: RequestWatch, process: Command
    ) -> tuple[list[str], float]:
        """Send the signal to a process whose request is held, and look at what it leaves.

        The complaints, and the seconds until it had ended.
        """
        number = kill.means.signal
        before = deletions(watch.events)
        began = time.monotonic()
        process.send(number)
        code, said = await process.end(4 * PROMPT)
        ending = time.monotonic() - began
        complaints = _ending_complaints(number, code, ending, said)
        more = deletions(watch.events) - before
        held = watch.moment
        if held and held.request.operation == "GetContainerProperties" and held.request.nth > 1:
            # Both containers are deleted at once: the other one has been asked for by now.
            more.discard("DeleteContainer")
        if more and kill.means not in (Means.CLEAN, Means.LOST):
            complaints.append(f"Because of the signal it asked for {', '.join(sorted(more))}.")
        watch.let_go()
        complaints += await self._state_complaints(place, number, said, kill.options)
        return complaints, ending

    async def _state_complaints(
        self, place: Workplace, number: signal.Signals, said: str, options: Sequence[str]
    ) -> list[str]:
        """What a process that is over has left behind."""
        record, found = place.record(), await self._inventory.found()
        complaints = ledger_complaints(record, found)
        complaints += wrong_outputs(place.output, complete=False)
        complaints += goodbye_complaints(number, said, record, as_json="--json" in options)
        expected = Outcome.RUNNING if number is signal.SIGKILL else Outcome.INTERRUPTED
        if record is not None and record.outcome is not expected:
            complaints.append(f"The ledger says that the run is {record.outcome}.")
        return complaints

    async def _final_complaints(self, place: Workplace, *, cleaned: bool) -> list[str]:
        """Nothing may be left at all; and a run that was not cleaned up has its outputs."""
        complaints = []
        record = place.record()
        if record is not None and record.left:
            complaints.append(f"The ledger ends with {record.left}.")
        if record is not None and not cleaned:
            if record.outcome is not Outcome.SUCCEEDED:
                complaints.append(f"The ledger says that the run is {record.outcome}.")
            complaints += wrong_outputs(place.output, complete=True)
            complaints += leftovers(place.output)
        if not await self._inventory.empty(10):
            left = ", ".join(thing.name for thing in await self._inventory.found())
            complaints.append(f"This is left: {left or 'things that are being deleted'}.")
        return complaints

    def _place(self) -> Workplace:
        self._count += 1
        return Workplace(
            self._folder / f"run{self._count}", self._recipe, self._account.environment()
        )

    def _watch(self, place: Workplace, moment: Moment | None) -> RequestWatch:
        watch = RequestWatch(self._inventory, place.gate, place.output, moment)
        self._faults.observers[:] = [watch.observe]
        return watch


@asynccontextmanager
async def signal_proof(folder: Path) -> AsyncIterator[SignalProof]:
    """A proof with an account of its own, in a folder."""
    log = FaultOptions(request_log=folder / "requests.log")
    folder.mkdir(parents=True, exist_ok=True)
    async with (
        run_account(DataDir(folder / "account"), faults=log, progress=_quiet) as running,
        inventory_of(running.connection) as inventory,
    ):
        assert running.faults is not None
        yield SignalProof(folder, running.connection, running.faults, inventory)


def _ending_complaints(
    number: signal.Signals, code: int | None, ending: float, said: str
) -> list[str]:
    if code is None:
        return [f"It does not end:\n{said}"]
    complaints = []
    if code != EXIT_CODES[number]:
        complaints.append(f"It ends with {code} and not {EXIT_CODES[number]}:\n{said}")
    if ending > PROMPT:
        complaints.append(f"It ends only after {ending:.1f}s.")
    return complaints


def _quiet(_: str) -> None:
    """An account says what it does; nobody listens."""
