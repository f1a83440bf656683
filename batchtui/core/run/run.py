"""A run: a plan carried out against an account, from its first container to its last deletion."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from batchtui.core.events import Ended, Finished, Resumed, Started, Troubled, now
from batchtui.core.gateway import Gateway, GatewayError
from batchtui.core.ledger import Fact, Kind, Ledger, LedgerError, Outcome, Record, Wanted
from batchtui.core.plan import Plan
from batchtui.core.recipe.model import Cleanup, Fate
from batchtui.core.run.cleanup import Decide, clean_up
from batchtui.core.run.creation import Creation
from batchtui.core.run.failures import report_nodes, report_tasks
from batchtui.core.run.journal import Journal, Pace, Publish, RunError
from batchtui.core.run.monitor import Monitor, NoNodesError, TimedOutError
from batchtui.core.run.preflight import preflight
from batchtui.core.run.transfers import collect
from batchtui.core.session import Session
from batchtui.core.wording import in_time, many


def drawn_up(plan: Plan, session: Session, *, profile: str | None, output: Path) -> Record:
    """The ledger's record of a run that is about to begin; `output` is where its outputs go."""
    recipe, containers = plan.recipe, plan.containers
    return Record(
        run_id=plan.run_id,
        recipe=recipe.name,
        file=str(plan.file.absolute()),
        parameters=plan.parameters,
        profile=profile,
        account=session.label,
        endpoint=session.endpoint,
        output=str(output.absolute()),
        pool_id=plan.pool_id,
        job_id=recipe.job.id,
        tasks=len(plan.ids),
        dependent=any(task.depends_on for task in recipe.tasks),
        timeout=plan.timeout.total_seconds(),
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
    `wishes` overrule what the recipe says about deletions. Cancelling leaves a true ledger.
    """

    def __init__(
        self,
        gateway: Gateway,
        ledger: Ledger,
        record: Record,
        *,
        publish: Publish,
        decide: Decide,
        wishes: Cleanup | None = None,
        pace: Pace = Pace(),  # noqa: B008, frozen
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._journal = Journal(gateway, ledger, record, publish, pace, clock)
        self._decide = decide
        self._wishes = wishes or record.cleanup

    @property
    def record(self) -> Record:
        """What the ledger says of the run at this moment."""
        return self._journal.record

    async def carry_out(self, plan: Plan) -> Outcome:
        """The whole run.

        Raises `RecipeError`, with nothing created, when the account has taken names or lacks what
        the recipe names; `LedgerError` when the run cannot be written down.
        """
        return await self._ending(lambda: self._carry_out(plan))

    async def resume(self) -> Outcome:
        """Monitor, download and clean up what a run left that had submitted its tasks.

        Raises `LedgerError` when it is under way elsewhere.
        """
        return await self._ending(self._resume)

    async def clean(self, wishes: Cleanup) -> None:
        """Delete what the run made and left, as far as wished.

        Raises `GatewayError`, and `LedgerError` when the run is under way elsewhere.
        """
        with self._ledger.holding(self.record.run_id):
            await clean_up(self._journal, wishes, self._decide)

    async def _ending(self, work: Callable[[], Awaitable[tuple[Outcome, str]]]) -> Outcome:
        """Whatever comes of the work, the ledger and the last event say so."""
        with self._ledger.holding(self.record.run_id):
            return await self._held(work)

    async def _held(self, work: Callable[[], Awaitable[tuple[Outcome, str]]]) -> Outcome:
        try:
            outcome, sentence = await work()
        except TimedOutError:
            allowed = in_time(self.record.timeout)
            outcome = Outcome.TIMED_OUT
            sentence = f"The tasks did not complete within {allowed}; nothing is deleted."
        except (GatewayError, RunError, LedgerError) as error:
            outcome, sentence = Outcome.REFUSED, str(error)
        except asyncio.CancelledError:
            self._end(Outcome.INTERRUPTED, "")
            raise
        self._end(outcome, sentence)
        return outcome

    def _end(self, outcome: Outcome, sentence: str) -> None:
        if self.record.things:
            self._journal.ended(outcome)
        self._journal.say(
            Ended(
                run_id=self.record.run_id,
                outcome=outcome,
                sentence=sentence,
                left=self.record.left,
                elapsed=self._journal.elapsed,
            )
        )

    async def _carry_out(self, plan: Plan) -> tuple[Outcome, str]:
        findings = await preflight(plan, self._journal.gateway)
        record = self.record
        self._journal.say(
            Started(
                run_id=record.run_id,
                recipe=record.recipe,
                account=record.account,
                endpoint=record.endpoint,
                tasks=record.tasks,
            )
        )
        await Creation(plan, self._journal, findings).everything()
        return await self._see_through()

    async def _resume(self) -> tuple[Outcome, str]:
        run_id = self.record.run_id
        if not self.record.submitted:
            raise RunError(
                f"Run {run_id} was interrupted before all its tasks were submitted, so there is "
                f"nothing to wait for; `batchtui clean {run_id}` deletes what it left."
            )
        if any(each.kind is Kind.JOB and each.fact is Fact.DELETED for each in self.record.things):
            raise RunError(f"Run {run_id} is over: its job {self.record.job_id} is deleted.")
        self._journal.resumed()
        self._journal.say(Resumed(run_id=run_id, recipe=self.record.recipe))
        return await self._see_through()

    async def _see_through(self) -> tuple[Outcome, str]:
        journal, monitor, sentence = self._journal, Monitor(self._journal), ""
        try:
            await monitor.watch()
        except NoNodesError as error:
            sentence = str(error)
            await report_nodes(journal)
        counts = monitor.counts
        if not sentence and counts.active:
            waiting = many(counts.active, "task")
            sentence = f"Never run, for what they wait for failed: {waiting}."
            journal.say(Troubled(sentence=sentence))
        reported = await report_tasks(journal) if counts.failed else 0
        journal.say(
            Finished(
                counts=counts,
                of_tasks=self.record.tasks,
                reported=reported,
                elapsed=journal.elapsed,
            )
        )
        if counts.completed:
            await collect(journal)
        if self._wishes.pool is not Fate.DELETE and self._wishes.containers is not Fate.KEEP:
            await monitor.let_nodes_arrive()
        await clean_up(journal, self._wishes, self._decide)
        succeeded = counts.succeeded == self.record.tasks and not sentence
        return Outcome.SUCCEEDED if succeeded else Outcome.FAILED, sentence
