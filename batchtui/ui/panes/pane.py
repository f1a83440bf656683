"""Panes as most are: a table, and the record under its cursor."""

import time
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer

from batchtui.core.things import Thing
from batchtui.ui.panes.arranging import ArrangingPane
from batchtui.ui.panes.frame import Pane
from batchtui.ui.panes.taking import TakingPane
from batchtui.ui.widgets.records import RecordTable

__all__ = ["Pane", "TablePane"]

T = TypeVar("T")


class TablePane(TakingPane, ArrangingPane[T], Generic[T]):
    """A pane that is a table of records."""

    REST: ClassVar[float] = 0.15
    """Seconds that a cursor which is on the move must rest before others follow it."""

    class Highlighted(Message):
        """Another record is highlighted, or the highlighted one changed."""

        def __init__(self, pane: "TablePane[Any]", record: object) -> None:
            self.pane = pane
            self.record = record
            super().__init__()

        @property
        def control(self) -> "TablePane[Any]":
            return self.pane

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._followed: T | None = None
        """The record that others know to be highlighted."""
        self._moved = 0.0
        self._resting: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self.table
        yield from self.compose_trouble()

    @property
    def highlighted(self) -> T | None:
        """The record under the cursor, though nobody may have been told of it yet.

        Keys may come faster than messages pass: a command is about what the cursor is on.
        """
        return self.table.highlighted

    @property
    def chosen(self) -> tuple[T, ...]:
        """What a command is about: the marked records; without any, the highlighted one."""
        return self.marked or (() if self.highlighted is None else (self.highlighted,))

    def name_of(self, record: T) -> str:
        """What its users call the record, where that is not what tells it from all others."""
        return self.key(record)

    def thing(self, record: T) -> Thing | None:
        """The record as the service knows it; None where it has no more to tell of it."""
        return None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.name_of(record) for record in self.chosen)

    @property
    def pair(self) -> tuple[Thing | None, ...]:
        records = self.marked
        here = self.highlighted
        if len(records) < 2 and here is not None and here not in records:
            records = (*records, here)
        return tuple(self.thing(record) for record in records)

    def show(self, records: Sequence[T], *, known: bool, empty: str) -> None:
        """Show these records; `empty` is what to say where there are none."""
        self._known = known
        if known:
            self._empty = empty
        else:
            self._empty = "" if self.trouble else "Looking…"
        self.lay_out(records)

    def watch_now(self) -> None:
        self.table.refresh_changed()

    @on(RecordTable.Highlighted)
    def follow(self) -> None:
        """Tell the screen of the record under the cursor where it is news."""
        before, here = self._followed, self.highlighted
        self._followed = here
        if before != here:
            same = before is not None and here is not None and self.key(before) == self.key(here)
            self._tell(at_once=same)
        if (before is None) != (here is None):
            self.refresh_bindings()

    def _tell(self, *, at_once: bool) -> None:
        """What others show follows the first step of a cursor, and where it comes to rest.

        What it only passes on its way is not worth a request.
        """
        if at_once:
            if self._resting is None:
                self._tell_now()
            return
        now = time.monotonic()
        moving, self._moved = now - self._moved < self.REST, now
        if self._resting is not None:
            self._resting.stop()
        if moving:
            self._resting = self.set_timer(self.REST, self._tell_now)
        else:
            self._tell_now()

    def _tell_now(self) -> None:
        self._resting = None
        if self.highlighted is None and self._records and self.filter.terms:
            # What a filter hides, mostly while it is typed, others go on to show.
            return
        self.post_message(self.Highlighted(self, self.highlighted))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "open":
                return None if self.highlighted is None else True
            case "new":
                return self.may_change(something=False)
        return super().check_action(action, parameters)

    def may_change(self, *, something: bool = True) -> bool | None:
        """Whether an action that changes the account is on offer: None shows it disabled."""
        if self.read_only:
            return False
        return None if something and self.highlighted is None else True
