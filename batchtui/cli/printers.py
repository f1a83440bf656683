"""Where a run's events go: to a pipe as lines of words or of JSON, to a terminal as they move."""

import sys
from typing import Protocol

import msgspec

from batchtui.cli.trouble import say
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


def printer(*, as_json: bool) -> Printer:
    """The printer for whatever stdout is."""
    if as_json:
        return JsonPrinter()
    if not sys.stdout.isatty():
        return PlainPrinter()
    # Rich takes a tenth of a second to import, which a pipe need not pay.
    from batchtui.cli.live import LivePrinter

    return LivePrinter()
