"""`batchtui run topnwords` in bad weather, then `batchtui wait` in fair weather."""

import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from batchtui.core.ledger import Outcome, Record
from batchtui.local.faults.log import RequestEvent
from batchtui.local.faults.model import FaultSet
from tests.kills.commands import Workplace
from tests.kills.moments import Sender, sender_of
from tests.kills.verdict import creation_complaints, ledger_complaints
from tests.weather import topnwords
from tests.weather.account import WeatherAccount
from tests.weather.outcome import CellOutcome

PATIENCE = 20
"""Seconds, of a run."""
GRACE = 30.0
"""Seconds that a run may take beyond its patience."""
WAITED = 90.0
"""Seconds for `wait` in fair weather, on a machine that is busy."""


class RunProof:
    """Runs on one account, one after another, each in a weather of its own."""

    def __init__(self, folder: Path, account: WeatherAccount) -> None:
        self._folder = folder
        self._account = account
        self._count = 0
        # Somebody may edit the shipped one meanwhile, after which `wait` refuses to go on.
        self._recipe = Path(shutil.copytree(topnwords.RECIPE, folder / "topnwords"))

    async def outlast(
        self, faults: FaultSet, *, nodes: bool = False, within: bool = False
    ) -> CellOutcome:
        """A run in this weather, and what is wrong after it.

        `nodes`: the weather strikes nodes and tasks too, so that tasks may fail for it. `within`:
        the run has to come to its right end by itself.
        """
        self._count += 1
        place = Workplace(
            self._folder / f"run{self._count}",
            self._recipe,
            self._account.connection.environment(),
        )
        complaints: list[str] = []
        events = self._account.play(faults)

        async def check(event: RequestEvent) -> None:
            complaints.extend(await self._early_deletion(event, place.output))

        self._account.watch(check)
        try:
            began = time.monotonic()
            process = await place.start(*self._run(place), "--patience", f"{PATIENCE}s")
            code, said = await process.end(PATIENCE + GRACE)
            took = time.monotonic() - began
            struck = sum(1 for each in events if each.event == "answered" and each.faults)
            self._account.brighten()
            end = f"{code}"
            complaints += _said_complaints(code, said)
            complaints += await self._state_complaints(place, code, said)
            began = time.monotonic()
            if within and (code, struck) != (0, 1):
                complaints.append(f"It ends with {code} after {struck} lost answers.")
            if code != 0:
                end, more = await self._finish(place, code, nodes=nodes)
                complaints += more
            recovery = time.monotonic() - began if code != 0 else 0.0
            complaints += creation_complaints(events)
            complaints += topnwords.strangers(place.output)
            orphans = await self._orphans()
            if complaints:
                complaints.append(f"It said:\n{said}")
        finally:
            self._account.brighten()
            await self._account.inventory.clear()
        return CellOutcome(
            tuple(complaints), end, struck=struck, took=took, recovery=recovery, lost=orphans
        )

    async def _early_deletion(self, event: RequestEvent, output: Path) -> list[str]:
        """Whether the run asks for a deletion while outputs are not on the disk yet."""
        deletes = event.event == "received" and event.operation.startswith("Delete")
        if not deletes or sender_of(event) is not Sender.RUN:
            return []
        wrong = topnwords.wrong_outputs(output, complete=True)
        if event.operation == "DeleteContainer" and event.path.endswith("-output"):
            name = event.path.rpartition("/")[2]
            blobs = self._account.blobs
            if await blobs.get_container_client(name).exists():
                wrong += await topnwords.unlike(blobs, name, output)
        return [f"{sentence} Yet {event.path} was to be deleted." for sentence in wrong]

    async def _state_complaints(self, place: Workplace, code: int | None, said: str) -> list[str]:
        """What is wrong with what a run has left behind, before anything else is done."""
        record, found = place.record(), await self._account.inventory.found()
        complaints = ledger_complaints(record, found)
        complaints += topnwords.wrong_outputs(place.output, complete=code == 0)
        if record is not None and code == 0:
            complaints += _success_complaints(record)
        if record is not None and code == 3 and f"batchtui wait {record.run_id}" not in said:
            complaints.append("It does not say that `batchtui wait` goes on.")
        if code == 0 and not await self._account.inventory.empty(20):
            complaints.append("Something is left after a success.")
        return complaints

    async def _finish(
        self, place: Workplace, code: int | None, *, nodes: bool
    ) -> tuple[str, list[str]]:
        """In fair weather: `wait`, or the run again where nothing was begun. The codes in words."""
        record = place.record()
        if record is None:
            words, how = self._run(place), "run again"
        else:
            words, how = ("wait", record.run_id, "--yes"), "wait"
        process = await place.start(*words)
        second, said = await process.end(WAITED)
        end = f"{code}, {how}: {second}"
        complaints = _said_complaints(second, said)
        if second == 1 and nodes:
            return end, complaints + await self._after_failed_tasks(place, said)
        if second != 0:
            return end, [*complaints, f"`batchtui {how}` ends with {second}:\n{said}"]
        complaints += topnwords.wrong_outputs(place.output, complete=True)
        after = place.record()
        assert after is not None
        complaints += _success_complaints(after)
        if not await self._account.inventory.empty(20):
            complaints.append(f"Something is left after `batchtui {how}`.")
        return end, complaints

    async def _after_failed_tasks(self, place: Workplace, said: str) -> list[str]:
        """Tasks that failed keep everything, and `clean` deletes it."""
        record = place.record()
        assert record is not None
        complaints = []
        if record.outcome is not Outcome.FAILED or "failed" not in said:
            complaints.append(f"It ends with 1 and {record.outcome}:\n{said}")
        kinds = {thing.kind for thing in await self._account.inventory.found()}
        if len(kinds) < 3:
            complaints.append(f"Tasks failed, and only this is kept: {sorted(kinds)}.")
        # What it deletes from here on, its user asked for.
        self._account.faults.observers.clear()
        process = await place.start("clean", record.run_id, "--yes")
        code, cleaned = await process.end(WAITED)
        if code != 0 or not await self._account.inventory.empty(20):
            complaints.append(f"`batchtui clean` ends with {code}:\n{cleaned}")
        return complaints

    def _run(self, place: Workplace) -> tuple[str, ...]:
        """The words of the command."""
        return (
            *("run", str(self._recipe), "--profile", "environment", "--yes"),
            *("--set", f"words={topnwords.WORDS}", "--output", str(place.output)),
        )

    async def _orphans(self) -> int:
        return len(await self._account.inventory.found())


def _said_complaints(code: int | None, said: str) -> list[str]:
    complaints = []
    if code is None:
        complaints.append("It does not end in time.")
    elif code not in (0, 1, 3):
        complaints.append(f"It ends with {code}.")
    if "Traceback" in said:
        complaints.append("A traceback was shown.")
    if "sig=" in said:
        complaints.append("A signature was shown.")
    return complaints


def _success_complaints(record: Record) -> Iterable[str]:
    if record.outcome is not Outcome.SUCCEEDED or record.left:
        yield f"The ledger ends with {record.outcome} and {record.left}."
