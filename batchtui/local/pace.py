"""How time goes by in an account: as it really does, or faster.

Whatever the rules wait for, they wait for by the pace of their world, and the world's clock is set
by it: an account can be played at many times its speed, and tests can step through it. Requests
and processes are real whatever the pace: their timeouts are asyncio's own.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol


class Alarm(Protocol):
    """Something that will happen unless it is cancelled."""

    def cancel(self) -> None: ...


class Pace(Protocol):
    """The time of an account; seconds are seconds of that time."""

    def time_ns(self) -> int:
        """Nanoseconds since 1970."""
        ...

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Alarm:
        """Call back once, after so many seconds."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SteadyPace:
    """Time from now on, `speed` times as fast as it is."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._began = time.time_ns()

    def time_ns(self) -> int:
        now = time.time_ns()
        return now if self._speed == 1 else self._began + round((now - self._began) * self._speed)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Alarm:
        return asyncio.get_running_loop().call_later(seconds / self._speed, callback)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


@asynccontextmanager
async def time_limit(pace: Pace, seconds: float) -> AsyncIterator[None]:
    """As `asyncio.timeout`, by a pace: raises TimeoutError when the block takes longer."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(None) as timeout:
        alarm = pace.call_later(seconds, lambda: timeout.reschedule(loop.time()))
        try:
            yield
        finally:
            alarm.cancel()
