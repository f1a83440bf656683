"""What the requests of one account amount to, and whether the service asks for patience."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it went over the wire. The path carries no query: a query may hold a SAS."""

    method: str
    path: str
    status: int | None
    """None when no answer came."""
    seconds: float
    at: float


class Traffic:
    """Counts requests and remembers throttling, for all feeds and actions of an account.

    `clock` gives seconds that only grow.
    """

    KEPT = 500
    """Requests remembered, for the log of requests."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.recent: deque[Request] = deque(maxlen=self.KEPT)
        self.clock_offset = timedelta()
        """How far the service's clock is ahead of this machine's, as far as is known."""
        self._times: deque[float] = deque()
        self._quiet_until = 0.0
        self._flowing = asyncio.Event()
        self._flowing.set()

    def record(
        self, method: str, path: str, status: int | None, seconds: float, *, retry_after: float = 0
    ) -> None:
        """Note a request; `retry_after` is the service's plea for patience, in seconds."""
        now = self.clock()
        self.recent.append(Request(method, path, status, seconds, now))
        self._times.append(now)
        self._forget(now)
        if status in (429, 503):
            self._quiet_until = max(self._quiet_until, now + max(retry_after, 1.0))

    def heard(self, date: datetime) -> None:
        """Note the service's time of day, in whole seconds, from an answer that has just come."""
        self.clock_offset = date - datetime.now(UTC)

    @property
    def per_minute(self) -> int:
        """Requests in the last sixty seconds."""
        self._forget(self.clock())
        return len(self._times)

    @property
    def throttled(self) -> float:
        """Seconds for which the service still wants to be left alone; 0 when it does not."""
        return max(0.0, self._quiet_until - self.clock())

    @property
    def paused(self) -> bool:
        """Whether the user wants nothing to be looked at again for now."""
        return not self._flowing.is_set()

    def pause(self) -> None:
        """Have every feed rest until `resume`; what a user asks for by itself is still done."""
        self._flowing.clear()

    def resume(self) -> None:
        self._flowing.set()

    async def flowing(self) -> None:
        """Wait for the end of a pause."""
        await self._flowing.wait()

    async def patience(self) -> None:
        """Wait as long as the service asked for by now."""
        await asyncio.sleep(self.throttled)

    def _forget(self, now: float) -> None:
        while self._times and self._times[0] < now - 60:
            self._times.popleft()
