"""The pools of the account."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from batchtui.core.feed import Reading
from batchtui.core.filters import Kind
from batchtui.core.models import Pool, PoolNodeCounts
from batchtui.core.states import NodeState, PoolState
from batchtui.core.wording import many
from batchtui.ui.panes import orders
from batchtui.ui.panes.steering import SteerablePane
from batchtui.ui.widgets.bar import bar
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.glyphs import of_pool
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.tones import Cell, Spans, Tone

BROKEN = (NodeState.START_TASK_FAILED, NodeState.UNUSABLE, NodeState.PREEMPTED)


class AboutPool(Message):
    """A request that concerns one pool."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        super().__init__()


class PoolsPane(SteerablePane[Pool]):
    FEEDS = ("pools", "node_counts")
    NUMBER = 1
    NAME = "Pools"
    HELP = """
The pools of the account: what each is doing, how many of the nodes that were asked for are there,
and how they fare: green runs tasks, blue is idle or coming up, red failed.

Enter goes to the nodes of the highlighted pool. A pool costs as long as it has nodes; deleting
one asks first.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Nodes", tooltip="Go to the pool's nodes", id="nodes"),
        Binding("n", "new", "New", tooltip="Create a pool", id="pools.new"),
        *orders.POOLS,
    ]

    pools: reactive[Reading[tuple[Pool, ...]]] = reactive(Reading(()), init=False)
    node_counts: reactive[Reading[tuple[PoolNodeCounts, ...]]] = reactive(Reading(()), init=False)

    class OpenRequested(AboutPool):
        """The user wants to look into this pool."""

    class NewRequested(Message):
        """The user wants a pool."""

    def columns(self) -> tuple[Column[Pool], ...]:
        return (
            Column("POOL", 14, _id, grow=2, most=40, value=self.key),
            Column(
                "STATE", 11, lambda pool: of_pool(pool).spans,
                value=lambda pool: of_pool(pool).words,
            ),
            Column(
                "NODES", 7, _nodes, right=True, value=lambda pool: pool.current_nodes,
                kind=Kind.NUMBER,
            ),
            Column("", 5, self._bar, grow=1, most=24, rank=2, name="bar"),
            Column("SIZE", 8, _size, grow=1, most=20, rank=1, value=lambda pool: pool.vm_size),
        )  # fmt: skip

    def key(self, record: Pool) -> str:
        return record.id

    def watch_pools(self, reading: Reading[tuple[Pool, ...]]) -> None:
        self.take()
        self.summary = many(len(reading.value), "pool") if reading.known else ""
        self.show(
            reading.value,
            known=reading.known,
            empty="No pools yet. Press n to create one, or s to run a recipe.",
        )

    def watch_node_counts(self) -> None:
        self.take()
        self.lay_out_changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "new":
                return self.may_change(something=False)
            case "open":
                return None if self.highlighted is None else True
        return super().check_action(action, parameters)

    def action_new(self) -> None:
        self.post_message(self.NewRequested())

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.OpenRequested(self.highlighted))

    def _bar(self, pool: Pool) -> Cell:
        counts = next((c for c in self.node_counts.value if c.pool_id == pool.id), None)
        states = counts.by_state() if counts else {}

        def drawn(width: int) -> Spans:
            total = max(sum(states.values()), pool.target_nodes)
            if not total:
                return ()
            running = states.get(NodeState.RUNNING, 0)
            broken = sum(states.get(state, 0) for state in BROKEN)
            others = sum(states.values()) - running - broken
            parts = ((running, Tone.GOOD), (others, Tone.ACTIVE), (broken, Tone.BAD))
            return bar(parts, total, width)

        return drawn


def _id(pool: Pool) -> Cell:
    return ((pool.id, Tone.MUTED if pool.state is PoolState.DELETING else Tone.PLAIN),)


def _nodes(pool: Pool) -> Cell:
    return f"{pool.current_nodes:,}/{pool.target_nodes:,}"


def _size(pool: Pool) -> Cell:
    return ((pool.vm_size.lower().removeprefix("standard_"), Tone.MUTED),)
