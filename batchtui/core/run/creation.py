"""The steps that make things: containers, blobs, pool, job and tasks."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from batchtui.core.events import Direction, Signed, Submitted, Submitting, Troubled
from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import Kind
from batchtui.core.plan import Plan
from batchtui.core.recipe.expansion import PlannedTask
from batchtui.core.run.journal import Journal, RunError
from batchtui.core.run.orders import Access, Orders
from batchtui.core.run.preflight import Findings, storage_of
from batchtui.core.run.transfers import reporting
from batchtui.core.specs import TaskSpec
from batchtui.core.transfer import Piece, upload_all
from batchtui.core.wording import many

AT_ONCE = 1000
"""Tasks made and handed over at a time."""


class Creation:
    """Makes all that a plan names, in the tutorials' order."""

    def __init__(self, plan: Plan, journal: Journal, findings: Findings) -> None:
        self._plan = plan
        self._journal = journal
        self._findings = findings
        # Twice the timeout, so that a run that is resumed finds its tasks still able to work.
        self._lasting = max(2 * plan.timeout, timedelta(days=1))

    async def everything(self) -> None:
        """Raises `GatewayError` and `RunError`; the ledger knows what was made until then."""
        for name in self._plan.containers.values():
            await self._container(name)
        for role in dict.fromkeys(file.role for file in self._plan.uploads):
            await self._upload(role)
        orders = Orders(self._plan, await self._access())
        await self._pool(orders)
        async with self._making(Kind.JOB, self._plan.recipe.job.id):
            await self._journal.gateway.batch.create_job(orders.job())
        await self._tasks(orders)

    @asynccontextmanager
    async def _making(self, kind: Kind, name: str) -> AsyncIterator[None]:
        """Around the request that creates a thing; a refusal is told from a doubt."""
        self._journal.intend(kind, name)
        try:
            yield
        except GatewayError as error:
            if error.status is not None and error.status < 500:
                self._journal.refused(kind, name)
            raise
        self._journal.created(kind, name)

    async def _container(self, name: str) -> None:
        if name in self._findings.containers:
            self._journal.reused(Kind.CONTAINER, name)
            return
        async with self._making(Kind.CONTAINER, name):
            await storage_of(self._journal.gateway).create_container(name)

    async def _upload(self, role: str) -> None:
        files = [file for file in self._plan.uploads if file.role == role]
        container = self._plan.containers[role]
        pieces = [Piece(file.source, file.blob, file.size) for file in files]
        folder = str(self._plan.file.parent)
        storage = storage_of(self._journal.gateway)
        with reporting(self._journal, Direction.UP, container, folder) as report:
            failed = await upload_all(storage, container, pieces, report)
        if failed:
            for each in failed:
                self._journal.say(Troubled(sentence=str(each.error)))
            raise RunError(f"Could not upload {many(len(failed), 'file')} to {container}.")

    async def _access(self) -> Access:
        storage = self._journal.gateway.storage if self._plan.containers else None
        access = await Access.grant(self._plan, storage, self._lasting)
        if self._plan.containers:
            names = tuple(self._plan.containers.values())
            self._journal.say(Signed(containers=names, lasting=self._lasting.total_seconds()))
        return access

    async def _pool(self, orders: Orders) -> None:
        if self._findings.pool:
            self._journal.reused(Kind.POOL, self._plan.pool_id)
            return
        async with self._making(Kind.POOL, self._plan.pool_id):
            await self._journal.gateway.batch.create_pool(orders.pool(self._findings.node_agent))

    async def _tasks(self, orders: Orders) -> None:
        total, done = len(self._plan.ids), 0

        def added(count: int) -> None:
            nonlocal done
            done += count
            self._journal.say(Submitting(tasks=done, of_tasks=total))

        tasks = self._plan.tasks()
        batch = self._journal.gateway.batch
        while chunk := list(itertools.islice(tasks, AT_ONCE)):
            specs = [await self._task(orders, task) for task in chunk]
            await batch.add_tasks(self._plan.recipe.job.id, specs, added=added)
            await asyncio.sleep(0)
        self._journal.submitted()
        self._journal.say(Submitted(tasks=total))

    async def _task(self, orders: Orders, task: PlannedTask) -> TaskSpec:
        url = ""
        if task.input is not None:
            container = self._plan.containers[task.input.role]
            url = await storage_of(self._journal.gateway).blob_url(
                container, task.input.blob, lasting=self._lasting
            )
        return orders.task(task, url)
