"""Samples of one pool, one each 30 seconds, and what a formula may ask about them."""

import math
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from batchtui.local.autoscale.values import DoubleVec

PERIOD = 30
"""Seconds between two samples."""
MOST = 24 * 3600 // PERIOD
"""Samples that are kept: those of a day."""
_MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in microseconds since 1970; its end belongs to it, its start does not."""

    start: int
    end: int

    @property
    def expected(self) -> int:
        """How many samples a faultless account would have taken."""
        return max(1, math.ceil((self.end - self.start) / (PERIOD * _MICROS)))


class History:
    """The samples of one pool: for each time the values of all metrics that are sampled."""

    def __init__(self, metrics: tuple[str, ...]) -> None:
        self._columns = {metric: column for column, metric in enumerate(metrics)}
        self._times: deque[int] = deque(maxlen=MOST)
        self._values: deque[array[float]] = deque(maxlen=MOST)

    def __len__(self) -> int:
        return len(self._times)

    def add(self, at: int, values: Mapping[str, float]) -> None:
        """Append a sample; the oldest makes room for it when there are too many."""
        self._times.append(at)
        self._values.append(array("d", [values[metric] for metric in self._columns]))

    @property
    def begin(self) -> int | None:
        """When the oldest sample was taken."""
        return self._times[0] if self._times else None

    def last(self, metric: str, count: int) -> DoubleVec:
        """The newest samples, at most so many, oldest first."""
        kept = len(self._values)
        return self._slice(metric, max(kept - count, 0), kept)

    def within(self, metric: str, span: Span) -> DoubleVec:
        """The samples of a stretch of time, oldest first."""
        first, after = self._bounds(span)
        return self._slice(metric, first, after)

    def percent(self, span: Span) -> float:
        """How many of the samples that could be there are there."""
        first, after = self._bounds(span)
        return min(100.0, 100 * (after - first) / span.expected)

    def _bounds(self, span: Span) -> tuple[int, int]:
        return bisect_right(self._times, span.start), bisect_right(self._times, span.end)

    def _slice(self, metric: str, first: int, after: int) -> DoubleVec:
        column = self._columns[metric]
        return tuple(values[column] for values in islice(self._values, first, after))
