"""What all panes have in common: a title, how fresh they are, and what is wrong."""

import inspect
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.wording import format_age
from batchtui.ui.widgets.framed import Framed
from batchtui.ui.widgets.plain_text import as_content
from batchtui.ui.widgets.titles import set_subtitle, set_title
from batchtui.ui.widgets.tones import clean
from batchtui.ui.widgets.words import Words

PART = " · "
"""Between two parts of what a border says."""
AROUND = 6
"""Cells that a border needs beside its words."""


class Pane(Framed):
    """Shows readings; asks, never does.

    `FEEDS` names the feeds that it shows: the reactives of the same names here, on the screen and
    on the program's `Feeds`.
    """

    FEEDS: ClassVar[tuple[str, ...]] = ()
    NUMBER = 0
    """The key that jumps here."""
    NAME = ""

    age: var[float | None] = var(None, init=False)
    """Seconds since the pane's data was asked for, None before the first time."""
    next_try: var[float | None] = var(None, init=False)
    """Seconds until what is stale is asked for again; None where nothing is, or right now."""
    now: var[datetime] = var(datetime.fromtimestamp(0, UTC), init=False)
    read_only: var[bool] = var(False, bindings=True, init=False)
    """Whether nothing may be changed in this account."""
    summary: var[str] = var("", init=False)
    """How many things the pane shows, in words: parts with a `PART` between them, what matters
    most first. Where the border is too short for all of them, the last ones are left out."""
    about: var[str] = var("", init=False)
    """The thing that the pane's records belong to; empty where they are the account's."""
    trouble: var[str] = var("", init=False)
    """Why the data is not fresh, a sentence; empty while it is."""
    _dressed = ("", "")
    """Title and subtitle as they stand in the border."""

    def watch_age(self) -> None:
        self._dress()

    def watch_next_try(self) -> None:
        self._dress()

    def watch_summary(self) -> None:
        self._dress()

    def watch_about(self) -> None:
        self._dress()

    def watch_trouble(self, trouble: str) -> None:
        self.set_class(bool(trouble), "-stale")
        if self.is_mounted:
            self.query_one(".trouble", Words).say(as_content(trouble))
        self._dress()

    def on_mount(self) -> None:
        self.watch_trouble(self.trouble)

    def on_resize(self) -> None:
        self._dress()

    def on_click(self) -> None:
        """A click on the border, or on words, leads into the pane."""
        if not self.has_focus_within:
            focusable = (widget for widget in self.query("*") if widget.focusable)
            if (first := next(focusable, None)) is not None:
                first.focus()

    def advice(self, sentence: str) -> str:
        """What to do where there is nothing to see; nothing where that may not be done."""
        return "" if self.read_only else f" {sentence}"

    def take(self) -> None:
        """Tell of the trouble that the pane's readings had."""
        readings: list[Reading[Any]] = [getattr(self, name) for name in self.FEEDS]
        self.trouble = next((reading.error for reading in readings if reading.error), "")

    def compose_trouble(self) -> ComposeResult:
        yield Words(classes="trouble")

    @property
    def help_text(self) -> str:
        """What the help says of the pane."""
        return inspect.cleandoc(self.HELP or "")

    @property
    def narrowing(self) -> str:
        """What the title says of the records that are left out."""
        return ""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the subtitle says before everything else."""
        return ()

    def _dress(self) -> None:
        about = f" · {clean(self.about)}" if self.about else ""
        number = f"{self.NUMBER} " if self.NUMBER else ""
        title = f"{number}{self.NAME}{about}{self.narrowing}"
        parts = (*self.remarks, *self.summary.split(PART))
        width = self.outer_size.width - AROUND
        subtitle = fitting(tuple(filter(None, parts)), self._freshness(), width)
        # Whatever is assigned to a title draws the whole pane anew, with all that is in it.
        if title != self._dressed[0]:
            set_title(self, title)
        if subtitle != self._dressed[1]:
            set_subtitle(self, subtitle)
        self._dressed = (title, subtitle)

    def _freshness(self) -> str:
        age = "" if self.age is None else format_age(self.age)
        if not self.trouble:
            return age
        again = "" if self.next_try is None else f", next try in {format_age(self.next_try)}"
        return (f"stale, {age} old" if age else "never reached") + again


def fitting(parts: Sequence[str], last: str, width: int) -> str:
    """As many of the first parts as fit into the width, one at least, and the last one."""
    for count in range(len(parts), 1, -1):
        words = PART.join(filter(None, (*parts[:count], last)))
        if width <= 0 or cell_len(words) <= width:
            return words
    return PART.join(filter(None, (*parts[:1], last)))
