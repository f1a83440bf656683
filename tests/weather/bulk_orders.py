"""Orders to thirty tasks and jobs at once in bad weather: what is said of each must be so."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TypeVar

from azure.batch.aio import BatchClient
from azure.batch.models import (
    BatchJobCreateOptions,
    BatchPoolCreateOptions,
    BatchPoolInfo,
    BatchTaskCreateOptions,
    BatchVmImageReference,
    VirtualMachineConfiguration,
)
from azure.core.credentials import AzureNamedKeyCredential

from batchtui.core.bulk import Bulk, Fate
from batchtui.core.gateway import Batch
from batchtui.core.models import Job, Task
from batchtui.core.orders.jobs import job_orders
from batchtui.core.orders.order import Order
from batchtui.core.orders.tasks import task_orders
from batchtui.core.traffic import Traffic
from batchtui.local.connection import Connection
from batchtui.local.faults.model import FaultSet
from tests.kills.inventory import AGENT
from tests.weather.account import WeatherAccount
from tests.weather.outcome import CellOutcome

COUNT = 30
HASTE = 10.0
"""A bulk order's pauses are that much shorter here."""
TRIES = 2
"""In fair weather, of what failed before."""
LONGEST = 60.0
"""Seconds for one order in the weather, then it is left."""

T = TypeVar("T", Task, Job)
States = Mapping[str, str]
"""The state of each thing that exists, by its id."""


class BulkProof:
    """Orders on one account, one after another."""

    def __init__(self, account: WeatherAccount, client: BatchClient, batch: Batch) -> None:
        self._account = account
        self._client = client
        self._batch = batch
        self._count = 0
        self._complaints: list[str] = []
        self._struck = 0
        self._took = self._recovery = 0.0
        self._lost = 0

    async def outlast(self, faults: FaultSet) -> CellOutcome:
        self._count += 1
        self._complaints, self._struck, self._lost = [], 0, 0
        self._took = self._recovery = 0.0
        try:
            # It has no nodes: tasks wait, and nothing but the orders changes them.
            await self._client.create_pool(_pool(f"empty-{self._count}"))
            await self._tasks(faults)
            await self._jobs(faults)
        finally:
            self._account.brighten()
            await self._account.inventory.clear()
        return CellOutcome(
            tuple(self._complaints), f"5 orders to {COUNT}", struck=self._struck, took=self._took,
            recovery=self._recovery, lost=self._lost,
        )  # fmt: skip

    async def _tasks(self, faults: FaultSet) -> None:
        job_id = f"tasks-{self._count}"
        await self._create_job(job_id)
        await self._client.create_tasks(
            job_id,
            [BatchTaskCreateOptions(id=f"t{n}", command_line="true") for n in range(COUNT)],
        )
        orders = task_orders(self._batch, job_id)

        async def states() -> States:
            return {str(task.id): (task.state or "").lower()
                    async for task in self._client.list_tasks(job_id)}  # fmt: skip

        async def tasks() -> tuple[Task, ...]:
            return (await self._batch.tasks(job_id, at_most=COUNT)).items

        await self._give(faults, orders["terminate"], await tasks(), states, {"completed"})
        await self._give(faults, orders["rerun"], await tasks(), states, {"active"})
        await self._give(faults, orders["delete"], await tasks(), states, set())

    async def _jobs(self, faults: FaultSet) -> None:
        names = [f"job-{self._count}-{n}" for n in range(COUNT)]
        await asyncio.gather(*(self._create_job(name) for name in names))
        orders = job_orders(self._batch)

        async def states() -> States:
            return {str(job.id): (job.state or "").lower()
                    async for job in self._client.list_jobs() if job.id in names}  # fmt: skip

        async def jobs() -> tuple[Job, ...]:
            return tuple(job for job in await self._batch.jobs() if job.id in names)

        over = {"completed", "terminating"}
        await self._give(faults, orders["terminate"], await jobs(), states, over)
        await self._give(faults, orders["delete"], await jobs(), states, {"deleting"})

    async def _create_job(self, name: str) -> None:
        pool = BatchPoolInfo(pool_id=f"empty-{self._count}")
        await self._client.create_job(BatchJobCreateOptions(id=name, pool_info=pool))

    async def _give(
        self,
        faults: FaultSet,
        order: Order[T],
        things: Sequence[T],
        states: Callable[[], Awaitable[States]],
        wanted: Collection[str],
    ) -> None:
        """The order in the weather, then again to what failed in fair weather.

        `wanted` are the states that it leads to; with nothing that is gone as well.
        """
        if len(things) != COUNT:
            self._complain(order, [f"{len(things)} things are there, not {COUNT}"])
        bulk = Bulk(things, order.name, order.act, Traffic(), already=order.already, rest=_hastily)
        events = self._account.play(faults)
        began = time.monotonic()
        try:
            await asyncio.wait_for(bulk.run(), LONGEST)
        except TimeoutError:
            """It is left; what is not done says so."""
        self._account.brighten()
        fair = time.monotonic()
        self._took += fair - began
        self._struck += sum(1 for each in events if each.event == "answered" and each.faults)
        self._complain(order, self._untrue(bulk, await states(), wanted))
        # A connection that the weather reset may be found broken by one more request.
        for _ in range(TRIES):
            await bulk.run()
        self._recovery += time.monotonic() - fair
        after = await states()
        self._complain(order, self._untrue(bulk, after, wanted))
        undone = [f"{each.name} is {each.fate} in fair weather: {each.said}"
                  for each in bulk.items if each.fate is not Fate.DONE]  # fmt: skip
        self._lost += len(undone)
        self._complain(order, undone)

    def _untrue(self, bulk: Bulk[T], found: States, wanted: Collection[str]) -> list[str]:
        """Things that are said to be done, and are not."""
        gone = "gone" if not wanted or "deleting" in wanted else "lost"
        states = {each.name: found.get(each.name, gone) for each in bulk.items}
        right = {*wanted, "gone"}
        untrue = [
            f"{each.name} is {each.fate}, and {states[each.name]}"
            for each in bulk.items
            if each.fate is Fate.DONE and states[each.name] not in right
        ]
        self._lost += len(untrue)
        return untrue

    def _complain(self, order: Order[T], sentences: list[str]) -> None:
        if sentences:
            self._complaints.append(f"{order.title}: {'; '.join(sentences[:3])} "
                                    f"({len(sentences)} of that)")  # fmt: skip


def batch_client(account: Connection) -> BatchClient:
    """The SDK's own, whose requests no weather strikes."""
    key = AzureNamedKeyCredential(account.batch_account, account.batch_key)
    return BatchClient(account.batch_endpoint, key, user_agent=AGENT)


def _pool(name: str) -> BatchPoolCreateOptions:
    image = BatchVmImageReference(
        publisher="canonical", offer="0001-com-ubuntu-server-jammy", sku="22_04-lts"
    )
    return BatchPoolCreateOptions(
        id=name,
        vm_size="standard_d2s_v3",
        virtual_machine_configuration=VirtualMachineConfiguration(
            image_reference=image, node_agent_sku_id="batch.node.ubuntu 22.04"
        ),
        target_dedicated_nodes=0,
    )


async def _hastily(seconds: float) -> None:
    await asyncio.sleep(seconds / HASTE)
