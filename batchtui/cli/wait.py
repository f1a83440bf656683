"""`batchtui wait`: goes on with a run that was interrupted or timed out."""

import argparse

from batchtui import paths
from batchtui.cli.conduct import conduct, wishes
from batchtui.cli.printers import printer
from batchtui.cli.questions import Asker, at_a_terminal
from batchtui.cli.session import open_session
from batchtui.cli.trouble import UsageError, say
from batchtui.core.ledger import Ledger, Record
from batchtui.core.run.run import Run
from batchtui.core.session import Session


async def run(args: argparse.Namespace) -> int:
    ledger = Ledger(paths.runs_dir())
    record = ledger.read(args.run)
    async with open_session(args.profile or record.profile, progress=say) as session:
        belongs(record, session)
        wanted = wishes(yes=args.yes, keep=args.keep)
        shown = printer(as_json=args.json)
        left = Run(
            session.gateway,
            ledger,
            record,
            publish=shown.show,
            decide=Asker(shown, may_ask=at_a_terminal() and not args.json),
            wishes=wanted,
        )
        try:
            code = await conduct(left, left.resume, shown, wanted)
        finally:
            shown.close()
        return shown.exit_code(code)


def belongs(record: Record, session: Session) -> None:
    """The same names in another account are other things. Raises `UsageError`."""
    if record.account != session.label:
        raise UsageError(
            f"Run {record.run_id} belongs to account {record.account} ({record.endpoint}), and "
            f"this is account {session.label}; choose its profile with --profile."
        )
