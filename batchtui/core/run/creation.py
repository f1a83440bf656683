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
from batchtui.core.run.transfers import reporting, upload
from batchtui.core.specs import TaskSpec
from batchtui.core.transfer import Piece
from batchtui.core.wording import many

AT_ONCE = 1000
"""Tasks made and handed over at a time."""


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
        job = (Kind.JOB, self._plan.recipe.job.id)
        addition = _Addition(self._journal, job[1], len(self._plan.ids))
        # Tasks are added to no job but that of this run: one that exists in it was added before.
        addition.again = job in self._findings.made
        tasks = self._plan.tasks()
        while chunk := list(itertools.islice(tasks, AT_ONCE)):
            await addition.add(self._account, [await self._task(orders, task) for task in chunk])
            await asyncio.sleep(0)
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
    """Tasks added to a job, chunk by chunk."""

    def __init__(self, journal: Journal, job_id: str, total: int) -> None:
        self.again = False
        """Whether tasks of the next chunk may have been added before."""
        self._journal = journal
        self._job_id = job_id
        self._total = total
        self._done = 0

    async def add(self, account: RunAccount, tasks: Sequence[TaskSpec]) -> None:
        before, again = self._done, self.again

        async def attempt(batch: Batch) -> None:
            nonlocal again
            repeated, again = again, True
            self._done = before
            await batch.add_tasks(self._job_id, tasks, added=self._count, again=repeated)

        await account.batch(attempt)

    def _count(self, more: int) -> None:
        self._done += more
        self._journal.say(Submitting(tasks=self._done, of_tasks=self._total))
