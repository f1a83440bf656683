"""Where a run's events go: to a pipe as lines of words or of JSON, to a terminal as they move."""

import sys
from collections.abc import Callable
from typing import Protocol

import msgspec

from batchtui.cli.codes import NO_READER, REFUSED
from batchtui.cli.streams import OutputError, discard_output, say
from batchtui.cli.words import lines
from batchtui.core.events import Event
from batchtui.core.plain import visible, visible_json


class Printer(Protocol):
    """Shows events until it is closed."""

    def show(self, event: Event) -> None: ...
    def note(self, line: str) -> None:
        """Something beside the events, for a person."""
        ...

    def pause(self) -> None:
        """Leave the terminal to a question, until the next event."""
        ...

    def close(self) -> None: ...


class LastingPrinter:
    """Another printer, whose failures end no run: after the first one, nothing more is printed."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._failed = 0

    def exit_code(self, code: int) -> int:
        """The exit code of a command that did its work and would answer `code`."""
        return code or self._failed

    def show(self, event: Event) -> None:
        self._try(lambda: self._printer.show(event))

    def note(self, line: str) -> None:
        self._try(lambda: self._printer.note(line))

    def pause(self) -> None:
        self._try(self._printer.pause)

    def close(self) -> None:
        self._try(self._printer.close)

    def _try(self, printing: Callable[[], None]) -> None:
        if self._failed:
            return
        try:
            printing()
        except BrokenPipeError:
            self._failed = NO_READER
        except (OutputError, OSError) as error:
            self._failed = REFUSED
            say(f"{error} What is under way goes on, and says nothing more.")
        if self._failed:
            discard_output()


class PlainPrinter:
    """A line for each event that says something. Never rewrites a line."""

    def show(self, event: Event) -> None:
        for line in lines(event):
            sys.stdout.write(f"{visible(line)}\n")
        sys.stdout.flush()

    def note(self, line: str) -> None:
        say(line)

    def pause(self) -> None:
        """There is nothing in the way."""

    def close(self) -> None:
        sys.stdout.flush()


class JsonPrinter(PlainPrinter):
    """Each event as a JSON object on a line of its own, and nothing else on stdout."""

    def show(self, event: Event) -> None:
        sys.stdout.write(visible_json(msgspec.json.encode(event).decode()) + "\n")
        sys.stdout.flush()


def printer(*, as_json: bool) -> LastingPrinter:
    """The printer for whatever stdout is."""
    if as_json:
        return LastingPrinter(JsonPrinter())
    if not sys.stdout.isatty():
        return LastingPrinter(PlainPrinter())
    # Rich takes a tenth of a second to import, which a pipe need not pay.
    from batchtui.cli.live import LivePrinter

    return LastingPrinter(LivePrinter())
