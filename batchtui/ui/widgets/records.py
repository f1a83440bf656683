"""A table of any length that draws only what is on screen."""

import textwrap
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size, clamp
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from batchtui.ui.widgets.columns import GAP, Column, cut, fitted
from batchtui.ui.widgets.tones import Spans, Tone, tone_classes, tone_css

T = TypeVar("T")


class RecordTable(ScrollView, Generic[T], can_focus=True):
    """Takes records, not cells: nothing is measured, copied or indexed up front.

    The cursor stays on its record when others come and go; what did not change is not redrawn.
    Without records the table says `empty`, a sentence.
    """

    HEADER = 1
    """Rows of headings; none in a table that is too low for them."""
    MARK = "▌"
    """Before the highlighted record, so that the cursor shows without colours too."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "records--cursor",
        "tone--mark",
        *tone_classes(),
    }
    DEFAULT_CSS = f"""
    RecordTable {{
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        .records--cursor {{ background: $row; }}
        .tone--mark {{ color: $border-blurred; }}
        &:focus .records--cursor {{ background: $row-focused; }}
        &:focus .tone--mark {{ color: $primary; }}
    }}
    {tone_css("RecordTable")}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "go(0)", "First", show=False),
        Binding("end,G", "go(-1)", "Last", show=False),
    ]

    cursor: var[int] = var(0, init=False)
    empty: var[str] = var("Looking…", init=False)

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
        super().__init__(id=id)
        self.records: Sequence[T] = ()
        """What the table shows; `replace` shows others."""
        self._columns = columns
        self._key = key
        self._widths: tuple[int, ...] = ()
        self._drawn: dict[int, tuple[Spans, ...]] = {}
        self._seen: tuple[str, ...] = ()
        self._sought = ""
        self._styles: dict[tuple[str, ...], Style] = {}

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    @property
    def highlighted(self) -> T | None:
        """The record under the cursor; None in an empty table."""
        return self.records[self.cursor] if self.records else None

    @property
    def header(self) -> int:
        """Rows that the headings take at present."""
        return self.HEADER if self.size.height > 2 * self.HEADER else 0

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
        self._sought = key
        self.replace(self.records)

    def refresh_changed(self) -> None:
        """Redraw the rows on screen that would look different from how they look now."""
        for index in self._on_screen():
            if self._drawn.get(index) != self._cells(index):
                self.refresh_lines(index - self._scrolled + self.header)

    def validate_cursor(self, cursor: int) -> int:
        return clamp(cursor, 0, max(0, len(self.records) - 1))

    def watch_cursor(self, before: int, after: int) -> None:
        self.refresh_lines(before - self._scrolled + self.header)
        self.refresh_lines(after - self._scrolled + self.header)
        self._scroll_to_cursor()
        if self.records:
            self.post_message(self.Highlighted(self, after))

    def watch_empty(self) -> None:
        if not self.records:
            self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._drawn.clear()
        self._say_visible()

    def on_resize(self) -> None:
        self._reshape()
        self._scroll_to_cursor()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self.header:
            return
        index = offset.y - self.header + self._scrolled
        if index < len(self.records):
            self.cursor = index
            if event.chain == 2:
                self.action_select()

    def action_move(self, rows: int) -> None:
        self.cursor += rows

    def action_page(self, pages: int) -> None:
        self.cursor += pages * max(1, self.size.height - self.header)

    def action_go(self, index: int) -> None:
        self.cursor = index if index >= 0 else len(self.records) + index

    def action_select(self) -> None:
        if self.records:
            self.post_message(self.Selected(self, self.cursor))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if not self.records:
            return self._render_empty(y)
        if y < self.header:
            titles = (
                cut(((column.title, Tone.MUTED),), cells, right=column.right) if cells else ()
                for column, cells in zip(self._columns, self._widths, strict=True)
            )
            return self._strip(tuple(titles), " ", "")
        index = y - self.header + self._scrolled
        if index >= len(self.records):
            return Strip.blank(width, self.rich_style)
        cells = self._drawn[index] = self._cells(index)
        at_cursor = index == self.cursor
        return self._strip(
            cells, self.MARK if at_cursor else " ", "records--cursor" if at_cursor else ""
        )

    def _strip(self, cells: tuple[Spans, ...], mark: str, component: str) -> Strip:
        """One line: the mark, then the cells with their gaps, on the component's ground."""
        ground = (component,) if component else ()
        base = self.get_component_rich_style(*ground) if ground else self.rich_style
        mark_style = base if mark == " " else self._style(ground, "mark")
        segments = [Segment(mark, mark_style)]
        gap = ""
        for cell in cells:
            if not cell:
                continue
            segments.append(Segment(gap, base))
            segments.extend(
                Segment(text, self._style(ground, tone) if tone else base) for text, tone in cell
            )
            gap = " " * GAP
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _style(self, ground: tuple[str, ...], tone: str) -> Style:
        names = (tone, *ground)
        if names not in self._styles:
            style = self.get_component_rich_style(f"tone--{tone}")
            for name in ground:
                style += Style(bgcolor=self.get_component_rich_style(name).bgcolor)
            self._styles[names] = style
        return self._styles[names]

    def _cells(self, index: int) -> tuple[Spans, ...]:
        record = self.records[index]
        return tuple(
            cut(column.text(record), cells, right=column.right) if cells else ()
            for column, cells in zip(self._columns, self._widths, strict=True)
        )

    def _render_empty(self, y: int) -> Strip:
        width = max(1, self.size.width)
        lines = textwrap.wrap(self.empty, max(1, width - 2))
        top = 1 if self.size.height > len(lines) else 0
        text = f" {lines[y - top]}" if 0 <= y - top < len(lines) else ""
        style = self._style((), Tone.MUTED)
        return Strip([Segment(text, style)]).adjust_cell_length(width, self.rich_style)

    @property
    def _scrolled(self) -> int:
        """Records above the first one on screen."""
        return self.scroll_offset.y

    def _on_screen(self) -> range:
        rows = max(0, self.size.height - self.header)
        first = min(self._scrolled, len(self.records))
        return range(first, min(first + rows, len(self.records)))

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
        self._reshape()
        if moved and self._scrolled:
            self.scroll_to(y=self.scroll_y + moved, animate=False, immediate=True, force=True)
        before = self.cursor
        self.cursor = cursor
        if self.cursor == before and self.records:
            self.post_message(self.Highlighted(self, self.cursor))
        if was_empty or not self.records:
            self.refresh()
        else:
            self.refresh_changed()
        self._say_visible()

    def _reshape(self) -> None:
        """Fit the columns to the width, and the scrolling to the number of records."""
        widths = fitted(self._columns, max(0, self.scrollable_content_region.width - 1))
        if widths != self._widths:
            self._widths = widths
            self._drawn.clear()
        before = self.virtual_size.height
        height = len(self.records) + self.header if self.records else 0
        if height != before:
            self.virtual_size = Size(self.scrollable_content_region.width, height)
            self._drawn.clear()
            self.refresh()

    def _scroll_to_cursor(self) -> None:
        # One row higher than the record, so that the fixed header never hides it.
        region = Region(0, self.cursor, 1, 1 + self.header)
        self.scroll_to_region(region, animate=False, x_axis=False, immediate=True, force=True)

    def _say_visible(self) -> None:
        on_screen = self._on_screen()
        seen = tuple(self._key(self.records[index]) for index in on_screen)
        if seen != self._seen:
            self._seen = seen
            self.post_message(self.VisibleChanged(self, on_screen.start, on_screen.stop))
