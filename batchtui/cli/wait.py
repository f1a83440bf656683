"""`batchtui wait`: goes on with a run wherever it was left."""

import argparse

from batchtui import paths
from batchtui.cli.conduct import rule, until_interrupted
from batchtui.cli.printers import Printer, printer
from batchtui.cli.questions import Asker, at_a_terminal
from batchtui.cli.session import open_session
from batchtui.cli.trouble import EXIT_CODES, UsageError, say
from batchtui.core.ledger import Ledger, Record
from batchtui.core.run.run import Run
from batchtui.core.session import Session


async def run(args: argparse.Namespace) -> int:
    ledger = Ledger(paths.runs_dir())
    record = ledger.read(args.run)
    shown = printer(as_json=args.json)
    return await until_interrupted(_waited(args, ledger, record, shown), shown)


async def _waited(args: argparse.Namespace, ledger: Ledger, record: Record, shown: Printer) -> int:
    wanted = rule(args)
    async with open_session(args.profile or record.profile, progress=say) as session:
        belongs(record, session)
        if session.read_only:
            raise UsageError(f"A run changes the account, which is read-only: {session.guard}.")
        left = Run(
            session.gateway,
            ledger,
            record,
            publish=shown.show,
            decide=Asker(shown, may_ask=at_a_terminal() and not args.json),
            rule=wanted,
            yes=args.yes,
            patience=args.patience,
        )
        return EXIT_CODES[await left.resume()]


def belongs(record: Record, session: Session) -> None:
    """The same names in another account are other things. Raises `UsageError`."""
    if not record.is_of(session.label, session.endpoint):
        raise UsageError(
            f"Run {record.run_id} belongs to account {record.account} ({record.endpoint}), and "
            f"this is account {session.label} ({session.endpoint}); choose its profile with "
            "--profile."
        )
