"""Panes as most are: a table, and the record under its cursor."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from batchtui.ui.panes.arranging import ArrangingPane
from batchtui.ui.panes.frame import Pane
from batchtui.ui.widgets.records import RecordTable

__all__ = ["Pane", "TablePane"]

T = TypeVar("T")


class TablePane(ArrangingPane[T], Generic[T]):
    """A pane that is a table of records."""

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
        self.highlighted: T | None = None

    def compose(self) -> ComposeResult:
        yield self.table
        yield from self.compose_trouble()

    @property
    def chosen(self) -> tuple[T, ...]:
        """What a command is about: the marked records; without any, the highlighted one."""
        return self.marked or (() if self.highlighted is None else (self.highlighted,))

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
            self.post_message(self.Highlighted(self, self.highlighted))
        if (before is None) != (self.highlighted is None):
            self.refresh_bindings()

    def may_change(self, *, something: bool = True) -> bool | None:
        """Whether an action that changes the account is on offer: None shows it disabled."""
        if self.read_only or (something and self.highlighted is None):
            return None
        return True
