"""An order to many things that goes on, whichever screen is on top."""

import re
from collections.abc import Callable

from batchtui.core.bulk import Fate, Undertaking
from batchtui.core.wording import many

ABANDONED = "What an order has done by then stays done; the rest is left as it is."


class BulkRun:
    """Carries out an order to many things in the background, as often as it is tried again."""

    def __init__(
        self,
        title: str,
        bulk: Undertaking,
        *,
        noun: str,
        ended: Callable[["BulkRun"], None],
        abandoned: str = "",
    ) -> None:
        """`title` is that of the order, `noun` what its pieces are called.

        `ended` is called each time that it has come to an end, or was stopped.
        """
        self.title = title
        self.bulk = bulk
        self.pieces = noun
        self.running = False
        self.stopped = False
        """Whether it was ended before it was through."""
        self.changes = 0
        """How often anything of it has changed, so that nobody draws what is no news."""
        self.told: Callable[[], None] = lambda: None
        """Not called for each thing: who shows the progress looks at it now and then."""
        self._ended = ended
        self._abandoned = abandoned or ABANDONED
        bulk.told = self._count

    @property
    def heading(self) -> str:
        """`Delete 5,000 tasks`, or `Copy tasks to night-2: 4 tasks`."""
        pieces = many(self.bulk.counts.total(), self.pieces)
        words, found = re.subn(rf"\b{self.pieces}\b", pieces, self.title, count=1)
        return words if found else f"{self.title}: {pieces}"

    @property
    def caption(self) -> str:
        """`Deleting tasks 1,200/5,000`, and how much of that failed."""
        counts = self.bulk.counts
        through = counts[Fate.DONE] + counts[Fate.FAILED]
        failed = f" ✗{counts[Fate.FAILED]:,}" if counts[Fate.FAILED] else ""
        words = self.title if counts.total() == 1 else _of_several(self.title, self.pieces)
        return f"{_going_on(words)} {through:,}/{counts.total():,}{failed}"

    @property
    def outcome(self) -> str:
        """What came of it by now: `4,998 of 5,000 tasks done, 2 failed.`"""
        counts = self.bulk.counts
        parts = [f"{counts[Fate.DONE]:,} of {many(counts.total(), self.pieces)} done"]
        if counts[Fate.FAILED]:
            parts.append(f"{counts[Fate.FAILED]:,} failed")
        left = counts[Fate.WAITING] + counts[Fate.UNDER_WAY]
        if left:
            parts.append(f"{left:,} {'to go' if self.running else 'left as they were'}")
        return f"{', '.join(parts)}."

    @property
    def done(self) -> bool:
        """Whether nothing of it is left to do."""
        counts = self.bulk.counts
        return counts[Fate.DONE] == counts.total()

    @property
    def faulty(self) -> bool:
        """Whether something failed."""
        return bool(self.bulk.counts[Fate.FAILED])

    @property
    def noun(self) -> str:
        return "order"

    @property
    def abandoned(self) -> str:
        return self._abandoned

    async def carry_out(self) -> None:
        self.running, self.stopped = True, True
        self.told()
        try:
            await self.bulk.run()
            self.stopped = False
        finally:
            self.running = False
            self._ended(self)

    def _count(self) -> None:
        self.changes += 1


DOING = {
    "Bring": "Bringing", "Change": "Changing", "Copy": "Copying", "Deallocate": "Deallocating",
    "Delete": "Deleting", "Disable": "Disabling", "Drain": "Draining", "Enable": "Enabling",
    "Reboot": "Rebooting", "Reimage": "Reimaging", "Remove": "Removing", "Resize": "Resizing",
    "Run": "Running", "Start": "Starting", "Stop": "Stopping", "Take": "Taking",
    "Terminate": "Terminating",
}  # fmt: skip
"""The verbs that titles begin with, while it is done."""


def _of_several(title: str, noun: str) -> str:
    """`Delete tasks` for `Delete task`."""
    return re.sub(rf"\b{re.escape(noun)}\b", f"{noun}s", title, count=1)


def _going_on(title: str) -> str:
    """`Deleting tasks` for `Delete tasks`; a title that begins with no verb stays as it is."""
    verb, space, rest = title.partition(" ")
    return f"{DOING.get(verb, verb)}{space}{rest}"
