"""A text that can be searched, with its lines numbered where one wants that."""

from bisect import bisect_right
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from batchtui.core.seeking import pattern
from batchtui.core.wording import many
from batchtui.ui.widgets.hits import Hits
from batchtui.ui.widgets.partview import PartView
from batchtui.ui.widgets.tones import Spans, Tone


class TextView(PartView):
    """Marks what is sought, and goes from one place to the next.

    Capitals are told apart only where what is sought has any.
    """

    HIT = "underline $warning on $row-focused"
    CURRENT = "bold $background on $warning"
    """How the places look where there is what is sought, and the one that one is at."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", tooltip="Look for a text", id="text.search"),
        Binding("n", "seek(1)", "Next", show=False,
                tooltip="Go to the next place in all of the file", id="text.next"),
        Binding("N", "seek(-1)", "Previous", show=False,
                tooltip="Go to the place before, in all of the file", id="text.previous"),
        Binding("number_sign", "number", "Line numbers", show=False,
                tooltip="Number the lines, or not", id="text.numbers"),
        Binding("escape", "forget", "Forget", show=False, tooltip="Look for nothing",
                id="text.forget"),
    ]  # fmt: skip

    sought: var[str] = var("", init=False)
    numbers: var[bool] = var(False, init=False)
    found: var[tuple[int, int]] = var((0, 0))
    """Which of the places is the current one, from 1 on, and how many there are in this part."""
    progress: var[str] = var("", init=False, bindings=True)
    """How far a search beyond this part is; empty while there is none."""
    remark: var[str] = var("", init=False)
    """What is to be said of how the current place was come by."""

    class SeekWanted(PartView.Stepped):
        """The user wants the last place before this part, or the first one after it.

        Whoever finds it has that part of the file here, and then calls `land`.
        """

    class StopWanted(PartView.About):
        """The user no longer wants what is sought beyond this part."""

    class SearchWanted(Message):
        """The user wants to look for something: whoever asks sets `sought`."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hits = Hits(None, (), (), ())
        self._current: tuple[int, int] | None = None

    @property
    def margin(self) -> int:
        return len(f"{len(self._lines)}") + 2 if self.numbers else 0

    @property
    def findings(self) -> str:
        """`2 of 17 places`, or that there are none; how far one is with looking for more."""
        if self.progress:
            return self.progress
        place, places = self.found
        if self.remark and not places:
            return self.remark
        count = f"{place:,} of {many(places, 'place')}" if place else many(places, "place")
        where = " in this part" if self.partial else ""
        said = f"{count}{where}" if places else f"no {self.sought!r}{where or ' here'}"
        return f"{said}, {self.remark}" if self.remark else said

    def watch_sought(self) -> None:
        self._current = None
        self.remark = ""
        if self.progress:
            self.post_message(self.StopWanted(self))
        self._look()
        if self._hits:
            self._go_to(self._next(1) % len(self._hits))
        self.refresh_bindings()

    def watch_numbers(self) -> None:
        self._lay_out()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "forget":
            return bool(self.sought or self.progress)
        if action == "seek":
            return True if self.sought else None
        return True

    def action_search(self) -> None:
        self.post_message(self.SearchWanted())

    def action_forget(self) -> None:
        """Stop the search that is under way; without one, have nothing marked."""
        if self.progress:
            self.post_message(self.StopWanted(self))
        else:
            self.sought = ""

    def action_number(self) -> None:
        self.numbers = not self.numbers

    def action_seek(self, step: int) -> None:
        """Go to the next place, from the current one or from what is on screen.

        Where this part has no more of them, beyond it; round the end where this is the whole file.
        """
        self.remark = ""
        index, places = self._next(step), len(self._hits)
        if 0 <= index < places:
            self._go_to(index)
        elif self.partial:
            self.post_message(self.SeekWanted(self, step))
        elif places:
            self._go_to(index % places)
            self.remark = "on from the start" if step > 0 else "on from the end"

    def land(self, line: int, column: int) -> None:
        """Go to the place that is the nearest to there, or to the line where none is marked."""
        self._turning = None
        if self._hits:
            self._go_to(self._hits.nearest(line, column))
        else:
            self._scroll(bisect_right(self._places, (line, column)) - 1 - self.size.height // 3)

    def _next(self, step: int) -> int:
        top = self.scroll_offset.y
        return self._hits.next(step, self._current, top, top + self.size.height)

    def _go_to(self, index: int) -> None:
        self._current = self._hits.at[index]
        self.found = index + 1, len(self._hits)
        row = self._current[0]
        if not self.scroll_offset.y <= row < self.scroll_offset.y + self.size.height:
            self._scroll(row - self.size.height // 3)
        room, start = self.scrollable_content_region.width - self.margin, self._current[1]
        left = cell_len(self._rows[row][:start])
        if not self.wrap and not self.scroll_offset.x <= left < self.scroll_offset.x + room:
            self.scroll_to(x=left - room // 3, animate=False, immediate=True, force=True)
        self.refresh()

    def render_row(self, index: int, start: int, width: int) -> Strip:
        room = max(0, width - self.margin)
        if index not in self._hits.spans:
            strip = super().render_row(index, start, room)
        else:
            strip = Strip(self.segments(self._marked(index)))
            strip = strip.crop_extend(start, start + room, self.style())
        if not self.margin:
            return strip
        line, column = self._places[index] if index < len(self._places) else (0, 1)
        number = "" if column else f"{line + 1}"
        return Strip([Segment(f"{number:>{self.margin - 2}}  ", self.style(Tone.MUTED)), *strip])

    def _marked(self, index: int) -> Spans:
        """The row with what is sought in other colours."""
        text, done = self._rows[index], 0
        said: list[tuple[str, str]] = []
        for start, stop, place in self._hits.spans[index]:
            look = self.CURRENT if place == self._current else self.HIT
            said += ((text[done:start], ""), (text[start:stop], look))
            done = stop
        return (*said, (text[done:], ""))

    def _lay_out(self) -> None:
        super()._lay_out()
        self._look()

    def _look(self) -> None:
        """Find every place where the text has what is sought, and the rows that it is on."""
        wanted = pattern(self.sought) if self.sought else None
        self._hits = Hits(wanted, self._lines, self._rows, self._places)
        here = self._hits.index(self._current)
        self.found = 0 if here is None else here + 1, len(self._hits)
        self.refresh()
