"""The nodes of the highlighted pool."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.history import Moment
from batchtui.core.models import Node, Pool, PoolNodeCounts, Window
from batchtui.core.states import NodeState
from batchtui.core.things import Kind, Thing
from batchtui.core.wording import many, with_full_stop
from batchtui.ui.panes.heat import HeatPane
from batchtui.ui.panes.node_orders import COMMANDS, NodesOrdered
from batchtui.ui.widgets.heatmap import NodeHeatmap
from batchtui.ui.widgets.nodelines import node_lines
from batchtui.ui.widgets.past import Past
from batchtui.ui.widgets.tones import content
from batchtui.ui.widgets.words import Words


class AboutNode(Message):
    """A request that concerns a node of a pool."""

    def __init__(self, pool: Pool, node: Node) -> None:
        self.pool = pool
        self.node = node
        super().__init__()


class NodesPane(HeatPane):
    """A heatmap, its legend, which counts and chooses, and the node under the cursor in words."""

    FEEDS = ("nodes", "node")
    NUMBER = 4
    NAME = "Nodes"
    HELP = """
The nodes of the highlighted pool, a cell each; where there are too many, a cell stands for several
and shows the worst of them. The legend names and counts every shape. The higher the block, the
more of a node's slots are in use. A small s marks spot nodes; a star those that have been on their
way for too long.

