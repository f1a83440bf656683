"""Node-hours that went by while somebody watched."""

from collections.abc import Iterable

from batchtui.core.models import PoolNodeCounts
from batchtui.core.prices import machines


class NodeHours:
    """Adds up nodes that cost something over time. Times are seconds on any one clock."""

    GAP = 300.0
    """Seconds beyond which nobody knows what was there between two readings."""

    def __init__(self) -> None:
        self.hours = 0.0
        self._last: tuple[float, int] | None = None

    def note(self, at: float, counts: Iterable[PoolNodeCounts]) -> None:
        """The nodes that were counted at that time, taken to have been as many since the last.

        What was counted before that is no news.
        """
        nodes = sum(machines(each.dedicated) + machines(each.low_priority) for each in counts)
        if self._last is not None:
            before, count = self._last
            if at < before:
                return
            if at - before <= self.GAP:
                self.hours += count * (at - before) / 3600
        self._last = at, nodes
