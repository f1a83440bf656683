"""The nodes of the highlighted pool."""

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from batchtui.core.feed import Reading
from batchtui.core.models import Node, Pool, PoolNodeCounts, Window
from batchtui.core.states import NodeState
from batchtui.core.wording import many
from batchtui.ui.panes.pane import Pane
from batchtui.ui.widgets.heatmap import NodeHeatmap
from batchtui.ui.widgets.legend import Legend
from batchtui.ui.widgets.nodelines import node_lines
from batchtui.ui.widgets.tones import content
from batchtui.ui.widgets.words import Words


class NodesPane(Pane):
    """A heatmap, a legend that also counts, and the node under the cursor in words."""

    FEEDS = ("nodes", "node")
    NUMBER = 4
    NAME = "Nodes"
    HELP = """
One cell per node of the highlighted pool; the line below names and counts every shape. The higher
the block, the more of a node's slots are in use; a small ring marks spot nodes.

The arrow keys move from node to node; the last lines tell what the node under the cursor does.
"""
    BINDINGS: ClassVar[list[BindingType]] = []

    pool: reactive[Pool | None] = reactive(None, init=False)
    nodes: reactive[Reading[Window[Node]]] = reactive(Reading(Window()), init=False)
    node: reactive[Reading[Node | None]] = reactive(Reading(None), init=False)
    node_counts: reactive[Reading[tuple[PoolNodeCounts, ...]]] = reactive(Reading(()), init=False)

    class Highlighted(Message):
        """The cursor is on this node; None where there is none."""

        def __init__(self, node: Node | None) -> None:
            self.node = node
            super().__init__()

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.highlighted: Node | None = None
        self.heatmap = NodeHeatmap()
        self.empty = Words(classes="empty")
        self.legend = Legend(classes="legend")
        self.detail = Words(classes="detail", fixed=True)

    def compose(self) -> ComposeResult:
        yield self.empty
        yield self.heatmap
        yield self.legend
        yield self.detail
        yield from self.compose_trouble()

    def on_mount(self) -> None:
        super().on_mount()
        self._say_empty()
        self._count()
        self._tell_node()

    def watch_pool(self, pool: Pool | None) -> None:
        self.about = pool.id if pool else ""
        self.heatmap.slots = pool.task_slots_per_node if pool else 1
        self._say_empty()
        self._tell_node()

    def watch_nodes(self, reading: Reading[Window[Node]]) -> None:
        self.take()
        nodes = reading.value.items
        self.heatmap.nodes = nodes
        plus = "" if reading.value.complete else "first "
        self.summary = f"{plus}{many(len(nodes), 'node')}" if nodes else ""
        self.legend.spot = sum(not node.is_dedicated for node in nodes)
        self._say_empty()
        self._count()
        self.follow()

    def watch_node_counts(self) -> None:
        self._count()

    def watch_node(self) -> None:
        self.take()
        self._tell_node()

    def watch_now(self) -> None:
        self.heatmap.now = self.now
        self._tell_node()

    @on(NodeHeatmap.Highlighted)
    def follow(self) -> None:
        """Tell the screen of the node under the cursor where it is another one."""
        before, self.highlighted = self.highlighted, self.heatmap.highlighted
        if (before.id if before else "") != (self.highlighted.id if self.highlighted else ""):
            self.post_message(self.Highlighted(self.highlighted))
        self._tell_node()

    def _count(self) -> None:
        """The legend: counted here where all nodes are known, else as the service counts."""
        window = self.nodes.value
        counts: Mapping[NodeState, int] = Counter(node.state for node in window.items)
        if not window.complete and self.pool is not None:
            pool_id = self.pool.id
            told = (each for each in self.node_counts.value if each.pool_id == pool_id)
            counts = next((each.by_state() for each in told), counts)
        self.legend.counts = dict(counts)

    def _tell_node(self) -> None:
        listed, looked = self.highlighted, self.node.value
        if listed is None:
            self.detail.say(Content())
            return
        node = looked if looked is not None and looked.id == listed.id else listed
        slots = self.pool.task_slots_per_node if self.pool else 1
        lines = node_lines(node, slots, self.now)
        self.detail.say(Content("\n").join(content(line) for line in lines))

    def _say_empty(self) -> None:
        if self.pool is None:
            sentence = "Highlight a pool to see its nodes."
        elif not self.nodes.known:
            sentence = "" if self.nodes.error else "Looking…"
        else:
            sentence = "This pool has no nodes."
            if self.pool.target_nodes:
                sentence = f"No nodes yet: {many(self.pool.target_nodes, 'node')} asked for."
            for error in self.pool.resize_errors:
                sentence += f" {error.message or error.code}"
        self.empty.say(Content("" if self.nodes.value.items else sentence))
