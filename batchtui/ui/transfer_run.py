"""A transfer that goes on, whichever screen is on top."""

from collections.abc import Callable, Sequence

from batchtui.core.gateway import Counted
from batchtui.core.transfer import FailedPiece, Move, MoveAll, Piece, Progress, move_all
from batchtui.core.wording import in_bytes, many, some

REASONS = 2
"""Failures that are told in full where there is room for a sentence alone."""


class TransferRun:
    """Moves files in the background; tried again, it moves those that have not arrived."""

    def __init__(
        self,
        title: str,
        pieces: Sequence[Piece],
        move: Move,
        *,
        move_all: MoveAll = move_all,
        skipped: Sequence[str] = (),
        ended: Callable[["TransferRun"], None],
    ) -> None:
        """`title` is such as `Upload to input`.

        `move_all` is `save_all` for a download. `skipped` are files that are not part of it, each
        with why: `a//b: its name …`.
        `ended` is called each time that it has come to an end, or was stopped.
        """
        self.title = title
        self.progress = Progress(of_files=len(pieces), of_size=sum(each.size for each in pieces))
        self.failed: tuple[FailedPiece, ...] = ()
        """What was tried and did not arrive, and why."""
        self.skipped = tuple(skipped)
        self.running = False
        self.done = False
        self.told: Callable[[], None] = lambda: None
        """Not called for each few bytes: who shows the progress looks at it now and then."""
        self._pieces = tuple(pieces)
        self._arrived: set[Piece] = set()
        self._move = move
        self._move_all = move_all
        self._ended = ended

    @property
    def failure(self) -> str:
        """Which files did not arrive, and why, in a sentence or two; empty while none failed."""
        if not self.failed:
            return ""
        if self.alone:
            return str(self.failed[0].error)
        reasons = " ".join(_sentence(each) for each in self.failed[:REASONS])
        rest = len(self.failed) - REASONS
        more = f" And {rest:,} more." if rest > 0 else ""
        return f"{many(len(self.failed), 'file')} failed. {reasons}{more}"

    @property
    def alone(self) -> bool:
        """Whether it is about one file."""
        return len(self._pieces) + len(self.skipped) == 1

    @property
    def caption(self) -> str:
        """`Upload to input 3/12`."""
        return f"{self.title} {self.progress.files:,}/{self.progress.of_files:,}"

    @property
    def outcome(self) -> str:
        """What came of it by now: `3 of 12 files, 1.2 MB.`"""
        progress = self.progress
        files = many(progress.of_files, "file")
        said = f"{progress.files:,} of {files}, {in_bytes(progress.size)}."
        return " ".join(filter(None, (said, self.failure, self.not_tried)))

    @property
    def not_tried(self) -> str:
        """Which files are no part of it, in a sentence; empty while all are."""
        if not self.skipped:
            return ""
        return f"Skipped {many(len(self.skipped), 'file')}: {some(self.skipped, at_most=REASONS)}."

    @property
    def lines(self) -> tuple[str, ...]:
        """Each file that has not arrived, with why."""
        failed = (f"{each.piece.blob}: {each.error}" for each in self.failed)
        return (*failed, *self.skipped)

    @property
    def faulty(self) -> bool:
        """Whether something of it has not arrived, tried or not."""
        return bool(self.failed or self.skipped)

    @property
    def noun(self) -> str:
        return "transfer"

    @property
    def abandoned(self) -> str:
        return "Files that are through by then stay where they are; the others are not transferred."

    async def carry_out(self) -> None:
        self.running, self.done, self.failed = True, False, ()
        self.told()
        try:
            rest = [piece for piece in self._pieces if piece not in self._arrived]
            self.failed = await self._move_all(self._move_one, rest, self._take)
            self.done = not self.failed
        finally:
            self.running = False
            self._ended(self)

    async def _move_one(self, piece: Piece, counted: Counted) -> None:
        await self._move(piece, counted)
        self._arrived.add(piece)

    def _take(self, progress: Progress) -> None:
        """Progress of those that were left, on top of what had arrived before."""
        files = len(self._pieces) - progress.of_files
        size = sum(piece.size for piece in self._pieces) - progress.of_size
        self.progress = Progress(
            files=files + progress.files,
            of_files=len(self._pieces),
            size=size + progress.size,
            of_size=size + progress.of_size,
            failed=progress.failed,
        )


def _sentence(each: FailedPiece) -> str:
    return f"{str(each.error).rstrip('.')}."
