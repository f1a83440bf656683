"""A run against the fake account, without waiting."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from batchtui.core.events import Event
from batchtui.core.ledger import Ledger, Outcome
from batchtui.core.plan import Plan
from batchtui.core.run.cleanup import CleanupRule, Question
from batchtui.core.run.journal import Pace, Publish
from batchtui.core.run.run import Run, drawn_up
from batchtui.core.session import Session
from batchtui.core.traffic import Traffic
from tests.core.recipes import GOOD, planned
from tests.fakes import FakeAccount
from tests.fakes import Outcome as TaskOutcome

QUICK = Pace(first=0.001, growth=1, longest=0.001, settling=0, goodbye=1)
PATIENCE = 0.1
"""Seconds."""
E_co = TypeVar("E_co", bound=Event)


class Scene:
    """An account, a recipe and a run between them; `said` are its events."""

    def __init__(self, folder: Path, text: str = GOOD, *, run_id: str = "r1") -> None:
        self.account = FakeAccount()
        self.account.batch.outcomes["*"] = TaskOutcome(blobs={"a_OUT.txt": b"a: 10\n"})
        self.plan: Plan = planned(folder / "recipe", text, run_id=run_id)
        self.ledger = Ledger(folder / "runs")
        self.output = folder / "out"
        self.said: list[Event] = []
        self.asked: list[str] = []
        self.answer = True
        self.run = self.new_run()

    def session(self) -> Session:
        return Session(self.account.gateway, Traffic(), "fake", "https://fake", True, False)

    def new_run(
        self,
        *,
        rule: CleanupRule | None = None,
        yes: bool = False,
        patience: float = PATIENCE,
        publish: Publish | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> Run:
        """Another run of the same plan, or with the record that the ledger has of it."""
        record = drawn_up(self.plan, self.session(), profile="fake", output=self.output)
        if (self.ledger.folder / f"{record.run_id}.json").exists():
            record = self.ledger.read(record.run_id)
        self.run = Run(
            self.account.gateway,
            self.ledger,
            record,
            publish=publish or self.said.append,
            decide=self._decide,
            rule=rule,
            yes=yes,
            patience=patience,
            pace=QUICK,
            clock=clock,
        )
        return self.run

    async def carry_out(self) -> Outcome:
        return await self.run.carry_out(self.plan)

    def all(self, kind: type[E_co]) -> list[E_co]:
        return [event for event in self.said if isinstance(event, kind)]

    def left(self) -> list[str]:
        """What the ledger on disk says is left."""
        return [f"{thing.kind} {thing.name}" for thing in self.ledger.read("r1").left]

    async def cancelled_at(self, call: str) -> None:
        """Carry it out, and cancel it while the method `call` is under way."""
        hold = self.account.calls.hold(call)
        work = asyncio.create_task(self.carry_out())
        await hold.reached.wait()
        work.cancel()
        await asyncio.wait([work])
        assert work.cancelled()

    async def killed_at(self, call: str, *, served: bool) -> None:
        """Carry it out, and kill it before or after the method `call` has done its work.

        The ledger on disk stays as it was at that moment, whatever the run still says at its end.
        """
        calls = self.account.calls
        hold = calls.hold_answer(call) if served else calls.hold(call)
        work = asyncio.create_task(self.carry_out())
        reached = asyncio.create_task(hold.reached.wait())
        await asyncio.wait([work, reached], return_when=asyncio.FIRST_COMPLETED)
        assert reached.done(), f"{call} was not called"
        held = {file: file.read_bytes() for file in self.ledger.folder.glob("*.json")}
        work.cancel()
        await asyncio.wait([work])
        for file, data in held.items():
            file.write_bytes(data)
        self.said.clear()

    def orphans(self) -> list[str]:
        """What exists in the account, by a look at the account alone."""
        world = self.account.batch.world
        self.account.batch.step()
        return [*self.account.storage.held, *world.pools, *world.jobs]

    async def _decide(self, question: Question) -> bool:
        self.asked.append(question.sentence)
        return self.answer
