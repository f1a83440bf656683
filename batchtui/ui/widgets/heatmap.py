"""A pool at a glance: one tile per node."""

from datetime import UTC, datetime
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
from batchtui.ui.widgets.tiles import NAMED, SMALL, STATE, Scale, scale_for, tile
from batchtui.ui.widgets.tones import Tone, tone_classes, tone_css


class NodeHeatmap(ScrollView, can_focus=True):
    """Draws only the rows on screen, so ten thousand nodes cost what fifty do.

    The cursor stays on its node when others come and go. Few nodes are drawn large, with their
    names; many are drawn small.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "heatmap--cursor",
        *(f"heatmap--{state}" for state in NodeState),
        *tone_classes(),
    }
    DEFAULT_CSS = f"""
    NodeHeatmap {{
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        .heatmap--cursor {{ background: $row-focused; text-style: underline; }}
        &:focus .heatmap--cursor {{ text-style: reverse; }}
    }}
    {tone_css("NodeHeatmap")}
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
    now: var[datetime] = var(datetime.fromtimestamp(0, UTC), init=False)
    cursor: var[int] = var(0, init=False)
    scale: var[Scale] = var(SMALL, init=False)

    class Highlighted(Message):
        """The cursor is on another node, or its node changed."""

        def __init__(self, heatmap: "NodeHeatmap", node: Node) -> None:
            self.heatmap = heatmap
            self.node = node
            super().__init__()

        @property
        def control(self) -> "NodeHeatmap":
            return self.heatmap

    @property
    def columns(self) -> int:
        return self.scale.columns(self.scrollable_content_region.width)

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
        first, last = (self._first_of(row) for row in (0, self.size.height + self.scale.height))
        pairs = zip(before[first:last], after[first:last], strict=True)
        for index in (i for i, (old, new) in enumerate(pairs, first) if old != new):
            self._refresh_node(index)

    def watch_slots(self) -> None:
        self.refresh()

    def watch_now(self) -> None:
        if self.scale == NAMED:
            self.refresh()

    def watch_cursor(self, before: int, after: int) -> None:
        self._refresh_node(before)
        self._refresh_node(after)
        self._scroll_to_cursor()
        if self.nodes:
            self.post_message(self.Highlighted(self, self.nodes[after]))

    def on_resize(self) -> None:
        self._reshape()
        self._scroll_to_cursor()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.x // self.scale.width < self.columns:
            index = self._first_of(offset.y) + offset.x // self.scale.width
            if index < len(self.nodes):
                self.cursor = index

    def action_move(self, dx: int, dy: int) -> None:
        target = self.cursor + dx + dy * self.columns
        if dy and not 0 <= target < len(self.nodes):
            return
        self.cursor = target

    def action_page(self, pages: int) -> None:
        self.cursor += pages * self.columns * max(1, self.size.height // self.scale.height)

    def action_go(self, index: int) -> None:
        self.cursor = index if index >= 0 else len(self.nodes) + index

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if (y + self.scroll_offset.y) % self.scale.height:
            return Strip.blank(width, self.rich_style)
        first = self._first_of(y)
        segments: list[Segment] = []
        for index, node in enumerate(self.nodes[first : first + self.columns], first):
            *drawn, gap = tile(node, self.slots, self.scale, self.now)
            at_cursor = index == self.cursor
            for text, tone in drawn:
                segments.append(Segment(text, self._style(node, tone, at_cursor)))
            segments.append(Segment(gap[0], self._style(node, gap[1], at_cursor=False)))
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _style(self, node: Node, tone: str, at_cursor: bool) -> Style:
        name = f"heatmap--{node.state}" if tone == STATE else f"tone--{tone or Tone.PLAIN}"
        cursor = ("heatmap--cursor",) if at_cursor else ()
        return self.get_component_rich_style(name, *cursor)

    def _first_of(self, y: int) -> int:
        """The index of the first node of a line on screen."""
        return (y + self.scroll_offset.y) // self.scale.height * self.columns

    def _refresh_node(self, index: int) -> None:
        row = index // self.columns * self.scale.height - self.scroll_offset.y
        if 0 <= row < self.size.height:
            self.refresh_lines(row)

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
        region = Region(0, self.cursor // self.columns * self.scale.height, 1, 1)
        self.scroll_to_region(region, animate=False, x_axis=False, immediate=True, force=True)

    def _reshape(self) -> None:
        """Choose the scale anew, and fit the scrolling to it."""
        width, height = self.scrollable_content_region.size
        self.scale = scale_for(len(self.nodes), width, height)
        self.virtual_size = Size(width, self.scale.rows(len(self.nodes), width))
        self.refresh()
