"""A transfer that goes on, whichever screen is on top."""

from collections.abc import Awaitable, Callable

from batchtui.core.gateway import GatewayError
from batchtui.core.transfer import Progress, Report
from batchtui.core.wording import in_bytes, many

Move = Callable[[Report], Awaitable[object]]
"""Transfers files, reporting how far it is. Raises `GatewayError` or `OSError` where it fails."""


class TransferRun:
    """Moves files in the background, as often as it is tried again."""

    def __init__(self, title: str, move: Move, *, ended: Callable[["TransferRun"], None]) -> None:
        """`title` is such as `Upload to input`.

        `ended` is called each time that it has come to an end, or was stopped.
        """
        self.title = title
        self.progress = Progress()
        self.failure = ""
        """Why it came to an end before it was through, as a sentence."""
        self.running = False
        self.done = False
        self.told: Callable[[], None] = lambda: None
        """Not called for each few bytes: who shows the progress looks at it now and then."""
        self._move = move
        self._ended = ended

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
        return f"{said} {self.failure}".strip()

    @property
    def faulty(self) -> bool:
        """Whether it failed."""
        return bool(self.failure)

    @property
    def noun(self) -> str:
        return "transfer"

    @property
    def abandoned(self) -> str:
        return "Files that are through by then stay where they are; the others are not transferred."

    async def carry_out(self) -> None:
        self.running, self.done, self.failure = True, False, ""
        self.told()
        try:
            await self._move(self._take)
            self.done = True
        except GatewayError as error:
            self.failure = str(error)
        except OSError as error:
            name = f" {error.filename}" if error.filename else ""
            self.failure = f"Could not read or write{name}: {error.strerror or error}."
        finally:
            self.running = False
            self._ended(self)

    def _take(self, progress: Progress) -> None:
        self.progress = progress
