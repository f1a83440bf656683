"""Sees a run through on the command line: its printer, Ctrl-C, and what is left in the end."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from batchtui.cli.printers import Printer
from batchtui.cli.trouble import EXIT_CODES, INTERRUPTED
from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import Outcome
from batchtui.core.recipe.model import Cleanup, Fate
from batchtui.core.run.cleanup import everywhere
from batchtui.core.run.run import Run


def wishes(*, yes: bool, keep: bool) -> Cleanup | None:
    """What --yes and --keep say; None leaves it to the recipe."""
    if yes:
        return everywhere(Fate.DELETE)
    return everywhere(Fate.KEEP) if keep else None


async def conduct(
    run: Run,
    work: Callable[[], Coroutine[Any, Any, Outcome]],
    printer: Printer,
    wanted: Cleanup | None,
) -> int:
    """Do the run's work; the exit code.

    The first Ctrl-C cancels it and asks what becomes of what is there; the second ends at once.
    """
    task = asyncio.create_task(work())
    with _interrupting(task, printer):
        try:
            outcome = await task
        except asyncio.CancelledError:
            outcome = Outcome.INTERRUPTED
        if outcome in (Outcome.INTERRUPTED, Outcome.REFUSED) and run.record.left:
            await _clean(run, printer, wanted or everywhere(Fate.ASK))
    printer.close()
    return EXIT_CODES[outcome]


async def _clean(run: Run, printer: Printer, wanted: Cleanup) -> None:
    try:
        await run.clean(wanted)
    except GatewayError as error:
        printer.note(f"{error} `batchtui clean {run.record.run_id}` tries again.")


@contextmanager
def _interrupting(task: asyncio.Task[Outcome], printer: Printer) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        if task.cancelling() or task.done():
            printer.close()
            # Nothing may hold this up. The ledger is written, and what was started ends by itself.
            os._exit(INTERRUPTED)
        printer.pause()
        printer.note("Interrupted. Press Ctrl-C again to end at once.")
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
