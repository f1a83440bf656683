"""Tells of files on their way, and fetches a run's outputs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from batchtui.core.download_plan import matching, plan_download
from batchtui.core.events import Direction, Transferred, Transferring, Troubled
from batchtui.core.ledger import Wanted
from batchtui.core.run.journal import Journal, RunError
from batchtui.core.run.preflight import storage_of
from batchtui.core.transfer import Progress, Report, download_all
from batchtui.core.wording import many

OFTEN = 0.1
"""Seconds between two events of one transfer, so that large files do not flood whoever listens."""


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
    """Download the outputs that the run wants, each that can be.

    Raises `RunError` once all were tried and some are not here, and `GatewayError` where a
    container cannot be listed.
    """
    lost = 0
    for wanted in journal.record.downloads:
        lost += await _fetch(journal, wanted)
    if lost:
        raise RunError(f"Could not download {many(lost, 'output')}; nothing is deleted.")


async def _fetch(journal: Journal, wanted: Wanted) -> int:
    """Returns how many of the outputs are not here; says of each why."""
    storage = storage_of(journal.gateway)
    folder = Path(journal.record.output, wanted.to)
    plan = plan_download(await matching(storage, wanted.container, wanted.files), folder)
    for blob in plan.skipped:
        journal.say(Troubled(sentence=f"Could not download {blob.name!r}: {blob.reason}."))
    with reporting(journal, Direction.DOWN, wanted.container, str(folder)) as report:
        failed = await download_all(storage, wanted.container, plan.pieces, report)
    for each in failed:
        journal.say(Troubled(sentence=str(each.error)))
    return len(plan.skipped) + len(failed)
