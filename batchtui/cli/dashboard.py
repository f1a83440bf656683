"""`batchtui` and `batchtui demo`: the dashboard in a terminal."""

import argparse
import gc
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from batchtui import paths
from batchtui.cli import run as headless
from batchtui.cli.codes import CRASHED
from batchtui.cli.local import chosen_faults, chosen_play
from batchtui.cli.options import parser
from batchtui.cli.questions import at_a_terminal
from batchtui.cli.session import open_session
from batchtui.cli.signals import exit_code, reacting
from batchtui.cli.streams import say
from batchtui.cli.trouble import UsageError
from batchtui.config import choose, keys, notify
from batchtui.core.gateway import GatewayError
from batchtui.core.session import Session
from batchtui.crash import report
from batchtui.local.faults.options import FaultOptions
from batchtui.local.play import Play
from batchtui.local.trouble import LocalAccountError

DEMO = "topnwords"


async def run(args: argparse.Namespace) -> int:
    # Such a driver shows the dashboard somewhere else, as `textual serve` does in a browser.
    if at_a_terminal() or os.environ.get("TEXTUAL_DRIVER"):
        return await _on_screen(args)
    if args.command == "demo":
        return await headless.run(parser().parse_args(["run", DEMO, "--profile", "local", "--yes"]))
    raise UsageError(
        "The dashboard needs a terminal. Without one use batchtui run, wait, clean or list."
    )


async def _on_screen(args: argparse.Namespace) -> int:
    # Textual is slow to import, which no other command should pay.
    from batchtui.ui.app import BatchApp

    play = chosen_play(args)
    if play and args.profile:
        raise UsageError("--world plays an account of its own: leave out --profile.")
    if args.command == "demo" and args.read_only:
        raise UsageError("The demo runs a workload, which changes things: leave out --read-only.")
    app = BatchApp(
        partial(opened, play, faults=chosen_faults(args), read_only=args.read_only),
        profile=args.profile,
        offer_local=play is None and choose(args.profile, storage_optional=True) is None,
        start=_demo_recipe() if args.command == "demo" else None,
        keymap=keys(),
        callings=notify(),
        report=report,
    )
    with reacting(lambda number: app.end(exit_code(number))):
        try:
            code = await app.run_async()
        finally:
            await app.account_closed()
    if app.last_words:
        say(app.last_words)
    return CRASHED if app.crashed else app.told_to_end or code or app.return_code or 0


GARBAGE = (5_000, 10, 50)
"""How many objects are made between two searches for garbage among the newest, and how many such
searches between two among the older and the oldest ones."""


def _demo_recipe() -> Path:
    folder = paths.recipe_folder(DEMO)
    if folder is None:
        raise UsageError(f"The recipe {DEMO} is not where it was installed; install batchtui anew.")
    return folder


@asynccontextmanager
async def opened(
    play: Play | None,
    profile: str | None,
    progress: Callable[[str], None],
    *,
    faults: FaultOptions | None = None,
    read_only: bool = False,
) -> AsyncIterator[Session]:
    """`open_session` as the dashboard knows it, which knows nothing of the local account."""
    async with AsyncExitStack() as stack:
        try:
            session = await stack.enter_async_context(
                open_session(
                    profile, play=play, faults=faults, read_only=read_only, progress=progress
                )
            )
        except LocalAccountError as error:
            raise GatewayError(str(error)) from error
        # A search for garbage through all that was imported, and through all that is drawn, holds
        # the event loop for 50 to 100 ms, which is felt as a key that sticks: the first is left
        # out for good, the second is made fifty times more rarely.
        gc.freeze()
        gc.set_threshold(*GARBAGE)
        yield session
