"""`batchtui clean`: deletes what runs left."""

import argparse

from batchtui import paths
from batchtui.cli.printers import Printer, printer
from batchtui.cli.questions import Asker, at_a_terminal
from batchtui.cli.session import open_session
from batchtui.cli.trouble import REFUSED, say
from batchtui.cli.wait import belongs
from batchtui.cli.words import of_things
from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import Ledger, Record
from batchtui.core.recipe.model import Fate
from batchtui.core.run.run import Run
from batchtui.core.session import Session


async def run(args: argparse.Namespace) -> int:
    ledger = Ledger(paths.runs_dir())
    leaving = [record for record in _chosen(args.run, ledger) if record.left]
    if not leaving:
        say(f"Run {args.run} left nothing." if args.run else "No run left anything.")
        return 0
    shown = printer(as_json=args.json)
    by_profile: dict[str | None, list[Record]] = {}
    for record in leaving:
        by_profile.setdefault(args.profile or record.profile, []).append(record)
    codes = [
        await _clean_account(args, profile, mine, ledger, shown)
        for profile, mine in by_profile.items()
    ]
    return shown.exit_code(max(codes))


def _chosen(run_id: str | None, ledger: Ledger) -> list[Record]:
    """The run of that id, or else all that have ended: one that is under way is not taken away."""
    if run_id is not None:
        return [ledger.read(run_id)]
    records = ledger.records(trouble=lambda error: say(str(error)))
    return [record for record in records if not ledger.under_way(record.run_id)]


async def _clean_account(
    args: argparse.Namespace,
    profile: str | None,
    records: list[Record],
    ledger: Ledger,
    shown: Printer,
) -> int:
    codes = [0]
    async with open_session(profile, progress=say) as session:
        for record in records:
            if args.run is None and record.account != session.label:
                say(f"Run {record.run_id} is of account {record.account} and is left alone.")
                continue
            belongs(record, session)
            codes.append(await _clean_run(args, session, record, ledger, shown))
    return max(codes)


async def _clean_run(
    args: argparse.Namespace, session: Session, record: Record, ledger: Ledger, shown: Printer
) -> int:
    say(f"Run {record.run_id} ({record.recipe}) left {of_things(record.left)}.")
    asker = Asker(shown, may_ask=at_a_terminal() and not args.json)
    past = Run(session.gateway, ledger, record, publish=shown.show, decide=asker)
    try:
        await past.clean(Fate.DELETE if args.yes else Fate.ASK)
    except GatewayError as error:
        say(str(error))
        return REFUSED
    finally:
        shown.close()
    return 0
