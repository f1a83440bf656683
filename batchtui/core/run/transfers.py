"""Tells of files on their way, and fetches a run's outputs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path

from batchtui.core.events import Direction, Transferred, Transferring, Troubled
from batchtui.core.ledger import Wanted
from batchtui.core.run.journal import Journal, RunError
from batchtui.core.run.preflight import storage_of
from batchtui.core.transfer import Piece, Progress, Report, download_all

OFTEN = 0.1
"""Seconds between two events of one transfer, so that large files do not flood whoever listens."""
AT_MOST = 1_000_000
"""Blobs looked at in one container."""


@contextmanager
def reporting(
    journal: Journal, direction: Direction, container: str, place: str
) -> Iterator[Report]:
    """A callback for a transfer's progress; says at the end what has gone through."""
    said = 0.0
    last = Progress()

    def report(progress: Progress) -> None:
        nonlocal said, last
        files_moved, last = progress.files != last.files, progress
        if files_moved or time.monotonic() - said >= OFTEN:
            said = time.monotonic()
            journal.say(
                Transferring(
                    direction=direction,
                    container=container,
                    files=progress.files,
                    of_files=progress.of_files,
                    size=progress.size,
                    of_size=progress.of_size,
                )
            )

    yield report
    journal.say(
        Transferred(
            direction=direction,
            container=container,
            files=last.files,
            size=last.size,
            place=place,
        )
    )


async def collect(journal: Journal) -> None:
    """Download the outputs that the run wants. Raises `GatewayError` and `RunError`."""
    for wanted in journal.record.downloads:
        await _fetch(journal, wanted)


async def _fetch(journal: Journal, wanted: Wanted) -> None:
    storage = storage_of(journal.gateway)
    folder = Path(journal.record.output, wanted.to)
    window = await storage.blobs(wanted.container, at_most=AT_MOST)
    pieces = []
    for blob in window.items:
        if not fnmatchcase(blob.name, wanted.files):
            continue
        target = folder / blob.name
        if ".." in Path(blob.name).parts or Path(blob.name).is_absolute():
            sentence = f"The blob {blob.name!r} is not downloaded: its name leaves the folder."
            journal.say(Troubled(sentence=sentence))
            continue
        pieces.append(Piece(target, blob.name, blob.size))
    try:
        with reporting(journal, Direction.DOWN, wanted.container, str(folder)) as report:
            await download_all(storage, wanted.container, pieces, report)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(f"Could not write the outputs to {folder}: {reason}") from error
