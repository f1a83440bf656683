"""Many files to or from a container, a few at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from batchtui.core.gateway import Counted, Storage

AT_ONCE = 4
"""Files on their way at the same time; more does not help one network link."""


class Piece(Struct, frozen=True):
    """A local file and the blob that it becomes, or comes from."""

    path: Path
    blob: str
    size: int
    """Bytes, as they were when the transfer was planned."""


class Progress(Struct, frozen=True):
    """How far a transfer has come. Files in files, sizes in bytes."""

    files: int = 0
    of_files: int = 0
    size: int = 0
    of_size: int = 0


Report = Callable[[Progress], None]
Save = Callable[[Piece, Counted], Awaitable[None]]
"""Saves one piece, telling of the bytes that came in."""


def planned(sources: Iterable[Path]) -> tuple[Piece, ...]:
    """The uploads of files and whole folders; a folder keeps its own name and its tree.

    Raises `FileNotFoundError` for a source that is not there.
    """
    pieces: list[Piece] = []
    for source in sources:
        if not source.exists():
            raise FileNotFoundError(f"There is no file or folder {source}.")
        files = sorted(path for path in source.rglob("*") if path.is_file())
        pieces.extend(
            Piece(file, file.relative_to(source.parent).as_posix(), file.stat().st_size)
            for file in (files if source.is_dir() else [source])
        )
    return tuple(pieces)


async def upload_all(
    storage: Storage, container: str, pieces: Sequence[Piece], report: Report
) -> None:
    """Upload every piece, reporting as bytes go out; the first error ends the rest."""
    tally = _Tally(pieces, report)

    async def upload(piece: Piece) -> None:
        await storage.upload(container, piece.blob, piece.path, sent=tally.add)

    await _few_at_once(pieces, upload, tally)


async def download_all(
    storage: Storage, container: str, pieces: Sequence[Piece], report: Report
) -> None:
    """Download every piece, reporting as bytes come in; the first error ends the rest."""
    await save_all(
        lambda piece, received: storage.download(
            container, piece.blob, piece.path, received=received
        ),
        pieces,
        report,
    )


async def save_all(save: Save, pieces: Sequence[Piece], report: Report) -> None:
    """Save every piece, reporting as bytes come in; the first error ends the rest."""
    tally = _Tally(pieces, report)
    await _few_at_once(pieces, lambda piece: save(piece, tally.add), tally)


class _Tally:
    def __init__(self, pieces: Sequence[Piece], report: Report) -> None:
        self._report = report
        self._say(Progress(of_files=len(pieces), of_size=sum(piece.size for piece in pieces)))

    def add(self, size: int) -> None:
        self._say(replace(self._progress, size=self._progress.size + size))

    def finish(self) -> None:
        self._say(replace(self._progress, files=self._progress.files + 1))

    def _say(self, progress: Progress) -> None:
        self._progress = progress
        self._report(progress)


async def _few_at_once(
    pieces: Sequence[Piece], move: Callable[[Piece], Awaitable[None]], tally: _Tally
) -> None:
    waiting = iter(pieces)

    async def worker() -> None:
        for piece in waiting:
            await move(piece)
            tally.finish()

    try:
        async with asyncio.TaskGroup() as workers:
            for _ in range(min(AT_ONCE, len(pieces))):
                workers.create_task(worker())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
