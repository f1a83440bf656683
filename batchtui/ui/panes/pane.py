"""Panes as most are: a table, and the record under its cursor."""

import time
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer

from batchtui.core.things import Thing
from batchtui.ui.panes.arranging import ArrangingPane
from batchtui.ui.panes.frame import Pane
from batchtui.ui.widgets.records import RecordTable

__all__ = ["Pane", "TablePane"]

T = TypeVar("T")


class TablePane(ArrangingPane[T], Generic[T]):
    """A pane that is a table of records."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "compare", "Compare", show=False, id="table.compare",
                tooltip="See where two marked records differ, or a marked one and this"),
        Binding("c", "copy", "Copy the name", show=False, id="table.copy",
                tooltip="Copy the name of the record, or those of the marked ones"),
    ]  # fmt: skip

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

    class CompareRequested(Message):
        """The user wants to see where two things differ; `trouble` says why there are none."""

        def __init__(self, things: tuple[Thing, ...], trouble: str) -> None:
            self.things = things
            self.trouble = trouble
            super().__init__()

    class CopyRequested(Message):
        """The user wants these names elsewhere."""

        def __init__(self, names: tuple[str, ...]) -> None:
            self.names = names
            super().__init__()

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.highlighted: T | None = None
        self._moved = 0.0
        self._resting: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self.table
        yield from self.compose_trouble()

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
        before, self.highlighted = self.highlighted, self.table.highlighted
        if before != self.highlighted:
            same = before is not None is not self.highlighted and (
                self.key(before) == self.key(self.highlighted)
            )
            self._tell(at_once=same)
        if (before is None) != (self.highlighted is None):
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
        self.post_message(self.Highlighted(self, self.highlighted))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("compare", "copy"):
            return None if self.highlighted is None else True
        return super().check_action(action, parameters)

    def action_copy(self) -> None:
        self.post_message(self.CopyRequested(tuple(self.name_of(each) for each in self.chosen)))

    def action_compare(self) -> None:
        """The marked one is the first where the other is only highlighted."""
        pair = list(self.marked)
        if len(pair) == 1 and self.highlighted not in (None, *pair):
            pair += [] if self.highlighted is None else [self.highlighted]
        found = (self.thing(record) for record in pair)
        things = tuple(thing for thing in found if thing is not None)
        self.post_message(self.CompareRequested(things, self._why_not(pair, things)))

    def _why_not(self, pair: Sequence[T], things: Sequence[Thing]) -> str:
        """Why these cannot be compared; empty where they can."""
        what = self.NAME.lower()
        if self.highlighted is not None and self.thing(self.highlighted) is None:
            return f"There is nothing more to know of {what}, so they are not compared."
        if len(pair) < 2:
            return f"Mark two {what} with space, then m shows where they differ."
        if len(pair) > 2:
            return f"Of {len(pair):,} marked {what} two can be compared. Unmark the others."
        if len({thing.kind for thing in things}) > 1:
            return "These are of different kinds. Mark two of one kind to compare them."
        return ""

    def may_change(self, *, something: bool = True) -> bool | None:
        """Whether an action that changes the account is on offer: None shows it disabled."""
        if self.read_only or (something and self.highlighted is None):
            return None
        return True
