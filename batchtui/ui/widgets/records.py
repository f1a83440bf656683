"""A table of any length that draws only what is on screen."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, clamp
from textual.message import Message

from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.recordlines import RecordLines

T = TypeVar("T")


class RecordTable(RecordLines[T], can_focus=True):
    """Takes records, not cells: nothing is measured, copied or indexed up front.

    The cursor stays on its record when others come and go; what did not change is not redrawn.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "go(0)", "First", show=False),
        Binding("end,G", "go(-1)", "Last", show=False),
    ]

    class Sorted(Message):
        """The user clicked on the heading of this column."""

        def __init__(self, name: str) -> None:
            self.name = name
            super().__init__()

    class Marked(Message):
        """Other records are marked."""

    class Asked(Message):
        """About one record of the table, or none where there are no records."""

        def __init__(self, table: "RecordTable[Any]", index: int) -> None:
            self.table = table
            self.index = index
            super().__init__()

        @property
        def control(self) -> "RecordTable[Any]":
            return self.table

    class Highlighted(Asked):
        """The cursor is on another record."""

    class Selected(Asked):
        """A second click on a record: what Enter does where the table stands."""

    class VisibleChanged(Message):
        """Other records are on screen: those from `first` up to, not including, `last`."""

        def __init__(self, table: "RecordTable[Any]", first: int, last: int) -> None:
            self.table = table
            self.first = first
            self.last = last
            super().__init__()

        @property
        def control(self) -> "RecordTable[Any]":
            return self.table

    def __init__(self, *columns: Column[T], key: Callable[[T], str], id: str | None = None) -> None:
        super().__init__(columns, key, id=id)
        self._seen: tuple[str, ...] = ()
        self._sought = ""
        self.steered = False
        """Whether somebody has put the cursor on a record, or wants it to stay there."""

    def replace(self, records: Sequence[T]) -> None:
        """Show other records, keeping the cursor on the same one if it is still there."""
        before = self.highlighted
        key = self._sought or (self._key(before) if before is not None else "")
        index = self._index_of(key, records)
        moved = 0 if index is None or self._sought else index - self.cursor
        self.records = records
        if index is not None:
            self._sought = ""
        self._set_cursor(self.cursor if index is None else index, moved)

    def seek(self, key: str) -> None:
        """Put the cursor on the record of that key: now, or as soon as it comes."""
        self.steered = True
        self._sought = key
        self.replace(self.records)

    def show_columns(self, columns: Sequence[Column[T]], sorting: tuple[str, bool]) -> None:
        """Show these columns; `sorting` names the one that the records are sorted by, and how."""
        self._show_columns(columns, sorting)

    def mark(self, keys: set[str]) -> None:
        """Have these records marked, and no others."""
        if keys != self.marked:
            self.marked = keys
            self.refresh()
            self.post_message(self.Marked())

    def refresh_changed(self) -> None:
        """Redraw the rows on screen that would look different from how they look now."""
        for index in self._on_screen():
            if self._drawn.get(index) != self._cells(index):
                self.refresh_lines(index + self.header)
        self._refit()

    def validate_cursor(self, cursor: int) -> int:
        return clamp(cursor, 0, max(0, len(self.records) - 1))

    def watch_cursor(self, before: int, after: int) -> None:
        self.refresh_lines(before + self.header)
        self.refresh_lines(after + self.header)
        self.show_cursor()
        if self.records:
            self.post_message(self.Highlighted(self, after))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        before = {*self._drawn}
        self._drawn.clear()
        self._look_at(index for index in self._on_screen() if index not in before)
        self._say_visible()

    def on_resize(self) -> None:
        self._reshape()
        self._look_at(self._on_screen())
        self.show_cursor()
        self.refresh()
        self._say_visible()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y < self.header:
            column = self.column_at(offset.x)
            if column is not None and column.value is not None:
                self.post_message(self.Sorted(column.name))
            return
        index = offset.y - self.header + self._scrolled
        if index < len(self.records):
            self._steer(index)
            if event.chain == 2:
                self.action_select()

    def action_move(self, rows: int) -> None:
        self._steer(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        self._steer(self.cursor + pages * max(1, self.size.height - self.header))

    def action_go(self, index: int) -> None:
        self._steer(index if index >= 0 else len(self.records) + index)

    def _steer(self, index: int) -> None:
        self.steered, self.cursor = True, index

    def action_select(self) -> None:
        if self.records:
            self.post_message(self.Selected(self, self.cursor))

    def _index_of(self, key: str, records: Sequence[T]) -> int | None:
        """Where the record of that key is; a glance suffices when it did not move."""
        if not key:
            return None
        if self.cursor < len(records) and self._key(records[self.cursor]) == key:
            return self.cursor
        return next((i for i, record in enumerate(records) if self._key(record) == key), None)

    def _set_cursor(self, cursor: int, moved: int) -> None:
        """After a change of records: the cursor's row keeps its place on screen if it can."""
        was_empty = not self.virtual_size.height
        was_seen = self._cursor_seen
        self._reshape()
        if moved and self._scrolled:
            self.scroll_to(y=self.scroll_y + moved, animate=False, immediate=True, force=True)
        before = self.cursor
        self.cursor = cursor
        if self.cursor == before and self.records:
            self.post_message(self.Highlighted(self, self.cursor))
        if was_seen:
            self.show_cursor()
        if was_empty or not self.records:
            self.refresh()
            self._look_at(self._on_screen())
        else:
            self.refresh_changed()
        self._say_visible()

    def show_cursor(self) -> None:
        """Scroll to the record under the cursor, wherever one has scrolled to."""
        # One row higher than the record, so that the fixed header never hides it.
        region = Region(0, self.cursor, 1, 1 + self.header)
        self.scroll_to_region(region, animate=False, x_axis=False, immediate=True, force=True)

    def _say_visible(self) -> None:
        on_screen = self._on_screen()
        seen = tuple(self._key(self.records[index]) for index in on_screen)
        if seen != self._seen:
            self._seen = seen
            self.post_message(self.VisibleChanged(self, on_screen.start, on_screen.stop))
