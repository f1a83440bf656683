"""The service's time of day."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

Now = Callable[[], datetime]
"""Gives the time of day, aware."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class ServiceClock:
    """Tells the service's time from the dates of its answers, wherever this machine's clock stands.

    A date is in whole seconds, and is written at some time while the answer is waited for; the
    median of the last few dates is as good as that allows. Before the first answer this machine's
    clock is taken to be right.
    """

    KEPT = 9
    """Answers that are taken together."""
    ENOUGH = 3
    """Answers from which a difference is worth a word."""
    NOTICEABLE = timedelta(seconds=2)
    """Differences below it may come from how dates are written; ages must not jump with those."""
    LARGE = timedelta(minutes=1)
    """The difference from which it is worth a word."""

    def __init__(self, wall: Now = utc_now) -> None:
        """`wall` is this machine's clock."""
        self.offset = timedelta()
        """How far the service's clock is ahead of this machine's; negative where it is behind."""
        self._wall = wall
        self._offsets: deque[float] = deque(maxlen=self.KEPT)

    def note(self, date: datetime, seconds: float = 0.0) -> None:
        """Take in the date of an answer that has just come, and took so many seconds to come."""
        written = self._wall() - timedelta(seconds=seconds / 2)
        self._offsets.append((date - written).total_seconds() + 0.5)
        seen = timedelta(seconds=median(self._offsets))
        if abs(seen) < self.NOTICEABLE:
            self.offset = timedelta()
        elif abs(seen - self.offset) >= self.NOTICEABLE / 2:
            self.offset = seen

    def now(self) -> datetime:
        """The service's time of day."""
        return self._wall() + self.offset

    @property
    def difference(self) -> timedelta:
        """The offset where it is large and certain enough to be told of; else nothing."""
        told = len(self._offsets) >= self.ENOUGH and abs(self.offset) >= self.LARGE
        return self.offset if told else timedelta()
