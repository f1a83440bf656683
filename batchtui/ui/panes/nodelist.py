"""The nodes of a pool, one by one."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.filters import Kind, Value
from batchtui.core.models import Node, Pool, Window
from batchtui.core.stuck import in_state_since, stuck_among
from batchtui.core.things import Kind as Things
from batchtui.core.things import Thing
from batchtui.core.wording import many
from batchtui.ui.panes.node_orders import COMMANDS, NodesOrdered
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.glyphs import NODES
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.nodelines import since_words, state_words, trouble_words
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.tiles import Lens
from batchtui.ui.widgets.times import since
from batchtui.ui.widgets.tones import Cell, Spans, Tone


class NodeListPane(TablePane[Node]):
    FEEDS = ("nodes",)
    NAME = "Nodes"
    HELP = """
The nodes of the pool. Their states are those of the heatmap; "stuck" is said of nodes that should
have left their state by now. What went wrong on one stands at the end of its row.

Enter opens a node; x lists what you can do to the marked nodes, or to the highlighted one. The
filter state:unusable shows what is unusable, state:stuck what is stuck, and ctrl+a marks it all.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", tooltip="Everything about this node", id="node"),
        *COMMANDS,
    ]

    pool: var[Pool | None] = var(None, init=False)
    nodes: var[Reading[Window[Node]]] = var(Reading(Window()), init=False)

    class OpenRequested(Message):
        """The user wants to know everything about this node."""

        def __init__(self, node: Node) -> None:
            self.node = node
            super().__init__()

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._lens = Lens()

    def columns(self) -> tuple[Column[Node], ...]:
        return (
            Column("NODE", 16, _id, grow=1, most=40, value=lambda node: node.id),
            Column("STATE", 24, lambda node: state_words(node), grow=1, most=40,
                   value=self._in_words),
            Column("FOR", 15, self._since, kind=Kind.DURATION, value=self._lasting),
            Column("SLOTS", 6, self._slots, right=True, rank=1, kind=Kind.NUMBER,
                   value=lambda node: node.running_task_slots_count),
            Column("RAN", 7, _ran, right=True, rank=4, kind=Kind.NUMBER,
                   value=lambda node: node.total_tasks_run),
            Column("KIND", 9, _kind, rank=2, value=lambda node: _kind(node)[0][0]),
            Column("ADDRESS", 15, _address, rank=5, value=lambda node: node.ip_address),
            Column("WHY", 16, trouble_words, grow=5, most=120, rank=3, value=_why),
        )  # fmt: skip

    def key(self, record: Node) -> str:
        return record.id

    def thing(self, record: Node) -> Thing:
        return Thing(Things.NODE, record.id, self.about)

    def watch_pool(self, pool: Pool | None) -> None:
        self.about = pool.id if pool else ""

    def watch_nodes(self, reading: Reading[Window[Node]]) -> None:
        self.take()
        window = reading.value
        first = "" if window.complete else "the first "
        self.summary = f"{first}{many(len(window.items), 'node')}" if window.items else ""
        self._look()
        self.show(window.items, known=reading.known, empty="This pool has no nodes.")

    def watch_now(self) -> None:
        self._look()
        super().watch_now()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "order":
            return self.may_change()
        return super().check_action(action, parameters)

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.OpenRequested(self.highlighted))

    def action_order(self, order: str) -> None:
        self.post_message(NodesOrdered(order, self.about, self.chosen))

    def _look(self) -> None:
        """Take the time of day, and what is stuck at that time, into the lens."""
        slots = self.pool.task_slots_per_node if self.pool else 1
        stuck = stuck_among(self.nodes.value.items, self.now)
        self._lens = Lens(slots=slots, now=self.now, stuck=stuck)

    def _in_words(self, node: Node) -> str:
        """The state as a filter sees it: `state:stuck` finds those that are stuck."""
        words = NODES[node.state][1]
        return f"{words}, stuck" if node.id in self._lens.stuck else words

    def _since(self, node: Node) -> Cell:
        return since_words(node, self._lens)

    def _lasting(self, node: Node) -> Value:
        return since(in_state_since(node), self.now)

    def _slots(self, node: Node) -> Cell:
        return f"{node.running_task_slots_count}/{self._lens.slots}"


def _id(node: Node) -> Cell:
    def drawn(width: int) -> Spans:
        return ((short_node(node.id, width), Tone.PLAIN),)

    return drawn


def _ran(node: Node) -> Cell:
    return ((f"{node.total_tasks_run:,}", Tone.MUTED),)


def _kind(node: Node) -> Spans:
    return (("dedicated" if node.is_dedicated else "spot", Tone.MUTED),)


def _why(node: Node) -> Value:
    return "".join(text for text, _ in trouble_words(node))


def _address(node: Node) -> Cell:
    return ((node.ip_address, Tone.MUTED),)
