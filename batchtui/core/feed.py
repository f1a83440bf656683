"""A feed keeps one remote value fresh."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from batchtui.core.gateway import GatewayError
from batchtui.core.traffic import Traffic

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """The last value that a feed saw, and how far to trust it.

    `at` is the feed's clock when the value was fetched, None before the first one. It takes no
    part in equality: an unchanged value is an equal reading, and nothing downstream redraws.
    """

    value: T
    error: str = ""
    at: float | None = field(default=None, compare=False)
    known: bool = False
    """Whether `value` came from the service rather than being the empty start."""

    @property
    def fresh(self) -> bool:
        """Whether `value` is the service's last answer, not an older one kept through a failure.

        Only such a reading is news for whoever keeps a history.
        """
        return self.known and not self.error


class Feed(Generic[T]):
    """Fetches while somebody looks: never two fetches at once, slower after each failure.

    A failure keeps the last good value and marks it with the error. A feed rests `every` seconds
    between fetches, but never less than `REST_RATIO` times what the last fetch took: a slow
    service is asked less often.
    """

    REST_RATIO = 3.0
    AT_MOST = 60.0
    """Seconds of rest, however often fetching has failed."""
    DOUBLINGS = 16
    """Failures in a row that double the rest: more would overflow, and change nothing."""

    def __init__(
        self, fetch: Callable[[], Awaitable[T]], empty: T, *, every: float, traffic: Traffic
    ) -> None:
        self.reading: Reading[T] = Reading(empty)
        self.every = every
        self._fetch = fetch
        self._empty = empty
        self._traffic = traffic
        self._subscribers: list[Callable[[Reading[T]], None]] = []
        self._broken: set[Callable[[Reading[T]], None]] = set()
        self._looked_at = asyncio.Event()
        self._wake = asyncio.Event()
        self._fetching = asyncio.Lock()
        self._epoch = 0
        self._took = 0.0

    @property
    def looked_at(self) -> bool:
        """Whether anybody looks; a feed that nobody looks at makes no requests."""
        return self._looked_at.is_set()

    @looked_at.setter
    def looked_at(self, looked_at: bool) -> None:
        if looked_at:
            self._looked_at.set()
        else:
            self._looked_at.clear()

    @property
    def age(self) -> float | None:
        """Seconds since the value was fetched; None before the first one."""
        return None if self.reading.at is None else self._traffic.clock() - self.reading.at

    def subscribe(self, callback: Callable[[Reading[T]], None]) -> Callable[[], None]:
        """Call back with the present reading and every later one; returns how to stop that.

        What the callback raises is logged, and reaches neither the feed nor other subscribers.
        """
        self._subscribers.append(callback)
        self._tell(callback, self.reading)
        return lambda: self._subscribers.remove(callback)

    def refresh(self) -> None:
        """Cut the present rest short."""
        self._wake.set()

    def reset(self) -> None:
        """Forget the value, and the answer of any fetch under way: the question has changed."""
        self._epoch += 1
        self._publish(Reading(self._empty))
        self.refresh()

    def ask_anew(self) -> None:
        """The question has changed, and its last answer may stand until the new one comes."""
        self._epoch += 1
        self.refresh()

    async def run(self) -> None:
        """Poll until cancelled."""
        failures = 0
        while True:
            await self._looked_at.wait()
            self._wake.clear()
            failures = 0 if await self.poll() else failures + 1
            rest = max(
                self.every * 2 ** min(failures, self.DOUBLINGS), self._took * self.REST_RATIO
            )
            await self._rest(min(rest, self.AT_MOST))
            if self._traffic.paused:
                await self._pause()

    async def poll(self) -> bool:
        """Fetch and publish once; say whether it worked."""
        async with self._fetching:
            await self._traffic.patience()
            epoch, started = self._epoch, self._traffic.clock()
            try:
                value = await self._fetch()
            except GatewayError as error:
                if epoch == self._epoch:
                    self._publish(replace(self.reading, error=str(error)))
                return False
            finally:
                self._took = self._traffic.clock() - started
            if epoch == self._epoch:
                self._publish(Reading(value, at=self._traffic.clock(), known=True))
            return True

    def _publish(self, reading: Reading[T]) -> None:
        self.reading = reading
        for callback in tuple(self._subscribers):
            self._tell(callback, reading)

    def _tell(self, callback: Callable[[Reading[T]], None], reading: Reading[T]) -> None:
        try:
            callback(reading)
        except Exception:
            # A fault in one pane must not end the feed that all others live on.
            if callback not in self._broken:
                self._broken.add(callback)
                log.exception("A subscriber could not take a reading")
        else:
            self._broken.discard(callback)

    async def _pause(self) -> None:
        """Until the pause is over, or somebody asks for a look all the same."""
        ends = asyncio.create_task(self._traffic.flowing()), asyncio.create_task(self._wake.wait())
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
