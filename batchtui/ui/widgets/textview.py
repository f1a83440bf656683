"""A text that can be searched, with its lines numbered where one wants that."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from batchtui.core.tail import Excerpt
from batchtui.core.wording import many
from batchtui.ui.widgets.excerpt import ExcerptView


class TextView(ExcerptView):
    """Marks what is sought, and goes from one place to the next.

    Capitals are told apart only where what is sought has any.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"text--number", "text--hit", "text--current"}
    DEFAULT_CSS = """
    TextView {
        .text--number { color: $text-muted; }
        .text--hit { background: $row-focused; color: $warning; text-style: underline; }
        .text--current { background: $warning; color: $background; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", tooltip="Look for a text", id="text.search"),
        Binding("n", "seek(1)", "Next", show=False, tooltip="Go to the next place",
                id="text.next"),
        Binding("N", "seek(-1)", "Previous", show=False, tooltip="Go to the place before",
                id="text.previous"),
        Binding("number_sign", "number", "Line numbers", show=False,
                tooltip="Number the lines, or not", id="text.numbers"),
        Binding("escape", "forget", "Forget", show=False, tooltip="Look for nothing",
                id="text.forget"),
    ]  # fmt: skip

    sought: var[str] = var("", init=False)
    numbers: var[bool] = var(False, init=False)
    found: var[tuple[int, int]] = var((0, 0))
    """Which of the places is the current one, from 1 on, and how many there are."""

    class EdgeReached(Message):
        """The user goes on beyond the part of the file that is here: -1 before it, 1 after it."""

        def __init__(self, step: int) -> None:
            self.step = step
            super().__init__()

    class SearchWanted(Message):
        """The user wants to look for something: whoever asks sets `sought`."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._spans: dict[int, list[tuple[int, int]]] = {}
        """By row, what is marked in it."""
        self._hits: list[tuple[int, int]] = []
        """Row and column of each place, in their order."""
        self._current: tuple[int, int] | None = None
        self._turning: bool | None = None

    def turn(self, *, to_end: bool) -> None:
        """The next excerpt is another part of the file, to be read from its end or its start."""
        self._turning = to_end

    def watch_excerpt(self, excerpt: Excerpt) -> None:
        here = (self._shown.start, self._shown.left)
        if self._turning is None or here == (excerpt.start, excerpt.left):
            super().watch_excerpt(excerpt)
            return
        to_end, self._turning = self._turning, None
        self._show_latest()
        self._scroll(int(self.max_scroll_y) if to_end else 0)
        self.following = to_end

    @property
    def margin(self) -> int:
        return len(f"{len(self._lines)}") + 2 if self.numbers else 0

    @property
    def findings(self) -> str:
        """`2 of 17 places`, or that there are none."""
        place, places = self.found
        if not places:
            return f"no {self.sought!r} here"
        return f"{place:,} of {many(places, 'place')}" if place else many(places, "place")

    def watch_sought(self) -> None:
        self._current = None
        self._look()
        if self._hits:
            self.action_seek(1)
        self.refresh_bindings()

    def watch_numbers(self) -> None:
        self._lay_out()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "forget":
            return bool(self.sought)
        if action == "seek":
            return True if self.sought else None
        return True

    def action_scroll_up(self) -> None:
        self._go_on(-1, super().action_scroll_up)

    def action_scroll_down(self) -> None:
        self._go_on(1, super().action_scroll_down)

    def action_page_up(self) -> None:
        self._go_on(-1, super().action_page_up)

    def action_page_down(self) -> None:
        self._go_on(1, super().action_page_down)

    def _go_on(self, step: int, scroll: Callable[[], None]) -> None:
        """Scroll; from the edge of the part go on to the next part of the file."""
        before = step < 0 and self._shown.start and self.scroll_offset.y <= 0
        after = step > 0 and self._shown.left and self.scroll_offset.y >= self.max_scroll_y
        if before or after:
            self.post_message(self.EdgeReached(step))
        else:
            scroll()

    def action_search(self) -> None:
        self.post_message(self.SearchWanted())

    def action_forget(self) -> None:
        self.sought = ""

    def action_number(self) -> None:
        self.numbers = not self.numbers

    def action_seek(self, step: int) -> None:
        """Go to the next place, from the current one or from what is on screen; round the end."""
        if not self._hits:
            return
        if self._current in self._hits:
            index = self._hits.index(self._current) + step
        elif step > 0:
            index = bisect_left(self._hits, (self.scroll_offset.y, 0))
        else:
            index = bisect_left(self._hits, (self.scroll_offset.y + self.size.height, 0)) - 1
        index %= len(self._hits)
        self._current = self._hits[index]
        self.found = index + 1, len(self._hits)
        row = self._current[0]
        if not self.scroll_offset.y <= row < self.scroll_offset.y + self.size.height:
            self._scroll(row - self.size.height // 3)
        self.refresh()

    def render_row(self, index: int, start: int, width: int) -> Strip:
        room = max(0, width - self.margin)
        if index not in self._spans:
            strip = super().render_row(index, start, room)
        else:
            strip = Strip(self._marked(index)).crop_extend(start, start + room, self.rich_style)
        if not self.margin:
            return strip
        line, column = self._places[index] if index < len(self._places) else (0, 1)
        number = "" if column else f"{line + 1}"
        style = self.get_component_rich_style("text--number")
        return Strip([Segment(f"{number:>{self.margin - 2}}  ", style), *strip])

    def _marked(self, index: int) -> list[Segment]:
        """The row with what is sought in other colours."""
        text, done, segments = self._rows[index], 0, []
        for start, stop in self._spans[index]:
            here = (index, start) == self._current
            style = self.get_component_rich_style("text--current" if here else "text--hit")
            segments += [
                Segment(text[done:start], self.rich_style),
                Segment(text[start:stop], style),
            ]
            done = stop
        return [*segments, Segment(text[done:], self.rich_style)]

    def _lay_out(self) -> None:
        super()._lay_out()
        self._look()

    def _look(self) -> None:
        """Find every place where the text has what is sought, and the rows that it is on."""
        self._spans, self._hits = {}, []
        if self.sought:
            flags = re.IGNORECASE if self.sought == self.sought.lower() else 0
            wanted = re.compile(re.escape(self.sought), flags)
            for number, line in enumerate(self._lines):
                for match in wanted.finditer(line):
                    self._note(number, match.start(), match.end())
        here = self._hits.index(self._current) + 1 if self._current in self._hits else 0
        self.found = here, len(self._hits)
        self.refresh()

    def _note(self, line: int, start: int, stop: int) -> None:
        """Have a piece of a line marked, on however many rows it is."""
        row = bisect_right(self._places, (line, start)) - 1
        self._hits.append((row, start - self._places[row][1]))
        while start < stop:
            begins = self._places[row][1]
            ends = min(stop, begins + len(self._rows[row]))
            self._spans.setdefault(row, []).append((start - begins, ends - begins))
            start, row = ends, row + 1
