"""Many files to or from a container, a few at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from batchtui.core.gateway import Counted, GatewayError, Storage
from batchtui.core.part_file import remove_leftovers, sync_folders

AT_ONCE = 4
"""Files on their way at the same time; more does not help one network link."""


class Piece(Struct, frozen=True):
    """A local file and the blob that it becomes, or comes from."""

    path: Path
    blob: str
    size: int
    """Bytes, as they were when the transfer was planned."""


class FailedPiece(Struct, frozen=True):
    """A file that was not transferred, and why."""

    piece: Piece
    error: GatewayError


class Progress(Struct, frozen=True):
    """How far a transfer has come. Files in files, sizes in bytes."""

    files: int = 0
    """Those that have arrived."""
    of_files: int = 0
    size: int = 0
    of_size: int = 0
    failed: int = 0
    """Files that were tried and did not arrive; what had arrived of them is not in `size`."""


Report = Callable[[Progress], None]
Move = Callable[[Piece, Counted], Awaitable[None]]
"""Transfers one piece, telling of the bytes that have gone through."""
MoveAll = Callable[[Move, Sequence[Piece], Report], Awaitable[tuple[FailedPiece, ...]]]


async def upload_all(
    storage: Storage, container: str, pieces: Sequence[Piece], report: Report
) -> tuple[FailedPiece, ...]:
    """Upload every piece, reporting as bytes go out. Returns those that failed, in order."""
    return await move_all(
        lambda piece, sent: storage.upload(container, piece.blob, piece.path, sent=sent),
        pieces,
        report,
    )


async def download_all(
    storage: Storage, container: str, pieces: Sequence[Piece], report: Report
) -> tuple[FailedPiece, ...]:
    """Download every piece, reporting as bytes come in. Returns those that failed, in order."""
    return await save_all(
        lambda piece, received: storage.download(
            container, piece.blob, piece.path, received=received
        ),
        pieces,
        report,
    )


async def save_all(save: Move, pieces: Sequence[Piece], report: Report) -> tuple[FailedPiece, ...]:
    """As `move_all`, onto this machine's disk, where all that arrived is safe at the end.

    Parts that a program left there which was killed are removed.
    """
    folders = {piece.path.parent for piece in pieces}
    await asyncio.to_thread(remove_leftovers, folders)
    failed = await move_all(save, pieces, report)
    await asyncio.to_thread(sync_folders, folders)
    return failed


async def move_all(move: Move, pieces: Sequence[Piece], report: Report) -> tuple[FailedPiece, ...]:
    """Transfer every piece, a few at a time. Returns those that failed, in the order of `pieces`.

    A piece that fails (`GatewayError`, or `OSError` on this machine's disk) stops no other.
    """
    tally = _Tally(pieces, report)
    failed: dict[int, FailedPiece] = {}
    waiting = iter(enumerate(pieces))

    async def work() -> None:
        for index, piece in waiting:
            counted = 0

            def count(more: int) -> None:
                nonlocal counted
                counted += more
                tally.add(more)

            try:
                await move(piece, count)
            except GatewayError as error:
                failed[index] = FailedPiece(piece, error)
            except OSError as error:
                failed[index] = FailedPiece(piece, _local(piece, error))
            if index in failed:
                tally.fail(counted)
            else:
                tally.finish()

    try:
        async with asyncio.TaskGroup() as workers:
            for _ in range(min(AT_ONCE, len(pieces))):
                workers.create_task(work())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return tuple(failed[index] for index in sorted(failed))


def _local(piece: Piece, error: OSError) -> GatewayError:
    reason = error.strerror or str(error)
    sentence = f"Could not transfer {piece.blob}: {error.filename or piece.path}: {reason}"
    return GatewayError(sentence, code="LocalFile")


class _Tally:
    def __init__(self, pieces: Sequence[Piece], report: Report) -> None:
        self._report = report
        self._say(Progress(of_files=len(pieces), of_size=sum(piece.size for piece in pieces)))

    def add(self, size: int) -> None:
        self._say(replace(self._progress, size=self._progress.size + size))

    def finish(self) -> None:
        self._say(replace(self._progress, files=self._progress.files + 1))

    def fail(self, counted: int) -> None:
        """`counted` bytes of it had gone through."""
        now = self._progress
        self._say(replace(now, failed=now.failed + 1, size=now.size - counted))

    def _say(self, progress: Progress) -> None:
        self._progress = progress
        self._report(progress)
