"""Hours in a moment: an event loop whose time goes on only while nothing is left to do."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    """Waits for nothing; the time that it was to wait is noted."""

    waited = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("everything waits, and nothing will ever happen")
        if not ready and timeout is not None:
            self.waited += max(0.0, timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its clock begins at 1,000 seconds; threads and sockets do not belong here."""

    def __init__(self) -> None:
        self._hands = _Selector()
        super().__init__(self._hands)

    def time(self) -> float:
        return 1_000.0 + self._hands.waited


def in_virtual_time(main: Coroutine[Any, Any, T]) -> T:
    """Run `main`; whoever sleeps an hour in it takes none. `now()` tells its time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def now() -> float:
    """The seconds of the loop that runs, for whatever takes a clock."""
    return asyncio.get_running_loop().time()
