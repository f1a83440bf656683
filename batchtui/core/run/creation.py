"""The steps that make things: containers, blobs, pool, job and tasks."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

from batchtui.core.events import Direction, Signed, Submitted, Submitting, Troubled
from batchtui.core.gateway import Batch
from batchtui.core.ledger import Fact, Kind
from batchtui.core.plan import Plan
from batchtui.core.recipe.expansion import PlannedTask
from batchtui.core.run.account import RunAccount
from batchtui.core.run.errors import RunError
from batchtui.core.run.journal import Journal
from batchtui.core.run.orders import Access, Orders
from batchtui.core.run.ownership import NotCreatedError, Ownership
from batchtui.core.run.preflight import Findings
from batchtui.core.run.transfers import Counting, reporting, upload
from batchtui.core.specs import TaskSpec
from batchtui.core.transfer import Piece
from batchtui.core.wording import many

CHUNK = 100
"""Tasks in one request, of which the service takes no more."""
IN_FLIGHT = 4
"""Requests at a time; enough to hide a 50 ms way to the service, few enough to keep the order."""


class Creation:
    """Makes all that a plan names, in the tutorials' order, and nothing twice.

    What the findings say that this run has made is not made again, so that a run which was
    interrupted anywhere in between goes on from there.
    """

    def __init__(
        self,
        plan: Plan,
        journal: Journal,
        account: RunAccount,
        ownership: Ownership,
        findings: Findings,
    ) -> None:
        self._plan = plan
        self._journal = journal
        self._account = account
        self._ownership = ownership
        self._findings = findings
        # Twice the timeout, so that a run that is resumed finds its tasks still able to work.
        self._lasting = max(2 * plan.timeout, timedelta(days=1))

    async def everything(self) -> None:
        """Raises `GatewayError` and `RunError`; the ledger knows what was made until then."""
        for name in self._plan.containers.values():
            create = partial(self._ownership.create_container, name)
            await self._make(Kind.CONTAINER, name, create)
        for role in dict.fromkeys(file.role for file in self._plan.uploads):
            await self._upload(role)
        orders = Orders(self._plan, await self._access())
        await self._make(
            Kind.POOL,
            self._plan.pool_id,
            lambda: self._ownership.create_pool(orders.pool(self._findings.node_agent)),
        )
        await self._make(
            Kind.JOB,
            self._plan.recipe.job.id,
            lambda: self._ownership.create_job(orders.job()),
        )
        await self._tasks(orders)

    async def _make(self, kind: Kind, name: str, create: Callable[[], Awaitable[None]]) -> None:
        """Create a thing, unless it exists and is to be used, or was made before."""
        if (kind, name) in self._findings.used:
            self._journal.reused(kind, name)
            return
        if (kind, name) in self._findings.made:
            if self._journal.record.fact(kind, name) is not Fact.CREATED:
                self._journal.created(kind, name)
            return
        self._journal.intend(kind, name)
        try:
            await create()
        except NotCreatedError:
            self._journal.note(kind, name, Fact.REFUSED)
            raise
        self._journal.created(kind, name)

    async def _upload(self, role: str) -> None:
        container = self._plan.containers[role]
        kept = self._findings.made | self._findings.used
        if role in self._journal.record.uploaded and (Kind.CONTAINER, container) in kept:
            return
        files = [file for file in self._plan.uploads if file.role == role]
        pieces = [Piece(file.source, file.blob, file.size) for file in files]
        folder = str(self._plan.file.parent)
        with reporting(self._journal, Direction.UP, container, folder) as report:
            failed = await upload(self._account, container, pieces, report)
        if failed:
            for each in failed:
                self._journal.say(Troubled(sentence=str(each.error)))
            raise RunError(f"Could not upload {many(len(failed), 'file')} to {container}.")
        self._journal.uploaded(role)

    async def _access(self) -> Access:
        access = await Access.grant(self._plan, self._account, self._lasting)
        if self._plan.containers:
            names = tuple(self._plan.containers.values())
            self._journal.say(Signed(containers=names, lasting=self._lasting.total_seconds()))
        return access

    async def _tasks(self, orders: Orders) -> None:
        addition = _Addition(self._journal, self._plan)
        # Tasks are added to no job but that of this run: one that exists in it was added before.
        resumed = (Kind.JOB, self._plan.recipe.job.id) in self._findings.made
        tasks = self._plan.tasks()

        async def work() -> None:
            while chunk := list(itertools.islice(tasks, CHUNK)):
                specs = [await self._task(orders, task) for task in chunk]
                await addition.add(self._account, specs, again=resumed)
                await asyncio.sleep(0)

        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(IN_FLIGHT):
                    workers.create_task(work())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        self._journal.submitted()
        self._journal.say(Submitted(tasks=len(self._plan.ids)))

    async def _task(self, orders: Orders, task: PlannedTask) -> TaskSpec:
        url = ""
        if task.input is not None:
            container, blob = self._plan.containers[task.input.role], task.input.blob
            url = await self._account.storage(
                lambda storage: storage.blob_url(container, blob, lasting=self._lasting)
            )
        return orders.task(task, url)


class _Addition:
    """Tasks added to a job, each chunk with a patience of its own.

    A service that limits requests would never get to the end of a larger one: what is repeated
    counts against the limit too.
    """

    def __init__(self, journal: Journal, plan: Plan) -> None:
        self._journal = journal
        self._job_id = plan.recipe.job.id
        self._total = len(plan.ids)
        self._done = 0

    async def add(self, account: RunAccount, tasks: Sequence[TaskSpec], *, again: bool) -> None:
        """`again`: some of them may have been added before."""
        counting = Counting(self._count)

        async def attempt(batch: Batch) -> None:
            nonlocal again
            repeated, again = again, True
            counting.begin()
            await batch.add_tasks(
                self._job_id, tasks, added=counting.count, again=repeated, once=True
            )

        await account.batch(attempt)

    def _count(self, more: int) -> None:
        if more:
            self._done += more
            self._journal.say(Submitting(tasks=self._done, of_tasks=self._total))
