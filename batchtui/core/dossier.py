"""Everything that can be known of one thing."""

from msgspec import Struct

from batchtui.core.cleaning import cleaned
from batchtui.core.dependencies import waiting_for
from batchtui.core.gateway import Gateway, GatewayError
from batchtui.core.subtasks import Subtask
from batchtui.core.things import STORED, Document, Kind, Thing


class Dossier(Struct, frozen=True):
    """Without secrets. Tasks alone have what stands after the document."""

    document: Document
    waiting: tuple[str, ...] = ()
    """The tasks that wait for this one."""
    subtasks: tuple[Subtask, ...] = ()
    searched: int = 0
    """Of so many tasks it is known whether they wait for this one; 0 where none can."""
    complete: bool = True
    """Whether the job has no more tasks than these."""


async def whole(gateway: Gateway, thing: Thing) -> Document:
    """Everything that the service tells of a thing itself, with what is secret in it."""
    if thing.kind not in STORED:
        return await gateway.batch.document(thing)
    if gateway.storage is None:
        raise GatewayError(f"Could not look at {thing}: the profile names no storage account.")
    return await gateway.storage.document(thing)


class Inspector:
    """Reads a thing again and again; what cannot change is read once."""

    SEARCHED = 10_000
    """Tasks that are asked what they wait for."""

    def __init__(self, gateway: Gateway, thing: Thing) -> None:
        self.thing = thing
        self._gateway = gateway
        self._batch = gateway.batch
        self._found: Dossier | None = None

    async def fetch(self) -> Dossier:
        document = cleaned(await whole(self._gateway, self.thing))
        if self.thing.kind is not Kind.TASK:
            return Dossier(document)
        if self._found is None:
            self._found = await self._dependencies()
        found = self._found
        subtasks: tuple[Subtask, ...] = ()
        if "multiInstanceSettings" in document:
            subtasks = await self._batch.subtasks(self.thing.within, self.thing.id)
        return Dossier(document, found.waiting, subtasks, found.searched, found.complete)

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
