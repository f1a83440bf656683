"""Text in rows that is laid out for the width that there is, and scrolled through."""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.strip import Strip

from batchtui.ui.widgets.lines import LinesView
from batchtui.ui.widgets.tones import Spans, clean

Rows = Callable[[int], list[Spans]]
"""Lays the text out in so many cells."""


class RowsView(LinesView, can_focus=True):
    """Draws the rows on screen; keeps its place when the text changes."""

    DEFAULT_CSS = """
    RowsView {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("pageup", "scroll_page(-1)", "Page up", show=False),
        Binding("pagedown,space", "scroll_page(1)", "Page down", show=False),
        Binding("home,g", "scroll(-1000000)", "Start", show=False),
        Binding("end,G", "scroll(1000000)", "End", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lay_out: Rows = lambda _width: []
        self._rows: list[Spans] = []

    def show(self, rows: Rows) -> None:
        """Show this text."""
        self._lay_out = rows
        self._reshape()

    def on_resize(self) -> None:
        self._reshape()

    def action_scroll(self, rows: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False, immediate=True)

    def action_scroll_page(self, pages: int) -> None:
        self.action_scroll(pages * max(1, self.size.height - 1))

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        row = self._rows[index] if index < len(self._rows) else ()
        return self.line(tuple((clean(text), tone) for text, tone in row))

    def _reshape(self) -> None:
        width = self.scrollable_content_region.width
        if not width:
            return
        rows = self._lay_out(width)
        if rows != self._rows:
            self._rows = rows
            self.virtual_size = Size(width, len(rows))
            self.refresh()
