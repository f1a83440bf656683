"""What can be written on the command line. Names every command and imports none of them."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchtui.cli import local
from batchtui.core.durations import DurationError, duration

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

EXAMPLES = """\
examples:
  batchtui demo                                see it work, on the local Batch account
  batchtui                                     the dashboard of your own account
  batchtui --read-only                         the same, and nothing can be changed
  batchtui --world busy                        the dashboard of a simulated one with 2,500 nodes
  batchtui run topnwords --profile local       a workload without a screen
  batchtui run my/recipe --set words=5 --yes   your own, every question answered yes
  batchtui run my/recipe --check               only look whether the recipe is right
  batchtui local --faults storm                a local account that misbehaves
  batchtui list runs                           what ran, and what it left
  batchtui clean k3f9qa                        delete what a run left
"""
EXIT_CODES = """\
exit codes:
  0    all tasks succeeded
  1    some tasks failed, or never ran
  2    the command line or the recipe is wrong and nothing was created, or a run's inputs
       have changed and nothing was deleted
  3    the service refused or could not be reached, or outputs could not be fetched, and
       everything is kept; or standard output could not be written
  4    timed out; everything is kept
  70   a bug; a report of it is written
  130  interrupted; 143 and 129 after SIGTERM and SIGHUP
  141  the reader of the output went away
"""
LISTS = ("pools", "jobs", "containers", "runs", "recipes")


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="batchtui",
        description="A terminal dashboard for Azure Batch, and its twin without a screen.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    whole.add_argument("--version", action=_Version, help="show the version and exit")
    _profile(whole)
    whole.add_argument(
        "--read-only", action="store_true", help="the dashboard, with nothing that changes anything"
    )
    local.add_world(whole)
    local.add_faults(whole)
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    demo = commands.add_parser("demo", help="the local account, with a workload running in it")
    demo.set_defaults(profile="local")
    _run(commands)
    _wait(commands)
    _clean(commands)
    _list(commands)
    local.add_parser(commands)
    return whole


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: that costs a sixth of `--help`'s time."""

    def __init__(self, option_strings: list[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest=dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        sys.stdout.write(f"batchtui {version('batchtui')}\n")
        parser.exit()


def _command(commands: "Commands", name: str, summary: str, description: str = "") -> Any:
    return commands.add_parser(
        name,
        help=summary,
        description=description or f"{summary[0].upper()}{summary[1:]}.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _run(commands: "Commands") -> None:
    run = _command(commands, "run", "carry out a recipe, from its uploads to its clean-up")
    run.add_argument("recipe", help="a recipe's folder or file, or the name of a shipped one")
    _profile(run)
    run.add_argument(
        "--set",
        dest="settings",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="set a parameter of the recipe; may be given again",
    )
    run.add_argument("--output", type=Path, metavar="DIR", help="where the outputs are downloaded")
    run.add_argument(
        "--check", action="store_true", help="only check the recipe; no account is asked"
    )
    run.add_argument(
        "--allow-outside",
        action="store_true",
        help="upload also what links among the inputs lead to outside of the recipe's folder",
    )
    _deletions(run)
    _json(run)


def _wait(commands: "Commands") -> None:
    wait = _command(commands, "wait", "go on with a run wherever it was left")
    wait.add_argument("run", help="the run's id, as `batchtui list runs` shows it")
    _profile(wait)
    _deletions(wait)
    _json(wait)


def _clean(commands: "Commands") -> None:
    clean = _command(commands, "clean", "delete what a run left, or what all runs left")
    clean.add_argument("run", nargs="?", help="the run's id; without it, all runs")
    _profile(clean)
    clean.add_argument("--yes", action="store_true", help="delete without a question")
    _patience(clean)
    _json(clean)


def _list(commands: "Commands") -> None:
    listing = _command(
        commands,
        "list",
        "list what an account has, what ran, or the shipped recipes",
        "List pools, jobs and containers of the account, the runs of this machine and those that\n"
        "left something in the account, or the recipes that come with batchtui. Without a word:\n"
        "pools, jobs and containers.",
    )
    listing.add_argument("what", nargs="?", choices=LISTS, help="one of: " + ", ".join(LISTS))
    _profile(listing)
    _json(listing)


def _profile(parser: Any) -> None:
    # Given before or after the command: a default here would undo the one given before it.
    parser.add_argument(
        "--profile", metavar="NAME", default=argparse.SUPPRESS, help="the account to use"
    )


def _deletions(parser: Any) -> None:
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--yes", action="store_true", help="answer yes to every question")
    either.add_argument("--keep", action="store_true", help="the same as --cleanup never")
    parser.add_argument(
        "--cleanup",
        choices=("always", "success", "never"),
        help="when to delete all that the run created, whatever its recipe says; outputs that "
        "could not be fetched stay in any case",
    )
    _patience(parser)


def _patience(parser: Any) -> None:
    parser.add_argument(
        "--patience",
        type=_seconds,
        metavar="TIME",
        help="how long to try again while the service is busy or away, such as 90s or 1h "
        "(5m, unless the recipe says otherwise)",
    )


def _seconds(text: str) -> float:
    try:
        return duration(text).total_seconds()
    except DurationError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _json(parser: Any) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
