"""Places that hold files: a task's directory, a node's disk, a container."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from batchtui.core.download_plan import DownloadPlan, plan_download
from batchtui.core.entries import Entry, of_blobs, of_files
from batchtui.core.files import AnyFile, BlobFile, Files
from batchtui.core.gateway import Counted, Gateway, GatewayError, PoolNodeFile, TaskFile
from batchtui.core.models import Blob, Window
from batchtui.core.things import Kind, Thing
from batchtui.core.transfer import Piece

AT_MOST = 5_000
"""Files of a place that are shown."""

HOLDING = frozenset((Kind.TASK, Kind.NODE, Kind.CONTAINER, Kind.BLOB))
"""The kinds of things that have files."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One such place: how to list it, and where each of its files is."""

    thing: Thing
    """The task, the node or the container."""
    listing: Callable[[int | None], Awaitable[Window[Entry]]]
    """The first so many files, or all, in the service's order. Raises `GatewayError`."""
    file: Callable[[str], AnyFile]
    """The file of an entry's path."""
    files: Files

    async def entries(self) -> Window[Entry]:
        """The first files, as many as are shown. Raises `GatewayError`."""
        return await self.listing(AT_MOST)

    async def all_entries(self) -> tuple[Entry, ...]:
        """Every file, however many there are. Raises `GatewayError`."""
        return (await self.listing(None)).items

    @property
    def title(self) -> str:
        """`task t-1`, for example."""
        return f"{self.thing.kind} {self.thing.id}"

    async def save(self, piece: Piece, received: Counted) -> None:
        """Save one file as planned."""
        await self.files.save(self.file(piece.blob), piece.path, received=received)


def of_task(gateway: Gateway, job_id: str, task_id: str) -> Shelf:
    async def entries(_at_most: int | None) -> Window[Entry]:
        return Window(of_files(await gateway.batch.task_files(job_id, task_id)))

    return Shelf(
        Thing(Kind.TASK, task_id, job_id),
        entries,
        lambda path: TaskFile(job_id, task_id, path),
        Files(gateway),
    )


def of_node(gateway: Gateway, pool_id: str, node_id: str) -> Shelf:
    async def entries(at_most: int | None) -> Window[Entry]:
        window = await gateway.batch.node_files(pool_id, node_id, at_most=at_most)
        return Window(of_files(window.items), window.complete)

    return Shelf(
        Thing(Kind.NODE, node_id, pool_id),
        entries,
        lambda path: PoolNodeFile(pool_id, node_id, path),
        Files(gateway),
    )


def of_container(gateway: Gateway, container: str, *, with_blob: str = "") -> Shelf:
    """`with_blob` is listed even where it comes after all that are listed."""

    async def entries(at_most: int | None) -> Window[Entry]:
        if gateway.storage is None:
            raise GatewayError(gateway.no_storage, code="NoStorage")
        window = await gateway.storage.blobs(container, at_most=at_most)
        blobs = window.items
        if with_blob and not window.complete and all(blob.name != with_blob for blob in blobs):
            state = await gateway.storage.blob_state(container, with_blob)
            blobs = (*blobs, Blob(with_blob, state.size, state.modified))
        return Window(of_blobs(blobs), window.complete)

    return Shelf(
        Thing(Kind.CONTAINER, container),
        entries,
        lambda path: BlobFile(container, path),
        Files(gateway),
    )


def of_thing(gateway: Gateway, thing: Thing) -> Shelf | None:
    """Where the thing's files are: those of its container, for a blob. None where it has none."""
    match thing.kind:
        case Kind.TASK:
            return of_task(gateway, thing.within, thing.id)
        case Kind.NODE:
            return of_node(gateway, thing.within, thing.id)
        case Kind.CONTAINER:
            return of_container(gateway, thing.id)
        case Kind.BLOB:
            return of_container(gateway, thing.within, with_blob=thing.id)
    return None


def alone(entry: Entry, target: Path) -> DownloadPlan:
    """How to save one file there, whatever its own name is."""
    return DownloadPlan((Piece(target, entry.path, entry.size),))


def planned(entries: Sequence[Entry], chosen: Sequence[Entry], folder: Path) -> DownloadPlan:
    """How to save what was chosen of these entries, folders with all that is in them."""
    folders = tuple(f"{entry.path}/" for entry in chosen if entry.folder)
    names = {entry.path for entry in chosen}
    return _plan([e for e in entries if e.path in names or e.path.startswith(folders)], folder)


def fitting(entries: Sequence[Entry], pattern: str, folder: Path) -> DownloadPlan:
    """How to save every file whose whole path fits the pattern; a `*` takes slashes too."""
    return _plan([entry for entry in entries if fnmatchcase(entry.path, pattern)], folder)


def _plan(entries: Sequence[Entry], folder: Path) -> DownloadPlan:
    return plan_download((Blob(e.path, e.size) for e in entries if not e.folder), folder)
