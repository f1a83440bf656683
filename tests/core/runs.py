"""A run against the fake account, without waiting."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from batchtui.core.events import Event
from batchtui.core.ledger import Ledger, Outcome
from batchtui.core.plan import Plan
from batchtui.core.recipe.model import Cleanup
from batchtui.core.run.cleanup import Question
from batchtui.core.run.journal import Pace
from batchtui.core.run.run import Run, drawn_up
from batchtui.core.session import Session
from batchtui.core.traffic import Traffic
from tests.core.recipes import GOOD, planned
from tests.fakes import FakeAccount
from tests.fakes import Outcome as TaskOutcome

QUICK = Pace(first=0, growth=1, longest=0, patience=0.05, settling=0, goodbye=1)
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
        self, *, wishes: Cleanup | None = None, clock: Callable[[], float] | None = None
    ) -> Run:
        """Another run of the same plan, or with the record that the ledger has of it."""
        record = drawn_up(self.plan, self.session(), profile="fake", output=self.output)
        if (self.ledger.folder / f"{record.run_id}.json").exists():
            record = self.ledger.read(record.run_id)
        self.run = Run(
            self.account.gateway,
            self.ledger,
            record,
            publish=self.said.append,
            decide=self._decide,
            wishes=wishes,
            pace=QUICK,
            **({"clock": clock} if clock else {}),
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

    async def _decide(self, question: Question) -> bool:
        self.asked.append(question.sentence)
        return self.answer
