"""What the shapes mean, how many there are of each, and which of them are looked at."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive

from batchtui.core.states import NodeState
from batchtui.core.stuck import BROKEN
from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.glyphs import MARKED, NODES, SPOT, STUCK
from batchtui.ui.widgets.tiles import CHOSEN_MARKED, CHOSEN_SPOT, CHOSEN_STUCK

GAP = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` is what choosing the entry chooses."""

    key: str
    text: Content


class Legend(Contained):
    """A line, or a few, of entries that are never broken in two; a click chooses one."""

    DEFAULT_CSS = "Legend { height: auto; }"

    counts: reactive[Mapping[NodeState, int]] = reactive({}, layout=True)
    spot: reactive[int] = reactive(0, layout=True)
    """How many of them are spot nodes, which have a mark; so have stuck and marked ones."""
    stuck: reactive[int] = reactive(0, layout=True)
    marked: reactive[int] = reactive(0, layout=True)
    tight: reactive[bool] = reactive(False, layout=True)
    """Whether a node has one cell, beside which nothing marks it as spot or as marked."""
    chosen: reactive[str] = reactive("")
    """The entry whose nodes stand out; empty for none."""

    class Chosen(Message):
        """The user clicked an entry."""

        def __init__(self, key: str) -> None:
            self.key = key
            super().__init__()

    @property
    def keys(self) -> tuple[str, ...]:
        """What can be chosen at present, in the order in which it is shown."""
        return tuple(entry.key for entry in self._entries())

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        gap = Content(" " * GAP)
        lines = self._lines(self.content_size.width)
        return Content("\n").join(gap.join(entry.text for entry in line) for line in lines)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        lines = self._lines(self.content_size.width)
        if offset is None or offset.y >= len(lines):
            return
        x = 0
        for entry in lines[offset.y]:
            if x <= offset.x < x + entry.text.cell_length:
                self.post_message(self.Chosen(entry.key))
            x += entry.text.cell_length + GAP

    def _entries(self) -> list[Entry]:
        entries = [
            self._entry(state, *NODES[state], self.counts[state], f"$node-{state.familiar}")
            for state in (*NodeState, *(each for each in self.counts if each not in NODES))
            if self.counts.get(state)
        ]
        for key, glyph, words, count, style in (
            (CHOSEN_STUCK, STUCK, "stuck", self.stuck, "bold $warning"),
            (CHOSEN_SPOT, SPOT, "spot", self.spot, "$text-muted"),
            (CHOSEN_MARKED, MARKED, "marked", self.marked, "$primary"),
        ):
            if count:
                glyph = "" if self.tight and key != CHOSEN_STUCK else glyph
                entries.append(self._entry(key, glyph, words, count, style))
        return entries

    def _entry(self, key: str, glyph: str, words: str, count: int, style: str) -> Entry:
        if key in set(BROKEN):
            style = f"bold $background on {style}"
        tone, number = ("", "bold") if self.chosen in ("", key) else ("$text-disabled",) * 2
        gap = " " if glyph else ""
        text = Content.assemble(
            (glyph, style if self.chosen in ("", key) else "$text-disabled"),
            (f"{gap}{words} ", f"bold underline {tone}".strip() if self.chosen == key else tone),
            (f"{count:,}", number),
        )
        return Entry(key, text)

    def _lines(self, width: int) -> list[list[Entry]]:
        lines: list[list[Entry]] = []
        room = 0
        for entry in self._entries():
            if lines and entry.text.cell_length + GAP <= room:
                lines[-1].append(entry)
                room -= entry.text.cell_length + GAP
            else:
                lines.append([entry])
                room = width - entry.text.cell_length
        return lines
