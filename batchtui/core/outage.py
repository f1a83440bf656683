"""What the feeds of an account tell each other about a service that cannot be reached."""

from collections.abc import Callable
from typing import Protocol

from batchtui.core.gateway import GatewayError


class Waiting(Protocol):
    """Something that rests because its last look failed."""

    every: float

    @property
    def looked_at(self) -> bool: ...

    def reconsider(self) -> None:
        """Ask again when the next look is due."""
        ...


class Outage:
    """Knows whether anybody gets through. Times are seconds on a clock that only grows.

    While nobody does, one at a time of those who wait tries, the more seldom the longer it lasts.
    As soon as one gets through, nobody rests longer than between two looks in fair weather.
    """

    GAP = 1.25
    """Intervals from one try to the next, at first."""
    SHARE = 1 / 40
    """Of the time that the outage has lasted: how long the next try is waited for."""
    LONGEST = 60.0
    """Seconds from one try to the next, at the most."""
    SOON = 1.5
    """Intervals of whoever looks most often: what failed rests no longer where others get through,
    however seldom it looks in fair weather."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._through = self._recovered = self._tried = float("-inf")
        self._began: float | None = None
        self._shortest = float("inf")
        self._waiting: dict[Waiting, tuple[float, bool]] = {}
        """When each of them failed, and whether that may pass by itself."""

    @property
    def lasts(self) -> bool:
        """Whether nobody gets through."""
        return self._began is not None

    @property
    def soon(self) -> float:
        """Seconds that what failed rests where others get through."""
        return self._shortest * self.SOON

    def begin(self, who: Waiting) -> None:
        """Somebody tries."""
        self._tried = self._clock()
        self._shortest = min(self._shortest, who.every)

    def worked(self, who: Waiting) -> None:
        """Somebody got an answer."""
        self._through = self._clock()
        self._began = None
        if self._waiting.pop(who, None) is not None:
            self._recovered = self._through
        self.reconsider()

    def failed(self, who: Waiting, error: GatewayError) -> None:
        """Somebody got none, or not the one that was asked for."""
        now = self._clock()
        passing = error.transient or error.status == 401
        self._waiting[who] = now, passing
        if passing or error.status == 403:
            if self._began is None:
                self._began = now
        elif error.status is not None:
            # A refusal of this one question: the service is there.
            self._through, self._began = now, None
        self.reconsider()

    def leave(self, who: Waiting) -> None:
        """Somebody looks no more."""
        if self._waiting.pop(who, None) is not None:
            self.reconsider()

    def due(self, who: Waiting, rest: float) -> float:
        """When somebody who failed, and would rest so long by itself, is to try again."""
        failed, passing = self._waiting[who]
        if self._recovered > failed or (passing and self._through > failed):
            return failed + min(who.every, rest, self.soon)
        own = failed + rest
        if self._began is None or who is not self._next:
            return own
        now = self._clock()
        least = self.GAP * min(each.every for each in self._waiting)
        gap = min(max(least, (now - self._began) * self.SHARE), self.LONGEST)
        return min(own, max(self._tried + gap, failed + who.every))

    @property
    def _next(self) -> Waiting | None:
        """Whose turn it is to try: it will have rested for an interval first."""
        waiting = [each for each in self._waiting if each.looked_at]
        return min(waiting, key=lambda each: self._waiting[each][0] + each.every, default=None)

    def reconsider(self) -> None:
        """Whose turn it is may have changed."""
        for each in tuple(self._waiting):
            each.reconsider()
