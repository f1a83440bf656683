"""A pool at a glance: one small cell per node."""

from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size, clamp
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from batchtui.core.models import Node
from batchtui.core.states import NodeState
from batchtui.ui.widgets.glyphs import NODES, SPOT, fill


class NodeHeatmap(ScrollView, can_focus=True):
    """Draws only the rows on screen, so ten thousand nodes cost what fifty do.

    The cursor stays on its node when others come and go.
    """

    CELL = 2
    """Columns per node: the glyph, then a gap that marks spot nodes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "heatmap--cursor",
        "heatmap--spot",
        *(f"heatmap--{state}" for state in NodeState),
    }
    DEFAULT_CSS = f"""
    NodeHeatmap {{
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        .heatmap--spot {{ color: $text-muted; }}
        .heatmap--cursor {{ background: $row-focused; text-style: underline; }}
        &:focus .heatmap--cursor {{ text-style: reverse; }}
    }}
    {" ".join(f"NodeHeatmap .heatmap--{state} {{ color: $node-{state}; }}" for state in NodeState)}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1, 0)", "Previous node", show=False),
        Binding("right,l", "move(1, 0)", "Next node", show=False),
        Binding("up,k", "move(0, -1)", "Row up", show=False),
        Binding("down,j", "move(0, 1)", "Row down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "go(0)", "First node", show=False),
        Binding("end,G", "go(-1)", "Last node", show=False),
    ]

    nodes: var[tuple[Node, ...]] = var((), init=False)
    slots: var[int] = var(1, init=False)
    """Slots of each node, for the fill of those that run tasks."""
    cursor: var[int] = var(0, init=False)

    class Highlighted(Message):
        """The cursor is on another node."""

        def __init__(self, heatmap: "NodeHeatmap", node: Node) -> None:
            self.heatmap = heatmap
            self.node = node
            super().__init__()

        @property
        def control(self) -> "NodeHeatmap":
            return self.heatmap

    @property
    def columns(self) -> int:
        return max(1, self.size.width // self.CELL)

    @property
    def highlighted(self) -> Node | None:
        """The node under the cursor; None without nodes."""
        return self.nodes[self.cursor] if self.nodes else None

    def validate_cursor(self, cursor: int) -> int:
        return clamp(cursor, 0, max(0, len(self.nodes) - 1))

    def watch_nodes(self, before: tuple[Node, ...], after: tuple[Node, ...]) -> None:
        """Redraw only the rows that changed, unless the number of nodes did."""
        self._keep_cursor(before)
        if len(before) != len(after):
            self._reshape()
            return
        columns, top = self.columns, self.scroll_offset.y
        visible = slice(top * columns, (top + self.size.height) * columns)
        pairs = zip(before[visible], after[visible], strict=True)
        changed = {i // columns for i, (old, new) in enumerate(pairs) if old != new}
        for row in changed:
            self.refresh_lines(row)

    def watch_slots(self) -> None:
        self.refresh()

    def watch_cursor(self, before: int, after: int) -> None:
        for row in {before // self.columns, after // self.columns}:
            self.refresh_lines(row - self.scroll_offset.y)
        self._scroll_to_cursor()
        if self.nodes:
            self.post_message(self.Highlighted(self, self.nodes[after]))

    def on_resize(self) -> None:
        self._reshape()
        self._scroll_to_cursor()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.x // self.CELL < self.columns:
            row = offset.y + self.scroll_offset.y
            index = row * self.columns + offset.x // self.CELL
            if index < len(self.nodes):
                self.cursor = index

    def action_move(self, dx: int, dy: int) -> None:
        target = self.cursor + dx + dy * self.columns
        if dy and not 0 <= target < len(self.nodes):
            return
        self.cursor = target

    def action_page(self, pages: int) -> None:
        self.cursor += pages * self.columns * max(1, self.size.height)

    def action_go(self, index: int) -> None:
        self.cursor = index if index >= 0 else len(self.nodes) + index

    def render_line(self, y: int) -> Strip:
        columns = self.columns
        first = (y + self.scroll_offset.y) * columns
        row = self.nodes[first : first + columns]
        segments: list[Segment] = []
        for at_cursor, run in groupby(enumerate(row, first), lambda cell: cell[0] == self.cursor):
            for _, node in run:
                segments.append(Segment(self._glyph(node), self._style(node, at_cursor)))
                spot = self.get_component_rich_style("heatmap--spot")
                segments.append(Segment(" " if node.is_dedicated else SPOT, spot))
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _glyph(self, node: Node) -> str:
        if node.state is NodeState.RUNNING:
            return fill(node.running_task_slots_count or node.running_tasks_count, self.slots)
        return NODES[node.state][0]

    def _style(self, node: Node, at_cursor: bool) -> Style:
        cursor = ("heatmap--cursor",) if at_cursor else ()
        return self.get_component_rich_style(f"heatmap--{node.state}", *cursor)

    def _keep_cursor(self, before: tuple[Node, ...]) -> None:
        """After a change of nodes, have the cursor on the node that it was on."""
        was = before[self.cursor].id if self.cursor < len(before) else ""
        index = self.cursor
        if not (index < len(self.nodes) and self.nodes[index].id == was):
            index = next((i for i, node in enumerate(self.nodes) if node.id == was), 0)
        if index == self.cursor and self.nodes:
            self.post_message(self.Highlighted(self, self.nodes[index]))
        self.cursor = index

    def _scroll_to_cursor(self) -> None:
        region = Region(0, self.cursor // self.columns, 1, 1)
        self.scroll_to_region(region, animate=False, x_axis=False, immediate=True)

    def _reshape(self) -> None:
        rows = -(-len(self.nodes) // self.columns)
        self.virtual_size = Size(self.size.width, rows)
        self.refresh()
