"""A pool at a glance: a tile for each node, or for a few of them."""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from batchtui.core.models import Node
from batchtui.ui.widgets.heatlines import HeatLines


class NodeHeatmap(HeatLines, can_focus=True):
    """The cursor stays on its node when others come and go.

    Where a tile stands for several nodes, the cursor is on the one that tells most.
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

    class About(Message):
        """About a node of the heatmap."""

        def __init__(self, heatmap: "NodeHeatmap", node: Node) -> None:
            self.heatmap = heatmap
            self.node = node
            super().__init__()

        @property
        def control(self) -> "NodeHeatmap":
            return self.heatmap

    class Highlighted(About):
        """The cursor is on another node, or its node changed."""

    class Selected(About):
        """A second click on a node: what Enter does where the heatmap stands."""

    @property
    def highlighted(self) -> Node | None:
        """The node under the cursor; None without nodes."""
        return self.nodes[self.cursor] if self.nodes else None

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
        if offset is None or offset.x // self.scale.width >= self.columns:
            return
        first = self._first_of(offset.y) + offset.x // self.scale.width * self.scale.nodes
        if first < len(self.nodes):
            self._go_to_tile(first // self.scale.nodes)
            if event.chain == 2:
                self.post_message(self.Selected(self, self.nodes[self.cursor]))

    def action_move(self, dx: int, dy: int) -> None:
        here = self.cursor // self.scale.nodes
        last = max(0, len(self.nodes) - 1) // self.scale.nodes
        target = here + dx + dy * self.columns
        if 0 <= target <= last:
            self._go_to_tile(target)

    def action_page(self, pages: int) -> None:
        rows = max(1, self.size.height // self.scale.height)
        self.cursor += pages * rows * self.columns * self.scale.nodes

    def action_go(self, index: int) -> None:
        self.cursor = index if index >= 0 else len(self.nodes) + index

    def seek(
        self, wanted: Callable[[Node], bool], *, back: bool = False, around: bool = True
    ) -> bool:
        """Go on to the next such node, or the one before; whether there is one.

        `around`: also round the end, up to the node under the cursor.
        """
        count = len(self.nodes)
        step = -1 if back else 1
        steps = count if around else self.cursor if back else count - 1 - self.cursor
        turns = ((self.cursor + step * i) % count for i in range(1, steps + 1))
        index = next((i for i in turns if wanted(self.nodes[i])), None)
        if index is not None:
            self.cursor = index
        return index is not None

    def _go_to_tile(self, index: int) -> None:
        """Put the cursor on the tile's most telling node."""
        nodes = self._nodes_of(index)
        if len(nodes) <= 1:
            self.cursor = index * self.scale.nodes
        elif nodes:
            self.cursor = index * self.scale.nodes + nodes.index(self.lens.telling(nodes))

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
        row = self.cursor // self.scale.nodes // self.columns * self.scale.height
        self.scroll_to_region(
            Region(0, row, 1, 1), animate=False, x_axis=False, immediate=True, force=True
        )
