"""The end of a file as it grows, for reading."""

import textwrap
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import var
from textual.strip import Strip

from batchtui.core.tail import Excerpt, shown_lines
from batchtui.ui.widgets.excerpt_text import rows_of
from batchtui.ui.widgets.lines import LinesView
from batchtui.ui.widgets.tones import Tone


class ExcerptView(LinesView, can_focus=True):
    """Draws the rows on screen only. Follows the end of the file unless scrolled up from it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ExcerptView {
        height: 1fr;
        scrollbar-size: 1 1;
        scrollbar-gutter: stable;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", show=False),
        Binding("down,j", "scroll_down", "Down", show=False),
        Binding("left,h", "scroll_left", "Left", show=False),
        Binding("right,l", "scroll_right", "Right", show=False),
        Binding("home", "scroll_home", "Start", show=False),
        Binding("end", "scroll_end", "End", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown,space", "page_down", "Page down", show=False),
    ]

    excerpt: var[Excerpt] = var(Excerpt(), init=False)
    wrap: var[bool] = var(True, init=False)
    empty: var[str] = var("", init=False)
    """What is said while there is no text."""
    following: var[bool] = var(True, init=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown = Excerpt()
        self._lines: tuple[str, ...] = ()
        self._rows: list[str] = []
        self._places: list[tuple[int, int]] = []
        """Of each row, its line and where in that it begins."""

    @property
    def margin(self) -> int:
        """Cells before the text."""
        return 0

    def watch_excerpt(self, excerpt: Excerpt) -> None:
        """Show more of it, unless that would take away what somebody scrolled up to read."""
        if self.following or excerpt.start == self._shown.start:
            self._show_latest()

    def watch_following(self, following: bool) -> None:
        if following and self.excerpt is not self._shown:
            self._show_latest()

    def watch_wrap(self) -> None:
        self._lay_out()

    def watch_empty(self) -> None:
        self.refresh()

    def on_resize(self) -> None:
        self._lay_out()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.following = self.scroll_offset.y >= self.max_scroll_y

    def action_scroll_up(self) -> None:
        self._scroll(self.scroll_offset.y - 1)

    def action_scroll_down(self) -> None:
        self._scroll(self.scroll_offset.y + 1)

    def action_page_up(self) -> None:
        self._scroll(self.scroll_offset.y - self.size.height + 1)

    def action_page_down(self) -> None:
        self._scroll(self.scroll_offset.y + self.size.height - 1)

    def action_scroll_home(self) -> None:
        self._scroll(0)

    def action_scroll_end(self) -> None:
        self._scroll(self.max_scroll_y)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if not self._rows:
            rows = textwrap.wrap(self.empty, max(1, width - 2))
            text = f" {rows[y - 1]}" if 0 <= y - 1 < len(rows) else ""
            return self.line(((text, Tone.MUTED),))
        scroll_x, scroll_y = self.scroll_offset
        return self.render_row(y + scroll_y, scroll_x, width)

    def render_row(self, index: int, start: int, width: int) -> Strip:
        """A row of the text from a cell on, in that many cells; blank beyond the last one."""
        text = self._rows[index] if index < len(self._rows) else ""
        strip = Strip([Segment(text, self.style())])
        return strip.crop_extend(start, start + width, self.style())

    def _show_latest(self) -> None:
        self._shown = self.excerpt
        self._lines = shown_lines(self.excerpt)
        self._lay_out()

    def _lay_out(self) -> None:
        """Cut the lines into rows, and stay at the end where one was at the end."""
        following = self.following
        width = max(1, self.scrollable_content_region.width - self.margin)
        self._rows, self._places = [], []
        for number, line in enumerate(self._lines):
            column = 0
            for row in rows_of(line, width) if self.wrap else (line,):
                self._rows.append(row)
                self._places.append((number, column))
                column += len(row)
        if not self.wrap:
            width = max((cell_len(row) for row in self._rows), default=0)
        self.virtual_size = Size(width + self.margin, len(self._rows))
        self.refresh()
        if following:
            self._scroll(self.max_scroll_y)
            self.following = True

    def _scroll(self, y: int) -> None:
        # By force: the scroll bar of a text that was short until now is still to come.
        self.scroll_to(y=y, animate=False, immediate=True, force=True)
