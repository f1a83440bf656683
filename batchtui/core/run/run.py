"""A run: a plan carried out against an account, from its first container to its last deletion."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from batchtui.core.durations import duration
from batchtui.core.events import Ended, Finished, Resumed, Started, Troubled, now
from batchtui.core.gateway import Gateway, GatewayError
from batchtui.core.ledger import (
    Fact,
    Kind,
    Ledger,
    LedgerError,
    Outcome,
    Record,
    Thing,
    Verdict,
    Wanted,
)
from batchtui.core.plan import Plan
from batchtui.core.recipe.faults import RecipeError
from batchtui.core.recipe.load import restored
from batchtui.core.recipe.model import Fate
from batchtui.core.run import inputs
from batchtui.core.run.account import RunAccount
from batchtui.core.run.cleanup import (
    Cleaner,
    CleanupRule,
    Decide,
    Fates,
    everywhere,
    fates_after,
)
from batchtui.core.run.creation import Creation
from batchtui.core.run.errors import ChangedInputsError, RunError
from batchtui.core.run.failures import report_nodes, report_tasks
from batchtui.core.run.journal import Journal, Pace, Publish
from batchtui.core.run.monitor import (
    JobGoneError,
    Monitor,
    NoNodesError,
    StoppedError,
    TimedOutError,
)
from batchtui.core.run.ownership import Ownership
from batchtui.core.run.patience import Patience
from batchtui.core.run.preflight import preflight
from batchtui.core.run.transfers import collect
from batchtui.core.session import Session
from batchtui.core.wording import in_time, many

OVER = frozenset({Outcome.SUCCEEDED, Outcome.FAILED, Outcome.TIMED_OUT})

_log = logging.getLogger(__name__)


def drawn_up(plan: Plan, session: Session, *, profile: str | None, output: Path) -> Record:
    """The ledger's record of a run that is about to begin; `output` is where its outputs go."""
    recipe, containers = plan.recipe, plan.containers
    return Record(
        run_id=plan.run_id,
        recipe=recipe.name,
        file=str(plan.file.absolute()),
        text=plan.text,
        parameters=plan.parameters,
        labelled=True,
        profile=profile,
        account=session.label,
        endpoint=session.endpoint,
        output=str(output.absolute()),
        pool_id=plan.pool_id,
        job_id=recipe.job.id,
        tasks=len(plan.ids),
        dependent=any(task.depends_on for task in recipe.tasks),
        timeout=plan.timeout.total_seconds(),
        patience=duration(recipe.monitor.patience).total_seconds(),
        downloads=tuple(
            Wanted(containers[each.from_], each.files, each.to) for each in recipe.downloads
        ),
        cleanup=recipe.cleanup,
        started=now(),
    )


