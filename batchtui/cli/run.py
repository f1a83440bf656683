"""`batchtui run`: a recipe carried out without a screen."""

import argparse
import os
import sys
from pathlib import Path

from batchtui import paths
from batchtui.cli.conduct import rule, until_interrupted
from batchtui.cli.printers import Printer, printer
from batchtui.cli.questions import Asker, at_a_terminal
from batchtui.cli.session import open_session
from batchtui.cli.trouble import EXIT_CODES, UsageError, say
from batchtui.core.ledger import Ledger
from batchtui.core.plain import visible
from batchtui.core.plan import Plan, new_run_id
from batchtui.core.recipe.faults import line_of, nearest
from batchtui.core.recipe.load import load
from batchtui.core.recipe.parameters import settings
from batchtui.core.run.run import Run, drawn_up
from batchtui.core.wording import in_bytes, many


async def run(args: argparse.Namespace) -> int:
    plan = load(
        located(args.recipe),
        settings(args.settings),
        new_run_id(),
        allow_outside=args.allow_outside,
    )
    for warning in plan.warnings:
        say(f"Warning: {line_of(plan.file, warning)}")
    if args.check:
        sys.stdout.write(f"{visible(described(plan))}\n")
        return 0
    output = args.output or Path(plan.folder)
    _check_output(output, plan)
    shown = printer(as_json=args.json)
    return await until_interrupted(_carried_out(args, plan, output, shown), shown)


def located(recipe: str) -> Path:
    """The recipe of that path, or the shipped one of that name. Raises `UsageError`."""
    place = Path(recipe)
    # Not `Path.is_file`, which raises for a name that is too long or a folder that is closed.
    if os.path.isfile(place) or os.path.isfile(place / paths.RECIPE_FILE):
        return place
    shipped = paths.recipe_folder(recipe)
    if shipped is not None:
        return shipped
    if os.path.isdir(place):
        raise UsageError(f"{place}: the folder holds no {paths.RECIPE_FILE}.")
    names = [folder.name for folder in paths.recipe_folders()]
    raise UsageError(f"There is no recipe {recipe!r}, here or shipped; {nearest(recipe, names)}")


def described(plan: Plan) -> str:
    """What the recipe would do, in a sentence."""
    uploads = f"{many(len(plan.uploads), 'file')} ({in_bytes(plan.bytes)})"
    tasks = many(len(plan.ids), "task")
    return f"{plan.file} is right: {uploads} to upload, {tasks} on pool {plan.pool_id}."


async def _carried_out(args: argparse.Namespace, plan: Plan, output: Path, shown: Printer) -> int:
    wanted = rule(args)
    async with open_session(args.profile, progress=say) as session:
        if session.read_only:
            raise UsageError(f"A run changes the account, which is read-only: {session.guard}.")
        ready = Run(
            session.gateway,
            Ledger(paths.runs_dir()),
            drawn_up(plan, session, profile=args.profile, output=output),
            publish=shown.show,
            decide=Asker(shown, may_ask=at_a_terminal() and not args.json),
            rule=wanted,
            yes=args.yes,
            patience=args.patience,
        )
        return EXIT_CODES[await ready.carry_out(plan)]


def _check_output(output: Path, plan: Plan) -> None:
    """Whether the outputs can be written must be known before anything is paid for."""
    try:
        os.stat(output)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        # A name that is too long, a folder that is closed, links in a circle.
        raise UsageError(f"--output {output}: {error.strerror}; choose another folder.") from error
    there = next(each for each in (output, *output.absolute().parents) if os.path.exists(each))
    if plan.recipe.downloads and not (os.path.isdir(there) and os.access(there, os.W_OK | os.X_OK)):
        raise UsageError(f"--output {output}: nothing can be written to {there}; choose another.")
