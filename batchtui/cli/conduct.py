"""Sees a run through on the command line: its printer, its options, and signals that end it."""

import argparse
import asyncio
import os
import signal
from collections.abc import Coroutine
from typing import Any

from batchtui.cli.printers import LastingPrinter
from batchtui.cli.signals import exit_code, reacting
from batchtui.cli.trouble import UsageError
from batchtui.core.run.cleanup import CleanupRule

SAID = {
    signal.SIGINT: "Interrupted. Press Ctrl-C again to end at once.",
    signal.SIGTERM: "Ending on SIGTERM; a second one ends at once.",
    signal.SIGHUP: "Ending because the terminal has gone (SIGHUP); a second one ends at once.",
}


def rule(args: argparse.Namespace) -> CleanupRule | None:
    """What --cleanup and --keep say; None leaves it to the recipe. Raises `UsageError`."""
    if args.keep and args.cleanup:
        raise UsageError("--keep is the same as --cleanup never: leave one of them out.")
    if args.keep:
        return CleanupRule.NEVER
    return CleanupRule(args.cleanup) if args.cleanup else None


async def until_interrupted(work: Coroutine[Any, Any, int], printer: LastingPrinter) -> int:
    """Do the work of a command; the exit code.

    The first signal that asks the program to end cancels the work, which keeps all that is there;
    the second ends the program at once. Either way the exit code says which signal it was.
    """
    task = asyncio.create_task(work)
    told: list[signal.Signals] = []

    def end(number: signal.Signals) -> None:
        if told:
            printer.close()
            # Nothing may hold this up. The ledger is written, and what was started ends by itself.
            os._exit(exit_code(told[0]))
        told.append(number)
        printer.pause()
        printer.note(SAID[number])
        task.cancel()

    with reacting(end):
        try:
            code = await task
        except asyncio.CancelledError:
            if not told:
                raise
            return exit_code(told[0])
        finally:
            printer.close()
    return printer.exit_code(code)
