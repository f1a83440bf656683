"""A node's lane as cells: how busy it was in each, and whether a task failed there."""

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate

from batchtui.core.course import Lane, Stint

LEVELS = "▁▂▃▄▅▆▇"
"""By how much of a cell's time and slots was in use. The highest leaves a gap to the row above."""
GAP = "─"
"""The node idled between tasks of the job."""
FAILED = "✗"


class Look(StrEnum):
    EVEN = "even"
    ODD = "odd"
    """So that two tasks, one after the other, are told apart."""
    OPEN = "open"
    FAILED = "failed"
    GAP = "gap"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Scope:
    """The stretch of time that is on screen, in `width` cells. Times are seconds since 1970."""

    begin: float
    end: float
    width: int
    cell: float = field(init=False)
    """Seconds that one cell stands for."""

    def __post_init__(self) -> None:
        cell = max(1e-6, (self.end - self.begin) / max(1, self.width))
        object.__setattr__(self, "cell", cell)

    def at(self, moment: float) -> int:
        """The cell of that moment, which may be off screen."""
        return int((moment - self.begin) // self.cell)

    def extent(self, stint: Stint, now: float) -> range:
        """The cells that a stint takes on screen, one at the least; none where it is off."""
        first, last = self.at(stint.start), self.at(stint.end if stint.end is not None else now)
        return range(max(0, first), min(self.width, max(first, last) + 1))


class _Tally:
    """Seconds in each cell, summed in one pass however long a stint is."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._parts = [0.0] * (scope.width + 1)
        self._steps = [0] * (scope.width + 1)

    def add(self, start: float, end: float) -> None:
        """Count the time from `start` to `end`, both of them on screen."""
        scope = self._scope
        first = min(scope.width - 1, scope.at(start))
        last = min(scope.width - 1, scope.at(end))
        if first == last:
            self._parts[first] += end - start
            return
        self._parts[first] += scope.begin + (first + 1) * scope.cell - start
        self._parts[last] += end - scope.begin - last * scope.cell
        if last > first + 1:
            self._steps[first + 1] += 1
            self._steps[last] -= 1

    def sums(self) -> list[float]:
        whole = accumulate(self._steps)
        cell = self._scope.cell
        return [part + count * cell for part, count in zip(self._parts, whole, strict=True)]


def lane_cells(lane: Lane, scope: Scope, now: float) -> list[tuple[str, Look]]:
    """A character and a look for each cell of the lane."""
    busy, failed, open_ = _Tally(scope), _Tally(scope), _Tally(scope)
    odd = [False] * scope.width
    ends: set[int] = set()
    last = 0.0
    for index, stint in enumerate(lane.between(scope.begin, scope.end)):
        end = now if stint.end is None else stint.end
        last = max(last, end)
        if end < scope.begin or stint.start > scope.end:
            continue
        start, stop = max(stint.start, scope.begin), min(end, scope.end)
        # A task that was over at once shows nevertheless.
        busy.add(start, max(stop, min(scope.end, start + scope.cell / 8)))
        if stint.end is None:
            open_.add(start, stop)
        if stint.failed:
            failed.add(start, stop)
            if end <= scope.end:
                ends.add(min(scope.width - 1, scope.at(end)))
        if index % 2 and lane.slots == 1:
            for cell in scope.extent(stint, now):
                odd[cell] = True
    first, final = scope.at(lane.starts[0]), scope.at(max(last, lane.stints[-1].start))
    full = scope.cell * max(1, lane.slots)
    cells: list[tuple[str, Look]] = []
    for cell, (used, bad, running) in enumerate(
        zip(busy.sums()[:-1], failed.sums(), open_.sums(), strict=False)
    ):
        if cell in ends:
            cells.append((FAILED, Look.FAILED))
        elif used <= 0:
            cells.append((GAP, Look.GAP) if first < cell < final else (" ", Look.NONE))
        else:
            level = min(len(LEVELS) - 1, int(used / full * len(LEVELS)))
            cells.append((LEVELS[level], _look(used, bad, running, odd=odd[cell])))
    return cells


def _look(used: float, bad: float, running: float, *, odd: bool) -> Look:
    if bad * 2 >= used:
        return Look.FAILED
    if running * 2 >= used:
        return Look.OPEN
    return Look.ODD if odd else Look.EVEN
