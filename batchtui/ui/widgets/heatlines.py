"""How the nodes of a heatmap are drawn, line by line."""

from collections.abc import Iterator, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size, clamp
from textual.reactive import var
from textual.strip import Strip

from batchtui.core.models import Node
from batchtui.ui.widgets.glyphs import FILLS
from batchtui.ui.widgets.lines import LinesView
from batchtui.ui.widgets.tiles import NAMED, SMALL, Lens, Scale, scale_for, tile

CURSOR, FOCUSED = "$foreground on $border-blurred", "$background on $foreground"
"""How the tile under the cursor looks while the map has not the focus, and while it has it."""
FILLED = "$foreground on $primary"
"""The same with the focus where the tile's shape fills it: as its ground it would be dark."""


class HeatLines(LinesView):
    """Draws only the rows on screen, so ten thousand nodes cost what fifty do.

    Few nodes are drawn large, with their names; of very many, several share a tile.
    """

    DEFAULT_CSS = """
    HeatLines {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """

    nodes: var[tuple[Node, ...]] = var((), init=False)
    lens: var[Lens] = var(Lens(), init=False)
    cursor: var[int] = var(0, init=False)
    """The index of a node; the tile that it is in is the one under the cursor."""
    scale: var[Scale] = var(SMALL, init=False)
    larger: var[int] = var(0, init=False)
    """Steps by which the tiles are larger than lets all of them be seen at once."""

    @property
    def columns(self) -> int:
        """Tiles beside each other."""
        return self.scale.columns(self.scrollable_content_region.width)

    @property
    def here(self) -> Sequence[Node]:
        """The nodes of the tile under the cursor."""
        return self._nodes_of(self.cursor // self.scale.nodes)

    def validate_cursor(self, cursor: int) -> int:
        return clamp(cursor, 0, max(0, len(self.nodes) - 1))

    def validate_larger(self, larger: int) -> int:
        return clamp(larger, 0, 4)

    def watch_larger(self) -> None:
        self._reshape()
        self._scroll_to_cursor()

    def watch_lens(self, before: Lens, after: Lens) -> None:
        """Redraw where the lens shows something else; times stand on large tiles only."""
        settled = (before.slots, before.stuck, before.marked, before.chosen)
        if self.scale == NAMED or settled != (
            after.slots, after.stuck, after.marked, after.chosen,
        ):  # fmt: skip
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if (y + self.scroll_offset.y) % self.scale.height:
            return Strip.blank(width, self.style())
        first = (y + self.scroll_offset.y) // self.scale.height * self.columns
        here = self.cursor // self.scale.nodes
        segments: list[Segment] = []
        alike, style = "", self.style()
        for text, piece_style in self._pieces(range(first, first + self.columns), here):
            if piece_style is not style:
                segments.append(Segment(alike, style))
                alike, style = "", piece_style
            alike += text
        segments.append(Segment(alike, style))
        return Strip(segments).adjust_cell_length(width, self.style())

    def _pieces(self, tiles: range, here: int) -> Iterator[tuple[str, Style]]:
        """The texts of a row of tiles, of which `here` is the one under the cursor."""
        for index in tiles:
            nodes = self._nodes_of(index)
            if not nodes:
                return
            pieces = tile(nodes, self.scale, self.lens)
            if index != here:
                yield from ((text, self.style(*names)) for text, names in pieces)
                continue
            gap = len(pieces) - 1
            cursor = self._cursor(pieces[0][0])
            for position, (text, names) in enumerate(pieces):
                at_cursor = not position or position < gap
                yield text, self.style(*names, cursor) if at_cursor else self.style(*names)

    def _cursor(self, shape: str) -> str:
        if not self.has_focus:
            return CURSOR
        return FILLED if shape[0] in FILLS else FOCUSED

    def _nodes_of(self, index: int) -> Sequence[Node]:
        """The nodes of a tile; none behind the last one."""
        return self.nodes[index * self.scale.nodes : (index + 1) * self.scale.nodes]

    def _first_of(self, y: int) -> int:
        """The index of the first node of a line on screen."""
        row = (y + self.scroll_offset.y) // self.scale.height
        return row * self.columns * self.scale.nodes

    def _refresh_node(self, index: int) -> None:
        row = index // self.scale.nodes // self.columns * self.scale.height
        if 0 <= row - self.scroll_offset.y < self.size.height:
            self.refresh_lines(row)

    def _scroll_to_cursor(self) -> None:
        raise NotImplementedError

    def _reshape(self) -> None:
        """Choose the scale anew, and fit the scrolling to it."""
        width, height = self.scrollable_content_region.size
        self.scale = scale_for(len(self.nodes), width, height, larger=self.larger)
        self.virtual_size = Size(width, self.scale.rows(len(self.nodes), width))
        self.refresh()