class Run:
    """Carries out a plan, goes on with a run that was left, or cleans up after one.

    Each step is published as an event and, where it makes or deletes a thing, written to the
    ledger: before it for a creation. `decide` answers for each deletion that is to be asked about;
    `rule` overrules what the recipe says about deletions, `yes` answers every question, and
    `patience` (seconds) overrules the recipe's. Cancelling leaves a true ledger, and everything
    where it is.
    """

    def __init__(
        self,
        gateway: Gateway,
        ledger: Ledger,
        record: Record,
        *,
        publish: Publish,
        decide: Decide,
        rule: CleanupRule | None = None,
        yes: bool = False,
        patience: float | None = None,
        pace: Pace = Pace(),  # noqa: B008, frozen
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._journal = Journal(ledger, record, publish, pace, clock)
        self._account = RunAccount(
            gateway,
            Patience(
                record.patience if patience is None else patience,
                self._journal.say,
                first=pace.first,
            ),
        )
        self._ownership = Ownership(
            self._account, record.run_id, record.recipe, labelled=record.labelled
        )
        self._cleaner = Cleaner(self._journal, self._ownership, decide, goodbye=pace.goodbye)
        self._rule = rule
        self._yes = yes

    @property
    def record(self) -> Record:
        """What the ledger says of the run at this moment."""
        return self._journal.record

    async def carry_out(self, plan: Plan) -> Outcome:
        """The whole run.

        Raises `RecipeError`, with nothing created, when the account has taken names or lacks what
        the recipe names; `LedgerError` when the run cannot be written down.
        """
        with self._ledger.holding(self.record.run_id):
            return await self._to_its_end(lambda: self._carry_out(plan))

    async def resume(self) -> Outcome:
        """Go on with a run wherever it was left: while it created things, ran, or cleaned up.

        Raises `LedgerError` when it is under way elsewhere, and `ChangedInputsError` when files
        that it has still to upload are not what they were.
        """
        with self._ledger.holding(self.record.run_id):
            self._journal.reread()
            return await self._to_its_end(self._resume)

    async def clean(self, fate: Fate, found: Iterable[Thing] = ()) -> None:
        """Delete what the run made and left, or ask about each.

        `found` is what a look at the account has shown to carry its id: the ledger may have less,
        where an older version wrote it. Raises `GatewayError`, and `LedgerError` when the run is
        under way elsewhere.
        """
        with self._ledger.holding(self.record.run_id):
            self._journal.reread()
            for thing in found:
                if self.record.fact(thing.kind, thing.name) not in (Fact.INTENDED, Fact.CREATED):
                    self._journal.note(thing.kind, thing.name, Fact.CREATED)
            await self._cleaner.clean_up(self.record.left, everywhere(fate))

    async def _to_its_end(self, work: Callable[[], Awaitable[Verdict]]) -> Outcome:
        """Whatever comes of the work, the ledger and the last event say so."""
        try:
            try:
                verdict = await work()
            except (GatewayError, RunError, LedgerError) as error:
                verdict = Verdict(Outcome.REFUSED, str(error))
                await self._clear_away()
        except asyncio.CancelledError:
            self._end(Verdict(Outcome.INTERRUPTED))
            raise
        self._end(verdict)
        return verdict.outcome

    async def _clear_away(self) -> None:
        """After a refusal everything is kept, unless all is always deleted and nothing has run."""
        always = self._rule is CleanupRule.ALWAYS
        if not always or self.record.submitted or self._account.patience.lost:
            return
        try:
            await self._cleaner.clean_up(self.record.left, everywhere(Fate.DELETE))
        except (GatewayError, RunError, LedgerError) as error:
            self._journal.say(Troubled(sentence=str(error)))

    def _end(self, verdict: Verdict) -> None:
        sentence = verdict.sentence
        try:
            if self._journal.begun:
                self._journal.ended(verdict.outcome)
        except LedgerError as error:
            _log.exception("Could not write down how run %s ended", self.record.run_id)
            sentence = "\n".join(filter(None, (sentence, str(error))))
        self._journal.say(
            Ended(
                run_id=self.record.run_id,
                outcome=verdict.outcome,
                sentence=sentence,
                left=self.record.left,
                resumable=self._journal.begun and self.record.resumable,
                elapsed=self._journal.elapsed,
            )
        )

    async def _carry_out(self, plan: Plan) -> Verdict:
        findings = await preflight(plan, self._account)
        record = self.record
        self._journal.begin(await inputs.noted(plan.uploads))
        self._journal.say(
            Started(
                run_id=record.run_id,
                recipe=record.recipe,
                account=record.account,
                endpoint=record.endpoint,
                tasks=record.tasks,
            )
        )
        creation = Creation(plan, self._journal, self._account, self._ownership, findings)
        await creation.everything()
        return await self._see_through()

    async def _resume(self) -> Verdict:
        record = self.record
        if not record.submitted:
            return await self._create_the_rest()
        if record.fact(Kind.JOB, record.job_id) is Fact.DELETED and not record.left:
            over = f"Run {record.run_id} is over: its job {record.job_id} is deleted."
            if record.verdict is None:
                raise RunError(over)
            return Verdict(record.verdict.outcome, over)
        self._resumed()
        cleaning = (
            record.outcome not in OVER or record.fact(Kind.JOB, record.job_id) is Fact.DELETED
        )
        if record.verdict is not None and record.fetched and cleaning:
            return await self._clean_after(record.verdict, None)
        return await self._see_through()

    def _resumed(self) -> None:
        self._journal.resumed()
        self._journal.say(Resumed(run_id=self.record.run_id, recipe=self.record.recipe))

    async def _create_the_rest(self) -> Verdict:
        """Go on with a run that was left before all its tasks were submitted."""
        record, run_id = self.record, self.record.run_id
        if not record.resumable:
            raise RunError(
                f"Run {run_id} was interrupted before all its tasks were submitted, so there is "
                f"nothing to wait for; `batchtui clean {run_id}` deletes what it left."
            )
        changed = await inputs.changes(record.inputs)
        if changed:
            raise ChangedInputsError(
                "\n".join(
                    (
                        f"Run {run_id} cannot go on, because its inputs are not what they were:",
                        *changed,
                        f"Nothing is deleted. Put them back and try again, or `batchtui clean "
                        f"{run_id}` and run the recipe anew.",
                    )
                )
            )
        uploads = inputs.files_of(record.inputs)
        try:
            plan = restored(Path(record.file), record.text, record.parameters, uploads, run_id)
            findings = await preflight(plan, self._account)
        except RecipeError as error:
            raise RunError(f"Run {run_id} cannot go on. {error}") from error
        self._resumed()
        creation = Creation(plan, self._journal, self._account, self._ownership, findings)
        await creation.everything()
        return await self._see_through()

    async def _see_through(self) -> Verdict:
        """Watch the tasks to their end, fetch what they made, and clean up."""
        monitor = Monitor(self._journal, self._account)
        try:
            verdict = await self._watch(monitor)
        except JobGoneError:
            if self.record.verdict is None:
                await self._fetch()
                raise
            verdict = self.record.verdict
        if verdict.outcome is Outcome.TIMED_OUT:
            if set(self._fates(verdict).values()) == {Fate.KEEP}:
                return Verdict(verdict.outcome, f"{verdict.sentence}; nothing is deleted.")
            if not await self._stop(monitor):
                raise RunError(f"{verdict.sentence}, and its tasks do not stop.")
        self._journal.decided(verdict)
        missing = await self._fetch()
        if missing:
            kept = f"{many(missing, 'output')} could not be fetched, and everything is kept."
            return Verdict(Outcome.UNFETCHED, " ".join(filter(None, (verdict.sentence, kept))))
        return await self._clean_after(verdict, monitor)

    async def _watch(self, monitor: Monitor) -> Verdict:
        """What came of the tasks. Raises `GatewayError` and `RunError`."""
        journal, sentence = self._journal, ""
        try:
            await monitor.watch()
        except TimedOutError:
            allowed = in_time(self.record.timeout)
            return Verdict(Outcome.TIMED_OUT, f"The tasks did not complete within {allowed}")
        except StoppedError as error:
            sentence = str(error)
        except NoNodesError as error:
            sentence = str(error)
            await report_nodes(journal, self._account)
        counts = monitor.counts
        if not sentence and counts.active:
            waiting = many(counts.active, "task")
            sentence = f"Never run, for what they wait for failed: {waiting}."
            journal.say(Troubled(sentence=sentence))
        if not sentence and counts.failed:
            sentence = monitor.remark
        reported = await report_tasks(journal, self._account) if counts.failed else 0
        journal.say(
            Finished(
                counts=counts,
                of_tasks=self.record.tasks,
                reported=reported,
                elapsed=journal.elapsed,
            )
        )
        succeeded = counts.succeeded == self.record.tasks and not sentence
        return Verdict(Outcome.SUCCEEDED if succeeded else Outcome.FAILED, sentence)

    async def _stop(self, monitor: Monitor) -> bool:
        """Before outputs of a run that timed out are fetched, to be deleted: no more may come.

        Whether no task runs any more.
        """
        if self._fates(Verdict(Outcome.TIMED_OUT))[Kind.JOB] is not Fate.DELETE:
            return True
        return await monitor.stop()

    async def _fetch(self) -> int:
        """Download the outputs; how many of them could not be."""
        missing = await collect(self._journal, self._account)
        self._journal.fetched(missing)
        return len(missing)

    def _fates(self, verdict: Verdict) -> Fates:
        """What becomes of each kind of thing."""
        fates = fates_after(verdict.outcome, self.record.cleanup, self._rule, yes=self._yes)
        if verdict.outcome is Outcome.TIMED_OUT and fates[Kind.JOB] is not Fate.DELETE:
            # The tasks go on, and what they have still to write is fetched by nobody yet.
            fates[Kind.CONTAINER] = Fate.KEEP
        return fates

    async def _clean_after(self, verdict: Verdict, monitor: Monitor | None) -> Verdict:
        """Clean up; everything is fetched by now."""
        fates = self._fates(verdict)
        lasts = fates[Kind.POOL] is not Fate.DELETE and fates[Kind.CONTAINER] is not Fate.KEEP
        if monitor is not None and lasts:
            await monitor.let_nodes_arrive()
        await self._cleaner.clean_up(self.record.left, fates)
        return verdict
