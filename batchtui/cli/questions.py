"""Questions before something is deleted. No is the default, and the answer where nobody is."""

import asyncio
import sys

from batchtui.cli.printers import Printer
from batchtui.core.plain import visible
from batchtui.core.run.cleanup import Question

YES = frozenset({"y", "yes"})


class Asker:
    """Asks on the terminal; without one it answers no and says so."""

    def __init__(self, printer: Printer, *, may_ask: bool) -> None:
        self._printer = printer
        self._may_ask = may_ask

    async def __call__(self, question: Question) -> bool:
        self._printer.pause()
        if not self._may_ask:
            note = f"{question.sentence} Nobody can be asked here, so no; --yes deletes."
            self._printer.note(note)
            return False
        try:
            sys.stderr.write(f"{visible(question.sentence)} [y/N] ")
            sys.stderr.flush()
            return (await _line()).strip().lower() in YES
        except OSError:
            # The terminal has gone, and nobody has said yes.
            return False


def at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


async def _line() -> str:
    """A line from the keyboard, empty at its end.

    Not by a thread: one that waits for the keyboard cannot be cancelled, and Ctrl-C would have to
    wait for the next line.
    """
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        loop.remove_reader(sys.stdin)
        typed.set_result(sys.stdin.readline())

    loop.add_reader(sys.stdin, read)
    try:
        return await typed
    finally:
        loop.remove_reader(sys.stdin)
