"""`batchtui clean`: deletes what runs left, also those that this machine knows nothing of."""

import argparse
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime

from batchtui import paths
from batchtui.cli.printers import LastingPrinter, printer
from batchtui.cli.questions import Asker, at_a_terminal
from batchtui.cli.session import is_chosen, open_session
from batchtui.cli.trouble import CODES, EXPECTED, REFUSED, UsageError, say
from batchtui.cli.wait import belongs
from batchtui.cli.words import of_found, of_things
from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import Ledger, LedgerError, Record
from batchtui.core.recipe.model import DEFAULT_PATIENCE, Fate
from batchtui.core.run.account import RunAccount
from batchtui.core.run.cleanup import Cleaner, everywhere
from batchtui.core.run.found import Aloud, FoundRun, found_runs, why_left_alone
from batchtui.core.run.ownership import Ownership
from batchtui.core.run.patience import Patience
from batchtui.core.run.run import Run
from batchtui.core.session import Session
from batchtui.core.wording import many, some


async def run(args: argparse.Namespace) -> int:
    shown = printer(as_json=args.json)
    cleaning = _Cleaning(args, Ledger(paths.runs_dir()), shown)
    try:
        code = await (cleaning.one(args.run) if args.run else cleaning.all())
    finally:
        shown.close()
    return shown.exit_code(code)


