"""How the records of a table are drawn, line by line."""

import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from textual.geometry import Size
from textual.reactive import var
from textual.strip import Strip

from batchtui.ui.widgets.columns import GAP, Column, cut, fitted
from batchtui.ui.widgets.lines import LinesView
from batchtui.ui.widgets.tones import Spans, Tone, width_of

T = TypeVar("T")


class RecordLines(LinesView, Generic[T]):
    """Draws the headings and those records that are on screen.

    Without records it says `empty`, a sentence.
    """

    HEADER = 1
    """Rows of headings; none in a table that is too low for them."""
    MARK = "▌"
    """Before the highlighted record, so that the cursor shows without colours too."""
    MARKED, MARKED_HERE = "◆", "◈"
    """Before a marked record, and before the highlighted one where it is marked."""
    UP, DOWN = "▲", "▼"
    """After the heading of the column that the records are sorted by: least first, or last."""

    ROW, FOCUSED = "on $row", "on $row-focused"
    """What the highlighted record lies on while the table has not the focus, and while it has."""

    DEFAULT_CSS = """
    RecordLines {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """

    cursor: var[int] = var(0, init=False)
    empty: var[str] = var("Looking…", init=False)

    def __init__(
        self, columns: Sequence[Column[T]], key: Callable[[T], str], *, id: str | None
    ) -> None:
        super().__init__(id=id)
        self.records: Sequence[T] = ()
        """What the table shows; `replace` shows others."""
        self.marked: set[str] = set()
        """The keys of the records that the user marked."""
        self.sorting: tuple[str, bool] = ("", False)
        """The name of the column that the records are sorted by, and whether downwards."""
        self._key = key
        self._columns = columns
        self._widths: tuple[int, ...] = ()
        self._needs = [0] * len(columns)
        """Cells of the widest text that each column held: that it grows to, to stay so wide."""
        self._outgrown = False
        self._drawn: dict[int, tuple[Spans, ...]] = {}

    @property
    def highlighted(self) -> T | None:
        """The record under the cursor; None in an empty table."""
        return self.records[self.cursor] if self.records else None

    @property
    def fitting(self) -> frozenset[str]:
        """The names of the columns that there is room for."""
        pairs = zip(self._columns, self._widths, strict=False)
        return frozenset(column.name for column, cells in pairs if cells)

    @property
    def header(self) -> int:
        """Rows that the headings take at present."""
        return self.HEADER if self.size.height > 2 * self.HEADER else 0

    def notify_style_update(self) -> None:
        super().notify_style_update()
        # A scroll bar may come or go, of which no resize tells.
        if self._widths:
            self._reshape()

    def watch_empty(self) -> None:
        if not self.records:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        if not self.records:
            return self._render_empty(y)
        if y < self.header:
            titles = (
                cut(self._heading(column, cells), cells, right=column.right) if cells else ()
                for column, cells in zip(self._columns, self._widths, strict=True)
            )
            return self._strip(tuple(titles), " ")
        index = y - self.header + self._scrolled
        if index >= len(self.records):
            return Strip.blank(self.size.width, self.style())
        cells = self._drawn[index] = self._cells(index)
        if index == self.cursor:
            ground = self.FOCUSED if self.has_focus else self.ROW
            return self._strip(cells, self._mark(index), ground)
        return self._strip(cells, self._mark(index))

    def column_at(self, x: int) -> Column[T] | None:
        """The column whose heading is at that cell of the line."""
        left = len(self.MARK)
        for column, cells in zip(self._columns, self._widths, strict=True):
            if cells and left <= x < left + cells:
                return column
            left += cells + GAP if cells else 0
        return None

    def _heading(self, column: Column[T], cells: int) -> Spans:
        name, down = self.sorting
        if not name or column.name != name:
            return ((column.title, Tone.MUTED),)
        # The arrow stays whatever the width: what gives way is the end of the heading.
        return (
            (column.title[: cells - 1], Tone.PLAIN),
            (self.DOWN if down else self.UP, Tone.ACTIVE),
        )

    def _mark(self, index: int) -> str:
        at_cursor = index == self.cursor
        if self.marked and self._key(self.records[index]) in self.marked:
            return self.MARKED_HERE if at_cursor else self.MARKED
        return self.MARK if at_cursor else " "

    def _strip(self, cells: tuple[Spans, ...], mark: str, *ground: str) -> Strip:
        """One line: the mark, then the cells with their gaps, on that ground."""
        quiet = mark == self.MARK and not self.has_focus
        said = [(mark, "$border-blurred" if quiet else Tone.ACTIVE)]
        gap = ""
        for cell in filter(None, cells):
            said += ((gap, ""), *cell)
            gap = " " * GAP
        return self.line(tuple(said), *ground)

    def _cells(self, index: int) -> tuple[Spans, ...]:
        """What the columns say of a record, each in its width; too long ones are remembered."""
        record = self.records[index]
        said: list[Spans] = []
        for place, column in enumerate(self._columns):
            cells = self._widths[place]
            if not cells:
                said.append(())
                continue
            cell = column.text(record)
            if (need := width_of(cell)) > self._needs[place]:
                self._needs[place] = need
                self._outgrown = self._outgrown or need > column.width
            said.append(cut(cell, cells, right=column.right))
        return tuple(said)

    def _look_at(self, rows: Iterable[int]) -> None:
        """Learn how wide columns have to be for these records."""
        for index in rows:
            self._cells(index)
        self._refit()

    def _refit(self) -> None:
        """Widen the columns that were too narrow for what was said in them."""
        if self._outgrown:
            self._outgrown = False
            self._reshape()

    def _render_empty(self, y: int) -> Strip:
        width = max(1, self.size.width)
        lines = textwrap.wrap(self.empty, max(1, width - 2))
        top = 1 if self.size.height > len(lines) else 0
        text = f" {lines[y - top]}" if 0 <= y - top < len(lines) else ""
        return self.line(((text, Tone.MUTED),))

    @property
    def _scrolled(self) -> int:
        """Records above the first one on screen."""
        return self.scroll_offset.y

    @property
    def _cursor_seen(self) -> bool:
        return self.cursor in self._on_screen()

    def _on_screen(self) -> range:
        rows = max(0, self.size.height - self.header)
        first = min(self._scrolled, len(self.records))
        return range(first, min(first + rows, len(self.records)))

    def _show_columns(self, columns: Sequence[Column[T]], sorting: tuple[str, bool]) -> None:
        """Take these columns, and say by which of them the records are sorted."""
        self.sorting = sorting
        if tuple(columns) != tuple(self._columns):
            self._columns = columns
            self._widths = ()
            self._needs = [0] * len(columns)
        self._drawn.clear()
        self._reshape()
        self.refresh()

    def _reshape(self) -> None:
        """Fit the columns to the width, and the scrolling to the number of records."""
        width = self.scrollable_content_region.width
        widths = fitted(self._columns, max(0, width - len(self.MARK)), self._needs)
        if widths != self._widths:
            self._widths = widths
            self._drawn.clear()
            self.refresh()
        height = len(self.records) + self.header if self.records else 0
        if height != self.virtual_size.height:
            self.virtual_size = Size(width, height)
            self._drawn.clear()
            self.refresh()
