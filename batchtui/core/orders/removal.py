"""Nodes that are to leave their pool."""

import asyncio
from collections.abc import Sequence

from batchtui.core.gateway import Batch
from batchtui.core.gateway_nodes import REMOVED_AT_ONCE
from batchtui.core.models import Node
from batchtui.core.orders.nodes import LARGE, NOW, WAKES, running_there, short_name
from batchtui.core.orders.order import Order, Stake
from batchtui.core.states import AllocationState, NodeState
from batchtui.core.wording import many

Group = tuple[Node, ...]
"""Nodes that one request removes."""


class Removal:
    """An order to groups of nodes, because the service removes a hundred at once.

    It takes the next request only once the pool is steady again; at that is looked every so many
    seconds. The first request is not held back: its refusal says best why it cannot be.
    """

    def __init__(
        self, batch: Batch, pool_id: str, nodes: Sequence[Node], *, look_every: float = 2.0
    ) -> None:
        self._batch = batch
        self._pool_id = pool_id
        self._look_every = look_every
        self._going = [node for node in nodes if node.state is not NodeState.LEAVING_POOL]
        self._one_at_a_time = asyncio.Lock()
        self._begun = False

    @property
    def groups(self) -> tuple[Group, ...]:
        """What the order is about; nothing where all nodes leave already."""
        going = self._going
        starts = range(0, len(going), REMOVED_AT_ONCE)
        return tuple(tuple(going[start : start + REMOVED_AT_ONCE]) for start in starts)

    @property
    def order(self) -> Order[Group]:
        """The order to remove the groups."""
        alone = len(self._going) == 1
        words = f"node {short_name(self._going[0])}" if alone else many(len(self._going), "node")
        return Order(
            title="Remove nodes", ask=f"Remove {words} from pool {self._pool_id}?", yes="Remove",
            done="{} leaves the pool." if alone else "{} leave the pool.",
            noun="node" if alone else "group" if len(self.groups) > 1 else "the",
            name=_named, act=self._remove, stake=self._lost, wakes=WAKES,
        )  # fmt: skip

    async def _remove(self, group: Group) -> None:
        async with self._one_at_a_time:
            if self._begun:
                # The service tells nobody when a pool is steady: it has to be asked.
                while not await self._steady():  # noqa: ASYNC110
                    await asyncio.sleep(self._look_every)
            await self._batch.remove_nodes(self._pool_id, [node.id for node in group], NOW)
            self._begun = True

    async def _steady(self) -> bool:
        pool = await self._batch.pool(self._pool_id)
        return pool.allocation_state is AllocationState.STEADY

    async def _lost(self, _groups: Sequence[Group]) -> Stake:
        its = "its disk" if len(self._going) == 1 else "their disks"
        sentences = (
            f"The pool shrinks by {many(len(self._going), 'node')}, and so does what it costs.",
            f"Gone with that: every file on {its}, outputs of tasks included.",
            *running_there(self._going),
        )
        return Stake(sentences, large=len(self._going) >= LARGE)


def _named(group: Group) -> str:
    return short_name(group[0]) if len(group) == 1 else many(len(group), "node")
