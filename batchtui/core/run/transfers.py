"""Moves a run's files, telling of them on their way; outputs that cannot be fetched are named."""

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from batchtui.core.download_plan import matching, plan_download
from batchtui.core.events import Direction, NotFetched, Transferred, Transferring
from batchtui.core.gateway import Counted, GatewayError, Storage
from batchtui.core.ledger import Fact, Kind, Unfetched, Wanted
from batchtui.core.models import Blob
from batchtui.core.run.account import RunAccount
from batchtui.core.run.journal import Journal
from batchtui.core.transfer import FailedPiece, Piece, Progress, Report, move_all, save_all

LOOKS = 15
"""Listings of one container, before it is taken to have no end."""
DOUBTED = 5
"""Listings in a row that must show nothing new, where one was empty or left something out."""
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


class Counting:
    """What went through of one thing, which counts from its start whenever it is tried again."""

    def __init__(self, counted: Counted) -> None:
        self._counted = counted
        self._through = 0

    def begin(self) -> None:
        """Another attempt begins."""
        if self._through:
            self._counted(-self._through)
            self._through = 0

    def count(self, more: int) -> None:
        self._through += more
        self._counted(more)


async def upload(
    account: RunAccount, container: str, pieces: Sequence[Piece], report: Report
) -> tuple[FailedPiece, ...]:
    """Upload every piece, each with the run's patience. Returns those that failed."""

    async def attempt(storage: Storage, piece: Piece, sent: Counted) -> None:
        await storage.upload(container, piece.blob, piece.path, sent=sent)

    return await move_all(_patiently(account, attempt), pieces, report)


async def download(
    account: RunAccount, container: str, pieces: Sequence[Piece], report: Report
) -> tuple[FailedPiece, ...]:
    """Download every piece, each with the run's patience. Returns those that failed."""

    async def attempt(storage: Storage, piece: Piece, received: Counted) -> None:
        await storage.download(container, piece.blob, piece.path, received=received)

    return await save_all(_patiently(account, attempt), pieces, report)


def _patiently(
    account: RunAccount, attempt: Callable[[Storage, Piece, Counted], Awaitable[None]]
) -> Callable[[Piece, Counted], Awaitable[None]]:
    """Moves a piece with the run's patience; bytes that are moved again count once."""

    async def move(piece: Piece, counted: Counted) -> None:
        counting = Counting(counted)

        async def begin(storage: Storage) -> None:
            counting.begin()
            await attempt(storage, piece, counting.count)

        await account.storage(begin, long=True)

    return move


async def collect(journal: Journal, account: RunAccount) -> tuple[Unfetched, ...]:
    """Download the outputs that the run wants. Returns those that could not be, each said.

    One output that cannot be fetched keeps no other from being fetched.
    """
    fetching = _Fetching(journal, account)
    for wanted in journal.record.downloads:
        # What is deleted was fetched before.
        if journal.record.fact(Kind.CONTAINER, wanted.container) is not Fact.DELETED:
            await fetching.fetch(wanted)
    return tuple(fetching.missing)


class _Fetching:
    """Outputs of several containers on their way; no file of one replaces that of another."""

    def __init__(self, journal: Journal, account: RunAccount) -> None:
        self.missing: list[Unfetched] = []
        self._journal = journal
        self._account = account
        self._taken: dict[Path, str] = {}
        """Files that were fetched, and from which container."""

    async def fetch(self, wanted: Wanted) -> None:
        """Fetch all, and look again until nothing new shows.

        What a listing left out must not be deleted unseen: two that show the same are enough, but
        neither a listing without anything nor one that another contradicts is believed so soon.
        """
        container, folder = wanted.container, Path(self._journal.record.output, wanted.to)
        seen: dict[str, Blob] = {}
        quiet, doubted = 0, False
        for look in range(LOOKS):
            try:
                found = await self._listed(wanted)
            except GatewayError as error:
                self._miss(Unfetched(container, "", str(error)))
                return
            fresh = [blob for blob in found.values() if seen.get(blob.name) != blob]
            doubted = doubted or not found or not found.keys() >= seen.keys()
            if fresh or not look:
                await self._download(container, folder, fresh)
                quiet = 0
            else:
                quiet += 1
            if quiet == (DOUBTED if doubted else 1):
                return
            seen |= found
        # A container of others may be written to for ever; it is not deleted either.
        if self._journal.record.fact(Kind.CONTAINER, container) is not Fact.EXISTED:
            self._miss(Unfetched(container, "", "something still writes to it"))

    async def _listed(self, wanted: Wanted) -> dict[str, Blob]:
        """What the container holds by now, each blob once. Raises `GatewayError`."""
        blobs = await self._account.storage(
            lambda storage: matching(storage, wanted.container, wanted.files), long=True
        )
        return {blob.name: blob for blob in blobs}

    async def _download(self, container: str, folder: Path, blobs: Sequence[Blob]) -> None:
        plan = plan_download(blobs, folder)
        for blob in plan.skipped:
            self._miss(Unfetched(container, blob.name, blob.reason))
        pieces = [piece for piece in plan.pieces if self._is_free(piece, container)]
        with reporting(self._journal, Direction.DOWN, container, str(folder)) as report:
            failed = await download(self._account, container, pieces, report)
        for each in failed:
            self._miss(Unfetched(container, each.piece.blob, str(each.error)))

    def _is_free(self, piece: Piece, container: str) -> bool:
        other = self._taken.setdefault(piece.path, container)
        if other == container:
            return True
        reason = f"{piece.path} is the output of that name from container {other}"
        self._miss(Unfetched(container, piece.blob, reason))
        return False

    def _miss(self, output: Unfetched) -> None:
        self.missing.append(output)
        self._journal.say(
            NotFetched(container=output.container, blob=output.blob, reason=output.reason)
        )
