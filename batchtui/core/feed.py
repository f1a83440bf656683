"""A feed keeps one remote value fresh."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from batchtui.core.gateway import GatewayError
from batchtui.core.outage import Outage
from batchtui.core.traffic import Traffic

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """The last value that a feed saw, and how far to trust it.

    `at` is the feed's clock when the service was asked for the value, or for the oldest part of it;
    None before the first one. It takes no part in equality: an unchanged value is an equal reading,
    and nothing downstream redraws.
    """

    value: T
    error: str = ""
    at: float | None = field(default=None, compare=False)
    known: bool = False
    """Whether `value` came from the service rather than being the empty start."""
    missing: bool = False
    """Whether what `value` tells of no longer exists, as the service last said."""

    @property
    def fresh(self) -> bool:
        """Whether `value` is the service's last answer, not an older one kept through a failure.

        Only such a reading is news for whoever keeps a history.
        """
        return self.known and not self.error


@dataclass(frozen=True, slots=True)
class About:
    """What a value says of itself where it has several parts, each asked for by itself."""

    at: float
    """When the oldest of the parts was asked for."""
    error: str = ""
    """Why a part of it is not fresh."""
    asked: bool = True
    """Whether the service was asked for any part this time."""
    left: bool = False
    """Whether parts that are due were left for the next look, which is to come soon."""


def whole(_value: object, at: float) -> About:
    """Of a value that was asked for in one piece."""
    return About(at)


def _always() -> bool:
    return True


class Feed(Generic[T]):
    """Fetches while somebody looks: never two fetches at once, slower after each failure.

    A failure keeps the last good value and marks it with the error. A feed rests `every` seconds
    between fetches, but never less than `REST_RATIO` times what the last fetch took: a slow
    service is asked less often, until others find that it is quick again. After failures it rests
    twice as long each time; how the feeds of an account find out for each other that the service is
    back stands in `Outage`.
    """

    REST_RATIO = 3.0
    AT_MOST = 60.0
    """Seconds of rest, however often fetching has failed and whatever the service asks for."""
    DOUBLINGS = 16
    """Failures in a row that double the rest: more would overflow, and change nothing."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[T]],
        empty: T,
        *,
        every: float,
        traffic: Traffic,
        sweep: Callable[[], None] = lambda: None,
        needed: Callable[[], bool] = _always,
        about: Callable[[T, float], About] = whole,
        outage: Outage | None = None,
    ) -> None:
        """`sweep` has the next fetch read everything, where fetches read changes alone. While
        nothing is `needed`, the value is `empty`. `about` gets a value and when it was asked for.
        `outage`: whom failures are shared with, if not with all feeds of `traffic`."""
        self.reading: Reading[T] = Reading(empty)
        self.failure: GatewayError | None = None
        """Of the last look, if it failed as a whole."""
        self.every = every
        self.in_sight = True
        """Whether what it reads is on screen: what is not waits where requests are scarce."""
        self.next_look: float | None = None
        """When it looks again, on the clock of `traffic`; None while it looks or nobody does."""
        self._fetch = fetch
        self._empty = empty
        self._traffic = traffic
        self.sweep = sweep
        """Have the next look read everything, where looks read changes alone."""
        self._needed = needed
        self._about = about
        self._outage = outage or traffic.outage
        self._subscribers: list[Callable[[Reading[T]], None]] = []
        self._broken: set[Callable[[Reading[T]], None]] = set()
        self._looked_at = asyncio.Event()
        self._asked = asyncio.Event()
        self._changed = asyncio.Event()
        self._fetching = asyncio.Lock()
        self._epoch = 0
        self._news = self._left = False
        self._failures = 0
        self._ended = float("-inf")
        self._took = self._slowest = 0.0
        self._cost = 1
        """Requests that the last look took."""

    @property
    def looked_at(self) -> bool:
        """Whether anybody looks; a feed that nobody looks at makes no requests."""
        return self._looked_at.is_set()

    @looked_at.setter
    def looked_at(self, looked_at: bool) -> None:
        if looked_at:
            self._looked_at.set()
        elif self._looked_at.is_set():
            self._looked_at.clear()
            self.next_look = None
            self._outage.reconsider()

    @property
    def age(self) -> float | None:
        """Seconds since the value was asked for; None before the first one."""
        return None if self.reading.at is None else self._traffic.clock() - self.reading.at

    @property
    def next_in(self) -> float | None:
        """Seconds until it looks again; None while it looks, or where it does not."""
        if self.next_look is None:
            return None
        return max(0.0, self.next_look - self._traffic.clock())

    def subscribe(self, callback: Callable[[Reading[T]], None]) -> Callable[[], None]:
        """Call back with the present reading and every later one; returns how to stop that.

        What the callback raises is logged, and reaches neither the feed nor other subscribers.
        """
        self._subscribers.append(callback)
        self._tell(callback, self.reading)
        return lambda: self._subscribers.remove(callback)

    def refresh(self) -> None:
        """Look again now, at everything, because the user wants to."""
        self.sweep()
        self.hurry()

    def hurry(self) -> None:
        """Look again now, because of something that the user did."""
        self._asked.set()
        self._changed.set()

    def news(self) -> None:
        """Look again as soon as polls may, because of something that another feed read."""
        self._news = True
        self._changed.set()

    def reconsider(self) -> None:
        """Reckon anew how long to rest."""
        self._changed.set()

    def reset(self) -> None:
        """Forget the value, and the answer of any fetch under way: the question has changed."""
        self._epoch += 1
        self._publish(Reading(self._empty))
        self.hurry()

    def ask_anew(self) -> None:
        """The question has changed, and its last answer may stand until the new one comes."""
        self._epoch += 1
        self.hurry()

    async def run(self) -> None:
        """Poll until cancelled."""
        if self.reading.fresh:
            self._ended = self._traffic.clock()
        try:
            looks = 0
            while True:
                await self._rest()
                await self._looked_at.wait()
                if looks and self._traffic.paused:
                    await self._unless_asked(self._traffic.flowing())
                self.next_look = self._traffic.clock() + self._traffic.throttled
                await self._unless_asked(self._traffic.patience())
                cost = self._cost
                await self._unless_asked(self._traffic.budget.take(cost, seen=self.in_sight))
                looks += 1
                await self._once(asked=self._asked.is_set(), paid=cost)
        finally:
            self.next_look = None
            self._outage.leave(self)

    async def poll(self) -> bool:
        """Fetch and publish once, at once; say whether it worked."""
        return await self._once(asked=True)

    async def _once(self, *, asked: bool, paid: int = 0) -> bool:
        """Look once. Where nobody `asked`, so many requests have been taken from the budget."""
        self._asked.clear()
        self.next_look = None
        async with self._fetching:
            with self._traffic.looking(asked=asked) as look:
                try:
                    return await self._look()
                finally:
                    self._slowest = look.slowest
                    self._cost = max(1, look.requests)
                    if not asked:
                        self._traffic.budget.spend(look.requests - paid)

    async def _look(self) -> bool:
        clock = self._traffic.clock
        epoch, started, self._news = self._epoch, clock(), False
        if not self._needed():
            self._failures, self._took, self._ended = 0, 0.0, started
            self._outage.leave(self)
            if epoch == self._epoch:
                self._publish(Reading(self._empty, at=started, known=True))
            return True
        self._outage.begin(self)
        try:
            value = await self._fetch()
        except GatewayError as error:
            self._failures += 1
            self.failure = error
            self._outage.failed(self, error)
            if epoch == self._epoch:
                self._publish(replace(self.reading, error=str(error), missing=error.missing))
            return False
        else:
            self._failures = 0
            self.failure = None
            about = self._about(value, started)
            self._left = about.left
            if about.asked:
                self._outage.worked(self)
            else:
                self._outage.leave(self)
            if epoch == self._epoch:
                self._publish(Reading(value, about.error, at=about.at, known=True))
            return not about.error
        finally:
            self._ended = clock()
            self._took = self._ended - started

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

    def _due(self) -> float:
        """When the next look is due."""
        if self._failures:
            rest = self.every * 2 ** min(self._failures, self.DOUBLINGS)
            rest = max(rest, self._took * self.REST_RATIO)
            return self._outage.due(self, min(rest, self.AT_MOST))
        if self._news:
            return self._traffic.clock()
        every = self.every
        if self.reading.error:
            # A part that failed is asked for as soon as a whole that did.
            every = min(every, self._outage.soon)
        if self._left:
            every /= 2
        took = self._took
        if took * self.REST_RATIO > self.every and self._slowest > 0:
            # It may be quick again by now, as the requests of others tell.
            took *= min(1.0, self._traffic.latency / self._slowest)
        return self._ended + min(max(every, took * self.REST_RATIO), self.AT_MOST)

    async def _rest(self) -> None:
        """Until the next look is due, or the user asks for it."""
        while not self._asked.is_set():
            self._changed.clear()
            due = self._due()
            left = due - self._traffic.clock()
            if left <= 0:
                return
            self.next_look = due if self.looked_at else None
            # How quick the service is by now is looked at while that may cut the rest short; of an
            # outage's end the feed is told.
            slow = left > self.every and not self._failures
            with suppress(TimeoutError):
                async with asyncio.timeout(self.every / 4 if slow else left):
                    await self._changed.wait()

    async def _unless_asked(self, waiting: Coroutine[Any, Any, None]) -> None:
        """Until that is over, or the user asks for a look."""
        if self._asked.is_set():
            waiting.close()
            return
        ends = asyncio.create_task(waiting), asyncio.create_task(self._asked.wait())
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
