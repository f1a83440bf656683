"""What the requests of one account amount to, and whether the service asks for patience."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from batchtui.core.outage import Outage
from batchtui.core.request_budget import RequestBudget
from batchtui.core.service_clock import Now, ServiceClock, utc_now


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it went over the wire. The path carries no query: a query may hold a SAS."""

    method: str
    path: str
    status: int | None
    """None when no answer came."""
    seconds: float
    at: float


@dataclass(slots=True)
class Look:
    """The requests that a look at something sent so far."""

    asked: bool
    """Whether the user asked for it; else it is a poll."""
    requests: int = 0
    slowest: float = 0.0
    """Seconds that the slowest one took."""


_look: ContextVar[Look | None] = ContextVar("look", default=None)
"""The look that sends the requests of this task; None for commands."""


class Traffic:
    """Counts requests and remembers throttling, for all feeds and actions of an account.

    `clock` gives seconds that only grow.
    """

    KEPT = 500
    """Requests remembered, for the log of requests."""
    LONGEST_QUIET = 60.0
    """Seconds for which the service is left alone at the most, whatever it asks for."""
    SHORTEST_QUIET = 1.0
    LATELY = 2
    """Requests that tell how quick the service is at present."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Now = utc_now,
        polls_per_minute: int | None = None,
    ) -> None:
        """`wall`: this machine's time of day. `polls_per_minute`: the most requests that polling
        may cost; None for no limit."""
        self.clock = clock
        self.service_clock = ServiceClock(wall)
        self.budget = RequestBudget(polls_per_minute, clock=clock)
        self.outage = Outage(clock)
        self.recent: deque[Request] = deque(maxlen=self.KEPT)
        self.asked_for = 0.0
        """Seconds for which the service last asked to be left alone, however long."""
        self._polled: deque[float] = deque()
        self._commanded: deque[float] = deque()
        self._seconds: deque[float] = deque(maxlen=self.LATELY)
        self._quiet_until = 0.0
        self._flowing = asyncio.Event()
        self._flowing.set()

    def record(
        self, method: str, path: str, status: int | None, seconds: float, *, retry_after: float = 0
    ) -> None:
        """Note a request; `retry_after` is the service's plea for patience, in seconds."""
        now = self.clock()
        self.recent.append(Request(method, path, status, seconds, now))
        self._seconds.append(seconds)
        look = _look.get()
        if look is not None:
            look.requests += 1
            look.slowest = max(look.slowest, seconds)
        (self._commanded if look is None or look.asked else self._polled).append(now)
        self._forget(now)
        if status in (429, 503):
            self.asked_for = retry_after
            quiet = min(max(retry_after, self.SHORTEST_QUIET), self.LONGEST_QUIET)
            self._quiet_until = max(self._quiet_until, now + quiet)

    @contextmanager
    def looking(self, *, asked: bool) -> Iterator[Look]:
        """Count the requests of this task, and of those that it starts, as those of a look."""
        look = Look(asked)
        token = _look.set(look)
        try:
            yield look
        finally:
            _look.reset(token)

    @property
    def per_minute(self) -> int:
        """Requests in the last sixty seconds."""
        return self.polled_per_minute + self.commanded_per_minute

    @property
    def polled_per_minute(self) -> int:
        """Requests of polls in the last sixty seconds."""
        self._forget(self.clock())
        return len(self._polled)

    @property
    def commanded_per_minute(self) -> int:
        """Requests for what the user did in the last sixty seconds."""
        self._forget(self.clock())
        return len(self._commanded)

    @property
    def latency(self) -> float:
        """Seconds that the quicker of the last requests took; 0 before the first one."""
        return min(self._seconds, default=0.0)

    @property
    def throttled(self) -> float:
        """Seconds for which the service is still left alone, as it wants; 0 when it does not."""
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
        for times in (self._polled, self._commanded):
            while times and times[0] < now - 60:
                times.popleft()
