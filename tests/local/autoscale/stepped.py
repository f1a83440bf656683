"""Time that only goes by when a test says so."""

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

_START = 1_900_000_000 * 10**9


class StepAlarm:
    """Calls back unless it was cancelled before its time."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self._callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self._callback = None

    def ring(self) -> None:
        if self._callback:
            self._callback()


class StepPace:
    """A `Pace`: what waits for no time at all goes on at once, the rest waits for `step`."""

    def __init__(self) -> None:
        self._now = _START
        self._alarms: list[tuple[int, int, StepAlarm]] = []
        self._numbers = count()

    def time_ns(self) -> int:
        return self._now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> StepAlarm:
        alarm = StepAlarm(callback)
        if seconds <= 0:
            asyncio.get_running_loop().call_soon(alarm.ring)
        else:
            heappush(self._alarms, (self._now + round(seconds * 1e9), next(self._numbers), alarm))
        return alarm

    async def sleep(self, seconds: float) -> None:
        over = asyncio.Event()
        self.call_later(seconds, over.set)
        await over.wait()

    def step(self, seconds: float) -> None:
        """Let so much time go by, and everything in it happen that waited for its time."""
        end = self._now + round(seconds * 1e9)
        while self._alarms and self._alarms[0][0] <= end:
            self._now, _, alarm = heappop(self._alarms)
            alarm.ring()
        self._now = end
