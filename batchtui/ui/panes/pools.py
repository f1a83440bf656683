"""The pools of the account."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.advice import trouble
from batchtui.core.feed import Reading
from batchtui.core.filters import Kind, Value
from batchtui.core.idle import IdlePools
from batchtui.core.models import Pool, PoolNodeCounts
from batchtui.core.prices import NO_PRICES, Cost, Prices
from batchtui.core.things import Kind as Things
from batchtui.core.things import Thing
from batchtui.core.wording import many
from batchtui.ui.panes import orders
from batchtui.ui.panes.modest import ModestPane
from batchtui.ui.widgets import poolcells
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.glyphs import Sign, of_pool
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.times import ago, since
from batchtui.ui.widgets.tones import Cell, Tone, content
from batchtui.ui.widgets.words import Words


class AboutPool(Message):
    """A request that concerns one pool."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        super().__init__()


class PoolsPane(ModestPane[Pool]):
    FEEDS = ("pools", "node_counts")
    NUMBER = 1
    NAME = "Pools"
    HELP = """
The pools of the account: what each is doing, how many of the nodes that were asked for are there,
and how they fare: green runs tasks, blue and thin is idle or coming up, yellow was preempted, red
and dotted is broken. The state says so too where nodes are broken or stuck, or an autoscale formula
fails.

IDLE tells how long a pool has had nodes and no work for them, as far as this dashboard saw it; a
plus sign says that it may be longer. COST/H needs prices, which the configuration tells.

Enter goes to the nodes of the highlighted pool. A pool costs as long as it has nodes; deleting
one asks first.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Nodes", tooltip="Go to the pool's nodes", id="nodes"),
        Binding("n", "new", "New", tooltip="Create a pool", id="pools.new"),
        *orders.POOLS,
    ]

    pools: var[Reading[tuple[Pool, ...]]] = var(Reading(()), init=False)
    node_counts: var[Reading[tuple[PoolNodeCounts, ...]]] = var(Reading(()), init=False)
    stuck: var[Reading[Mapping[str, int]]] = var(Reading({}), init=False)
    """How many nodes of each pool are stuck."""

    class OpenRequested(AboutPool):
        """The user wants to look into this pool."""

    class NewRequested(Message):
        """The user wants a pool."""

    def __init__(self, *, id: str) -> None:
        self._prices = NO_PRICES
        super().__init__(id=id)
        self.banner = Words(classes="banner")
        self._idle = IdlePools()
        self._counts: dict[str, PoolNodeCounts] = {}

    def compose(self) -> ComposeResult:
        yield self.table
        yield self.banner
        yield from self.compose_trouble()

    def columns(self) -> tuple[Column[Pool], ...]:
        number, time = Kind.NUMBER, Kind.DURATION
        cost = Column(
            "COST/H", 7, self._cost, right=True, rank=4, name="cost", value=self._amount,
            kind=number,
        )  # fmt: skip
        return (
            Column("POOL", 14, poolcells.name, grow=2, most=40, value=self.key),
            Column(
                "STATE", 11, lambda pool: self._sign(pool).spans,
                value=lambda pool: self._sign(pool).words,
            ),
            Column(
                "NODES", 7, poolcells.nodes, right=True, value=lambda pool: pool.current_nodes,
                kind=number,
            ),
            Column("", 5, self._bar, grow=1, most=24, rank=1, name="bar"),
            Column(
                "SIZE", 8, poolcells.size, grow=1, most=20, rank=2,
                value=lambda pool: pool.vm_size,
            ),
            Column("IDLE", 7, self._idling, right=True, rank=3, value=self._idled, kind=time),
            *((cost,) if self._prices.per_hour else ()),
            Column(
                "SCALING", 7, lambda pool: poolcells.scaling(pool, self.now), rank=5,
                value=poolcells.scaling_in_words,
            ),
            Column(
                "AGE", 9, self._age, right=True, rank=6, extra=True, value=self._passed, kind=time
            ),
        )  # fmt: skip

    @property
    def prices(self) -> Prices:
        """What nodes cost; where nobody told, no column says it."""
        return self._prices

    @prices.setter
    def prices(self, prices: Prices) -> None:
        self._prices = prices
        self.rearrange()

    def key(self, record: Pool) -> str:
        return record.id

    def thing(self, record: Pool) -> Thing:
        return Thing(Things.POOL, record.id)

    @property
    def besides(self) -> int:
        """Room for what is wrong with a pool, while anything is wrong with any."""
        return 2 if any(map(trouble, self.pools.value)) else 0

    def watch_pools(self, reading: Reading[tuple[Pool, ...]]) -> None:
        self.take()
        self.summary = many(len(reading.value), "pool") if reading.known else ""
        self.show(
            reading.value,
            known=reading.known,
            empty="No pools yet." + self.advice("Press n to create one, or s to run a recipe."),
        )

    def watch_node_counts(self, reading: Reading[tuple[PoolNodeCounts, ...]]) -> None:
        self.take()
        self._counts = {counts.pool_id: counts for counts in reading.value}
        if reading.fresh:
            self._idle.note(reading.value, self.now)
        self.lay_out_changed()

    def watch_stuck(self) -> None:
        self.lay_out_changed()

    @on(ModestPane.Highlighted)
    def tell_trouble(self) -> None:
        """Say what is wrong with the highlighted pool, and what to do."""
        told = trouble(self.highlighted) if self.highlighted is not None else ()
        self.banner.say(content(tuple((f"! {text}", Tone.BAD) for text in told[:1])))

    def action_new(self) -> None:
        self.post_message(self.NewRequested())

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.OpenRequested(self.highlighted))

    def _sign(self, pool: Pool) -> Sign:
        return of_pool(pool, self._counts.get(pool.id), self.stuck.value.get(pool.id, 0))

    def _bar(self, pool: Pool) -> Cell:
        return poolcells.states(pool, self._counts.get(pool.id))

    def _idling(self, pool: Pool) -> Cell:
        return poolcells.idle(self._idle.since(pool.id), self.now)

    def _idled(self, pool: Pool) -> Value:
        return self._idle.lasting(pool.id, self.now)

    def _known_cost(self, pool: Pool) -> Cost | None:
        return self.prices.of(pool, self._counts.get(pool.id))

    def _cost(self, pool: Pool) -> Cell:
        return poolcells.cost(self._known_cost(pool))

    def _amount(self, pool: Pool) -> Value:
        cost = self._known_cost(pool)
        return None if cost is None else cost.amount

    def _passed(self, pool: Pool) -> Value:
        return since(pool.creation_time, self.now)

    def _age(self, pool: Pool) -> Cell:
        return ((ago(pool.creation_time, self.now), Tone.MUTED),)