class _Cleaning:
    """One call of the command, over the accounts that it concerns."""

    def __init__(self, args: argparse.Namespace, ledger: Ledger, shown: LastingPrinter) -> None:
        self._profile: str | None = args.profile
        self._patience: float = args.patience or DEFAULT_PATIENCE.total_seconds()
        self._fate = Fate.DELETE if args.yes else Fate.ASK
        self._asker = Asker(shown, may_ask=at_a_terminal() and not args.json)
        self._ledger = ledger
        self._shown = shown
        self._left_anything = False

    async def one(self, run_id: str) -> int:
        """Clean the run of that id; the exit code."""
        if self._ledger.knows(run_id):
            record = self._ledger.read(run_id)
            async with self._opened(self._profile or record.profile) as session:
                belongs(record, session)
                found = await self._found(session)
                return await self._clean_known(session, record, found.get(run_id))
        if not is_chosen(self._profile):
            # Without an account to look into there is only the ledger, which says what to do.
            self._ledger.read(run_id)
        async with self._opened(self._profile) as session:
            found = await self._found(session)
            if run_id not in found:
                raise LedgerError(
                    f"Neither this machine nor account {session.label} knows a run {run_id!r}; "
                    "`batchtui list runs` shows those that are known."
                )
            return await self._clean_unknown(session, found[run_id])

    async def all(self) -> int:
        """Clean all runs that have ended; an account that cannot be opened keeps no other."""
        records = {
            record.run_id: record
            for record in self._ledger.records(trouble=lambda error: say(str(error)))
        }
        leaving: dict[str | None, list[Record]] = {}
        for record in records.values():
            if record.left and not self._ledger.under_way(record.run_id):
                leaving.setdefault(self._profile or record.profile, []).append(record)
        if is_chosen(self._profile):
            leaving.setdefault(self._profile, [])
        codes = [0]
        for profile, mine in leaving.items():
            try:
                codes.append(await self._clean_account(profile, mine, records))
            except EXPECTED as error:
                which = some([record.run_id for record in mine], at_most=10)
                say(f"Left alone: {which}. {error}" if mine else str(error))
                codes.append(next(code for kind, code in CODES.items() if isinstance(error, kind)))
        if not self._left_anything and not max(codes):
            say("No run left anything.")
        return max(codes)

    async def _clean_account(
        self, profile: str | None, mine: Iterable[Record], records: dict[str, Record]
    ) -> int:
        codes = [0]
        async with self._opened(profile) as session:
            found = await self._found(session)
            # A run that has ended may have left more than its ledger says.
            here = {record.run_id: record for record in mine}
            here |= {run_id: records[run_id] for run_id in found if run_id in records}
            for run_id, record in here.items():
                if self._may_be_cleaned(record, session):
                    codes.append(await self._clean_known(session, record, found.get(run_id)))
            for run_id, run in found.items():
                if run_id not in records and await self._looks_dead(session, run):
                    codes.append(await self._clean_unknown(session, run))
        return max(codes)

    def _may_be_cleaned(self, record: Record, session: Session) -> bool:
        """Whether a run is cleaned that nobody has named; says why not."""
        run_id = record.run_id
        if self._ledger.under_way(run_id):
            return False
        if not record.is_of(session.label, session.endpoint):
            account = f"{record.account} ({record.endpoint})"
            self._left_anything = True
            say(f"Run {run_id} is of account {account} and is left alone.")
            return False
        if record.unfetched:
            outputs = many(len(record.unfetched), "output")
            self._left_anything = True
            say(
                f"Run {run_id} is left alone: {outputs} could not be fetched. `batchtui wait "
                f"{run_id}` tries again, `batchtui clean {run_id}` deletes all of it."
            )
            return False
        return True

    async def _looks_dead(self, session: Session, run: FoundRun) -> bool:
        """Whether a run of another machine does not look as if it was under way; says why not."""
        why = await why_left_alone(self._account(session), run, _now(session))
        if why:
            self._left_anything = True
            say(
                f"Run {run.run_id} of another machine may be under way and is left alone: "
                f"{why}. `batchtui clean {run.run_id}` deletes it."
            )
        return not why

    async def _clean_known(self, session: Session, record: Record, found: FoundRun | None) -> int:
        more = found.things if found is not None else ()
        names = {(thing.kind, thing.name) for thing in record.left}
        left = (*record.left, *(t for t in more if (t.kind, t.name) not in names))
        if not left:
            say(f"Run {record.run_id} left nothing.")
            return 0
        lost = record.submitted and record.downloads and not record.fetched
        note = "; its outputs were not fetched" if lost else ""
        say(f"Run {record.run_id} ({record.recipe}) left {of_things(left)}{note}.")
        past = Run(
            session.gateway,
            self._ledger,
            record,
            publish=self._shown.show,
            decide=self._asker,
            patience=self._patience,
        )
        return await self._tried(past.clean(self._fate, more))

    async def _clean_unknown(self, session: Session, run: FoundRun) -> int:
        said = of_found(run, session.prices, _now(session))
        say(f"Run {run.run_id}, which this machine knows nothing of, left {said}.")
        ownership = Ownership(self._account(session), run.run_id, run.recipe)
        cleaner = Cleaner(Aloud(self._shown.show), ownership, self._asker)
        return await self._tried(cleaner.clean_up(run.things, everywhere(self._fate)))

    async def _tried(self, cleaning: Awaitable[None]) -> int:
        self._left_anything = True
        try:
            await cleaning
        except GatewayError as error:
            say(str(error))
            return REFUSED
        return 0

    async def _found(self, session: Session) -> dict[str, FoundRun]:
        """What the account shows. Raises `GatewayError` only where nothing else will work."""
        try:
            runs = await found_runs(self._account(session), session.prices)
        except GatewayError as error:
            if error.transient:
                raise
            say(f"Only what this machine's ledger says is known: {error}.")
            return {}
        return {run.run_id: run for run in runs}

    @asynccontextmanager
    async def _opened(self, profile: str | None) -> AsyncIterator[Session]:
        async with open_session(profile, progress=say) as session:
            if session.read_only:
                raise UsageError(f"Nothing can be deleted in this account: {session.guard}.")
            yield session

    def _account(self, session: Session) -> RunAccount:
        patience = Patience(self._patience, self._shown.show, first=0.4)
        return RunAccount(session.gateway, patience)


def _now(session: Session) -> datetime:
    """The service's time of day, by which it says when things were made."""
    return session.traffic.service_clock.now()