The last lines tell what the node under the cursor does. Enter tells all about it; f goes to the
next node that failed or is stuck, and after the pool's last one to the next pool that has any.
What you do to nodes is done to the marked ones, or to the one under the cursor; while the legend
shows one state only, ctrl+a marks the nodes in it.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", tooltip="Everything about this node", id="node"),
        Binding("L", "list", "List", show=False, tooltip="These nodes as a list", id="nodes.list"),
        *COMMANDS,
    ]  # fmt: skip

    pool: var[Pool | None] = var(None, init=False)
    nodes: var[Reading[Window[Node]]] = var(Reading(Window()), init=False)
    node: var[Reading[Node | None]] = var(Reading(None), init=False)
    node_counts: var[Reading[tuple[PoolNodeCounts, ...]]] = var(Reading(()), init=False)
    moments: var[tuple[Moment, ...]] = var((), init=False)
    """The pool's last hour."""

    class Highlighted(Message):
        """The cursor is on this node; None where there is none."""

        def __init__(self, node: Node | None) -> None:
            self.node = node
            super().__init__()

    class TroubleWanted(Message):
        """The user wants the next node of any pool that failed or is stuck, or the one before."""

        def __init__(self, *, back: bool) -> None:
            self.back = back
            super().__init__()

    class OpenRequested(AboutNode):
        """The user wants to know everything about this node."""

    class ListRequested(AboutNode):
        """The user wants the nodes as a list, from this one on."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._followed: Node | None = None
        """The node that the screen knows to be under the cursor."""
        self._sought: tuple[str, Callable[[Node], bool], bool] | None = None
        """The pool whose nodes are awaited, what to go to in it, and whether from its end."""
        self.empty = Words(classes="empty")
        self.past = Past(classes="past -none")
        self.detail = Words(classes="detail", fixed=True)

    def compose(self) -> ComposeResult:
        yield self.empty
        yield self.heatmap
        yield self.past
        yield self.legend
        yield self.detail
        yield from self.compose_trouble()

    def on_mount(self) -> None:
        super().on_mount()
        self._say_empty()
        self._count()
        self._tell_node()

    def watch_pool(self, before: Pool | None, pool: Pool | None) -> None:
        self.about = pool.id if pool else ""
        self.lens = replace(self.lens, slots=pool.task_slots_per_node if pool else 1)
        if (before.id if before else "") != self.about:
            self.lens = replace(self.lens, marked=frozenset(), chosen="")
        self._say_empty()
        self._tell_node()

    def watch_nodes(self, reading: Reading[Window[Node]]) -> None:
        self.take()
        nodes = reading.value.items
        self.heatmap.nodes = nodes
        self._make_room()
        self.legend.spot = sum(not node.is_dedicated for node in nodes)
        if self.lens.marked and reading.known:
            here = frozenset(node.id for node in nodes)
            self.lens = replace(self.lens, marked=self.lens.marked & here)
        self.look()
        self._say_empty()
        self._count()
        self.follow()
        if reading.known:
            self._go_to_sought()

    def watch_node_counts(self) -> None:
        self._count()

    def watch_node(self) -> None:
        self.take()
        self._tell_node()

    def watch_now(self) -> None:
        self.look()
        self._tell_node()

    def watch_moments(self, moments: tuple[Moment, ...]) -> None:
        self.past.moments = moments
        self._make_room()

    @on(NodeHeatmap.Highlighted)
    def follow(self) -> None:
        """Tell the screen of the node under the cursor where it is another one."""
        before, here = self._followed, self.highlighted
        self._followed = here
        if (before.id if before else "") != (here.id if here else ""):
            self.post_message(self.Highlighted(here))
        if (before is None) != (here is None):
            self.refresh_bindings()
        self._tell_node()

    @property
    def pair(self) -> tuple[Thing | None, ...]:
        ids = [node.id for node in self.marked]
        if len(ids) < 2 and self.highlighted is not None and self.highlighted.id not in ids:
            ids.append(self.highlighted.id)
        return tuple(Thing(Kind.NODE, node_id, self.about) for node_id in ids)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "order" and self.read_only:
            return False
        if action in ("open", "list", "trouble", "order") and self.highlighted is None:
            return None
        return super().check_action(action, parameters)

    @on(NodeHeatmap.Selected)
    def action_open(self) -> None:
        if self.pool is not None and self.highlighted is not None:
            self.post_message(self.OpenRequested(self.pool, self.highlighted))

    def action_trouble(self, back: bool = False) -> None:
        """Go on in this pool, and after its last trouble to the next pool that has any."""
        if self.lens.chosen:
            super().action_trouble(back)
        elif not self.heatmap.seek(self.lens.alarming, back=back, around=False):
            self.post_message(self.TroubleWanted(back=back))

    def seek(self, pool_id: str, node_id: str) -> None:
        """Go to this node: at once, or as soon as the nodes of its pool are here."""
        self._seek_in(pool_id, lambda node: node.id == node_id)

    def seek_trouble(self, pool_id: str, *, back: bool = False) -> None:
        """Go to the pool's first node that failed or is stuck, or to its last one."""
        if pool_id == self.about:
            super().action_trouble(back)
        else:
            self._seek_in(pool_id, lambda node: self.lens.alarming(node), back=back)

    def _seek_in(self, pool_id: str, wanted: Callable[[Node], bool], *, back: bool = False) -> None:
        self._sought = (pool_id, wanted, back)
        if self.nodes.known:
            self._go_to_sought()

    def _go_to_sought(self) -> None:
        if self._sought is None or self._sought[0] != self.about:
            return
        (_, wanted, back), self._sought = self._sought, None
        self.heatmap.cursor = 0 if back else max(0, len(self.heatmap.nodes) - 1)
        self.heatmap.seek(wanted, back=back)

    def action_list(self) -> None:
        if self.pool is not None and self.highlighted is not None:
            self.post_message(self.ListRequested(self.pool, self.highlighted))

    def action_order(self, order: str) -> None:
        """Have something done to the marked nodes, or to the one under the cursor."""
        if self.pool is not None and self.highlighted is not None:
            nodes = self.marked or (self.highlighted,)
            self.post_message(NodesOrdered(order, self.pool.id, nodes))

    def summarise(self) -> None:
        window = self.nodes.value
        parts = [f"{len(self.lens.marked):,} marked"] if self.lens.marked else []
        if window.items:
            parts.append(("" if window.complete else "first ") + many(len(window.items), "node"))
        if self.heatmap.scale.nodes > 1:
            parts.append(f"{self.heatmap.scale.nodes} to a cell")
        self.summary = " · ".join(parts)

    def _make_room(self) -> None:
        """For the pool's past as soon as there are nodes: later they would be drawn smaller."""
        self.past.set_class(not (self.nodes.value.items or self.moments), "-none")

    def _count(self) -> None:
        """The legend: counted here where all nodes are known, else as the service counts."""
        window = self.nodes.value
        counts: Mapping[NodeState, int] = Counter(node.state for node in window.items)
        if not window.complete and self.pool is not None:
            pool_id = self.pool.id
            told = (each for each in self.node_counts.value if each.pool_id == pool_id)
            counts = next((each.by_state() for each in told), counts)
        self.legend.counts = dict(counts)
        self.summarise()

    def _tell_node(self) -> None:
        listed, looked = self.highlighted, self.node.value
        if listed is None:
            self.detail.say(Content())
            return
        node = looked if looked is not None and looked.id == listed.id else listed
        lines = node_lines(node, self.lens, beside=len(self.heatmap.here) - 1)
        self.detail.say(Content("\n").join(content(line) for line in lines))

    def _say_empty(self) -> None:
        if self.pool is None:
            told = "The nodes of the highlighted pool appear here."
        elif not self.nodes.known:
            told = "" if self.nodes.error else "Looking…"
        else:
            told = "This pool has no nodes."
            if self.pool.target_nodes:
                told = f"No nodes yet: {many(self.pool.target_nodes, 'node')} asked for."
            for error in self.pool.resize_errors:
                told += f" {with_full_stop(error.message or error.code)}"
        self.empty.say(Content("" if self.nodes.value.items else told))
