"""Everything that can be known of one thing."""

import time
from collections.abc import Awaitable, Callable

from msgspec import Struct
from msgspec.structs import replace

from batchtui.core.cleaning import cleaned
from batchtui.core.dependencies import waiting_for
from batchtui.core.gateway import Gateway, GatewayError
from batchtui.core.preparation import PREPARATION, PreparationLook
from batchtui.core.preparation_page import PreparationErrors, PreparationErrorsLook
from batchtui.core.preparation_status import JobPreparation
from batchtui.core.states import TaskState
from batchtui.core.stuck import BROKEN
from batchtui.core.subtasks import Subtask
from batchtui.core.surroundings import LookAround
from batchtui.core.things import STORED, Document, Kind, Thing
from batchtui.core.waiting import Reason, why_waiting


class Dossier(Struct, frozen=True):
    """Without secrets. Tasks have dependencies and subtasks, pools have jobs and nodes."""

    document: Document
    waiting: tuple[str, ...] = ()
    """The tasks that wait for this one."""
    subtasks: tuple[Subtask, ...] = ()
    searched: int = 0
    """Of so many tasks it is known whether they wait for this one; 0 where none can."""
    complete: bool = True
    """Whether the job has no more tasks than these."""
    jobs: tuple[str, ...] = ()
    """The jobs on this pool, those first that are not over."""
    nodes: tuple[str, ...] = ()
    """The first nodes of this pool, broken ones before all others."""
    reason: Reason | None = None
    """Why this task waits; None where it does not."""
    preparation: JobPreparation = JobPreparation()
    """Of this job, or of the job of this task while that waits."""
    preparation_errors: PreparationErrors = PreparationErrors()


async def whole(gateway: Gateway, thing: Thing) -> Document:
    """Everything that the service tells of a thing itself, with what is secret in it."""
    if thing.kind not in STORED:
        return await gateway.batch.document(thing)
    if gateway.storage is None:
        raise GatewayError(f"Could not look at {thing}: {gateway.no_storage}", code="NoStorage")
    return await gateway.storage.document(thing)


class Inspector:
    """Reads a thing again and again; what is around it, which costs more, every now and then."""

    SEARCHED = 10_000
    """Tasks that are asked what they wait for."""
    NODES = 1_000
    """Nodes of a pool that are looked through for broken ones."""
    AROUND = 30.0
    """Seconds between two looks at what is around the thing."""

    def __init__(
        self, gateway: Gateway, thing: Thing, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` gives seconds that only grow."""
        self.thing = thing
        self._gateway = gateway
        self._batch = gateway.batch
        self._clock = clock
        self._found: Dossier | None = None
        self._read_at = 0.0
        self._sweeps = self._swept = 0
        self._around = LookAround(gateway.batch, thing.within)
        self._preparation = PreparationLook(gateway.batch)
        self._errors = PreparationErrorsLook(gateway.batch)

    async def fetch(self) -> Dossier:
        document = cleaned(await whole(self._gateway, self.thing))
        if self.thing.kind is Kind.POOL:
            return replace(await self._relations(self._of_pool), document=document)
        if self.thing.kind is Kind.JOB and PREPARATION in document:
            return await self._with_preparation(document)
        if self.thing.kind is not Kind.TASK:
            return Dossier(document)
        found = await self._relations(self._dependencies)
        subtasks: tuple[Subtask, ...] = ()
        if "multiInstanceSettings" in document:
            subtasks = await self._batch.subtasks(self.thing.within, self.thing.id)
        dossier = Dossier(document, found.waiting, subtasks, found.searched, found.complete)
        return await self._with_reason(dossier)

    def sweep(self) -> None:
        """Look at what is around the thing the next time."""
        self._sweeps += 1

    async def _relations(self, read: Callable[[], Awaitable[Dossier]]) -> Dossier:
        """What is around the thing, as it was read within the last `AROUND` seconds."""
        now, sweeps = self._clock(), self._sweeps
        if self._found is None or sweeps != self._swept or now >= self._read_at + self.AROUND:
            self._found = await read()
            self._read_at, self._swept = now, sweeps
        return self._found

    async def _with_preparation(self, document: Document) -> Dossier:
        created = str(document.get("creationTime"))
        preparation = await self._preparation.fetch(self.thing.id, created)
        errors = await self._errors.fetch(preparation)
        return Dossier(document, preparation=preparation, preparation_errors=errors)

    async def _with_reason(self, dossier: Dossier) -> Dossier:
        """Why the task waits, where it does."""
        if dossier.document.get("state") not in (TaskState.ACTIVE, TaskState.PREPARING):
            return dossier
        task = await self._batch.task(self.thing.within, self.thing.id)
        around = await self._around.fetch(task)
        preparation = around.preparation or JobPreparation()
        errors = await self._errors.fetch(preparation)
        reason = why_waiting(task, around)
        return replace(dossier, reason=reason, preparation=preparation, preparation_errors=errors)

    async def _of_pool(self) -> Dossier:
        pool_id = self.thing.id
        jobs = [job for job in await self._batch.jobs() if job.pool_id == pool_id]
        nodes = (await self._batch.nodes(pool_id, at_most=self.NODES)).items
        return Dossier(
            {},
            jobs=tuple(job.id for job in sorted(jobs, key=lambda job: job.over)),
            nodes=tuple(n.id for n in sorted(nodes, key=lambda node: node.state not in BROKEN)),
        )

    async def _dependencies(self) -> Dossier:
        """Only a job that says so has tasks that wait for others."""
        job_id = self.thing.within
        try:
            job = await self._batch.document(Thing(Kind.JOB, job_id))
        except GatewayError as error:
            if error.missing:
                return Dossier({})
            raise
        if not job.get("usesTaskDependencies"):
            return Dossier({})
        links = await self._batch.dependencies(job_id, at_most=self.SEARCHED)
        waiting = waiting_for(self.thing.id, links.items)
        return Dossier({}, waiting, (), len(links.items), links.complete)
