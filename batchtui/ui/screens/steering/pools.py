"""Pools, steered."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from batchtui.core.clone import clone
from batchtui.core.free_id import free_id
from batchtui.core.models import Pool
from batchtui.core.orders.order import Order, Stake
from batchtui.core.orders.pools import WAKES, pool_orders, resizing
from batchtui.core.things import Document, Kind, Thing
from batchtui.ui.screens.autoscale import AutoscaleScreen, Formula
from batchtui.ui.screens.desk import Desk
from batchtui.ui.screens.document import DocumentScreen
from batchtui.ui.screens.resize import Resize, ResizeScreen
from batchtui.ui.screens.start_task import StartTaskScreen

EXAMPLE = {
    "id": "",
    "vmSize": "standard_d2s_v3",
    "virtualMachineConfiguration": {
        "imageReference": {
            "publisher": "canonical",
            "offer": "0001-com-ubuntu-server-jammy",
            "sku": "22_04-lts",
            "version": "latest",
        },
        "nodeAgentSKUId": "batch.node.ubuntu 22.04",
    },
    "targetDedicatedNodes": 1,
    "targetLowPriorityNodes": 0,
    "taskSlotsPerNode": 1,
}
LOST = "Passwords and keys are not told by the service: fill in those that the pool had."


class PoolSteering:
    """Carries out what the pane of pools asks for."""

    ALONE = frozenset({"resize", "autoscale", "start_task", "clone"})

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._batch = desk.controller.gateway.batch

    async def take(self, order: str, pools: Sequence[Pool], _about: str) -> None:
        simple = pool_orders(self._batch)
        if order in simple:
            await self._desk.carry_out(simple[order], pools)
            return
        match order, pools:
            case "create", _:
                await self._create("New pool as JSON", EXAMPLE)
            case "resize", (pool, *_):
                await self._resize(pool)
            case "autoscale", (pool, *_):
                await self._autoscale(pool)
            case "start_task", (pool, *_):
                await self._start_task(pool)
            case "clone", (pool, *_):
                await self._clone(pool)

    async def _resize(self, pool: Pool) -> None:
        if pool.enable_auto_scale:
            sentence = f"Pool {pool.id} scales by a formula: turn autoscaling off to resize it."
            self._desk.refuse(sentence, "Resize pool")
            return

        async def resize(wish: Resize) -> bool:
            order = resizing(self._batch, pool, wish.dedicated, wish.spot, wish.deallocation)
            return await self._desk.attempt(order, [pool])

        await self._desk.app.push_screen_wait(ResizeScreen(pool).doing(resize))

    async def _autoscale(self, pool: Pool) -> None:
        whole = await self._whole(pool, "Autoscaling")
        if whole is None:
            return
        interval = whole.get("autoScaleEvaluationInterval")
        formula = Formula(
            str(whole.get("autoScaleFormula", "")),
            msgspec.convert(interval, timedelta) if interval else None,
        )
        await self._desk.app.push_screen_wait(
            AutoscaleScreen(
                pool.id,
                formula,
                lambda text: self._batch.evaluate_autoscale(pool.id, text),
                lambda wanted: self._desk.attempt(self._scaling(wanted), [pool]),
                scales=bool(whole.get("enableAutoScale")),
            )
        )

    def _scaling(self, formula: Formula) -> Order[Pool]:
        async def stake(_pools: Sequence[Pool]) -> Stake:
            return Stake((
                "The formula decides how many nodes there are, and what they cost, from now on.",
                "Nodes that it takes away go with every file on them.",
            ))  # fmt: skip

        return Order(
            title="Autoscaling", ask="Have {} scale by this formula?", yes="Turn on",
            done="{} scales by itself.", noun="pool", name=lambda pool: pool.id, stake=stake,
            act=lambda pool: self._batch.enable_autoscale(
                pool.id, formula.text, formula.interval
            ),
            wakes=WAKES,
        )  # fmt: skip

    async def _start_task(self, pool: Pool) -> None:
        whole = await self._whole(pool, "Start task")
        if whole is None:
            return

        async def change(wanted: Document) -> bool:
            removing = pool_orders(self._batch)["remove_start_task"]
            order = self._starting(wanted) if wanted else removing
            return await self._desk.attempt(order, [pool])

        form = StartTaskScreen(pool.id, whole.get("startTask") or {})
        await self._desk.app.push_screen_wait(form.doing(change))

    def _starting(self, start_task: Document) -> Order[Pool]:
        async def stake(pools: Sequence[Pool]) -> Stake:
            if not any(pool.current_nodes for pool in pools):
                return Stake(("There are no nodes: those to come will run it.",))
            return Stake((
                "Nodes to come run it.",
                "Nodes that are there run it only once they are rebooted or reimaged.",
            ))  # fmt: skip

        return Order(
            title="Start task", ask="Change the start task of {}?", yes="Change",
            done="{} has another start task.", noun="pool", name=lambda pool: pool.id,
            act=lambda pool: self._batch.update(
                Thing(Kind.POOL, pool.id), {"startTask": start_task}
            ),
            stake=stake, wakes=WAKES,
        )  # fmt: skip

    async def _clone(self, pool: Pool) -> None:
        heading = "Clone pool"
        whole = await self._whole(pool, heading)
        new_id = await self._desk.known(lambda: free_id(self._batch, Kind.POOL, pool.id), heading)
        if whole is not None and new_id is not None:
            about = LOST if whole.get("userAccounts") or whole.get("mountConfiguration") else ""
            wanted = clone(Kind.POOL, whole, new_id)
            await self._create(f"Clone of pool {pool.id}", wanted, about)

    async def _create(self, heading: str, document: Document, about: str = "") -> None:
        screen = DocumentScreen(
            heading, document, lambda made: self._batch.create(Kind.POOL, made), about=about
        )
        if name := await self._desk.app.push_screen_wait(screen):
            self._desk.tell(f"Pool {name} is being made.", heading, WAKES)

    async def _whole(self, pool: Pool, title: str) -> Document | None:
        thing = Thing(Kind.POOL, pool.id)
        return await self._desk.known(lambda: self._batch.document(thing), title)
