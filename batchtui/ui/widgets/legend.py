"""What the shapes mean, and how many there are of each."""

from collections.abc import Mapping

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from batchtui.core.states import NodeState
from batchtui.ui.widgets.glyphs import NODES, SPOT

GAP = 3


class Legend(Widget):
    """A line, or a few, of entries that are never broken in two."""

    DEFAULT_CSS = "Legend { height: auto; }"

    counts: reactive[Mapping[NodeState, int]] = reactive({}, layout=True)
    spot: reactive[int] = reactive(0, layout=True)
    """How many of them are spot nodes, which have a mark."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.size.width))

    def _entries(self) -> list[Content]:
        entries = [
            _entry(*NODES[state], self.counts[state], f"$node-{state}")
            for state in NodeState
            if self.counts.get(state)
        ]
        if self.spot:
            entries.append(_entry(SPOT, "spot", self.spot, "$text-muted"))
        return entries

    def _lines(self, width: int) -> list[Content]:
        lines: list[Content] = []
        for entry in self._entries():
            if lines and lines[-1].cell_length + GAP + entry.cell_length <= width:
                lines[-1] = Content.assemble(lines[-1], " " * GAP, entry)
            else:
                lines.append(entry)
        return lines


def _entry(glyph: str, words: str, count: int, style: str) -> Content:
    return Content.assemble((f"{glyph} ", style), f"{words} ", (f"{count:,}", "bold"))
