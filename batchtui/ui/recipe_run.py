"""A recipe that is carried out from the dashboard."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from batchtui.core.controller import Controller
from batchtui.core.events import Created, Deleted, Ended, Event, Submitted, Transferred, now
from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import Kind, Ledger, LedgerError, Outcome
from batchtui.core.plan import Plan, new_run_id
from batchtui.core.recipe.faults import RecipeError
from batchtui.core.recipe.load import load
from batchtui.core.run.cleanup import CleanupRule, Question
from batchtui.core.run.journal import Pace
from batchtui.core.run.run import Run, drawn_up
from batchtui.core.session import Session
from batchtui.ui.runs import Runs
from batchtui.ui.widgets.event_story import Story

FEEDS = {
    Kind.CONTAINER: ("containers",),
    Kind.POOL: ("pools", "node_counts", "nodes"),
    Kind.JOB: ("jobs", "tasks", "progress"),
}
"""The feeds that show a thing of each kind."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """All that the dashboard's runs stand on."""

    runs: Runs
    session: Session
    controller: Controller
    ledger: Ledger
    profile: str | None
    """Under which the ledger remembers the account."""

    def run(self, plan: Plan, output: Path, rule: CleanupRule | None = None) -> "RecipeRun":
        """A run of that plan, not yet started; its outputs go to the folder `output`."""
        return RecipeRun(
            plan,
            self.session,
            self.controller,
            self.ledger,
            profile=self.profile,
            output=output,
            rule=rule,
        )


async def planned(place: Path, given: Mapping[str, str], run_id: str = "") -> Plan:
    """The plan of the recipe in that file or folder, with a run id of its own if none is given.

    Raises `RecipeError` and `ParameterError`. Reads files in a thread.
    """
    return await asyncio.to_thread(load, place, given, run_id or new_run_id())


class RecipeRun:
    """A run with its story so far. Asks before it deletes, and waits for the answer."""

    def __init__(
        self,
        plan: Plan,
        session: Session,
        controller: Controller,
        ledger: Ledger,
        *,
        profile: str | None,
        output: Path,
        rule: CleanupRule | None = None,
        pace: Pace = Pace(),  # noqa: B008, frozen
    ) -> None:
        """`rule` overrules what the recipe says about deletions at the end."""
        self.plan = plan
        self.story = Story.of(plan, now())
        self.question: Question | None = None
        """What the run waits to be told."""
        self.being_asked = False
        """Whether that is on the screen."""
        self.told: Callable[[], None] = lambda: None
        """Called after everything that happens; `Runs` sets it."""
        self._controller = controller
        self._answer: asyncio.Future[bool] | None = None
        self._run = Run(
            session.gateway,
            ledger,
            drawn_up(plan, session, profile=profile, output=output),
            publish=self._take,
            decide=self._ask,
            rule=rule,
            pace=pace,
        )

    @property
    def caption(self) -> str:
        return self.story.caption

    @property
    def noun(self) -> str:
        return "run"

    @property
    def abandoned(self) -> str:
        return "What runs created so far stays; batchtui wait goes on, batchtui clean deletes it."

    async def carry_out(self) -> None:
        """Run to the end; whatever comes of it, the story ends with it."""
        try:
            await self._run.carry_out(self.plan)
        except (RecipeError, LedgerError) as error:
            self._refuse(str(error))
        finally:
            self.question = None
            if self.story.ending is None:
                self._refuse("The run was interrupted.", Outcome.INTERRUPTED)

    def answer(self, yes: bool) -> None:
        """Answer the question, if it is still asked."""
        self.question = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(yes)

    async def losses(self) -> tuple[str, ...]:
        """Sentences that say what goes with the thing that the run asks about."""
        if self.question is None:
            return ()
        of = {
            Kind.CONTAINER: self._controller.losses_of_container,
            Kind.POOL: self._controller.losses_of_pool,
            Kind.JOB: self._controller.losses_of_job,
        }[self.question.kind]
        try:
            each = [await of(name) for name in self.question.names]
        except GatewayError as error:
            return (f"What goes with it is not known. {error}",)
        return tuple(sentence for sentences in each for sentence in sentences)

    async def _ask(self, question: Question) -> bool:
        self.question, self._answer = question, asyncio.get_running_loop().create_future()
        self.told()
        return await self._answer

    def _take(self, event: Event) -> None:
        self.story = self.story.after(event)
        match event:
            case Created() | Deleted():
                self._controller.feeds.refresh(*FEEDS[event.kind])
            case Submitted():
                self._controller.feeds.refresh(*FEEDS[Kind.JOB])
            case Transferred():
                self._controller.feeds.refresh("containers", "usage", "blobs")
        self.told()

    def _refuse(self, sentence: str, outcome: Outcome = Outcome.REFUSED) -> None:
        """End the story of a run that ended before its own last event."""
        left = self._run.record.left
        run_id = self.plan.run_id
        self._take(Ended(run_id=run_id, outcome=outcome, sentence=sentence, left=left, elapsed=0))
