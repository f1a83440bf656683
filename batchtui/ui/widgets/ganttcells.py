"""A node's lane as cells: how busy it was in each, and whether a task failed there."""

from bisect import bisect_left
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate

from batchtui.core.course import Lane, Stint

LEVELS = "▁▂▃▄▅▆▇"
"""By how much of a cell's time and slots was in use. The highest leaves a gap to the row above."""
GAP = "─"
"""The node idled between tasks of the job."""
FAILED = "✗"
ON = "▶"
"""The present, on a node where a task still runs."""


class Look(StrEnum):
    EVEN = "even"
    ODD = "odd"
    """So that two tasks, one after the other, are told apart."""
    OPEN = "open"
    FAILED = "failed"
    GAP = "gap"
    NONE = "none"


LOOKS = {
    Look.EVEN: "$success",
    Look.ODD: "$secondary 65%",
    Look.OPEN: "$primary",
    Look.FAILED: "$error",
    Look.GAP: "$track",
    Look.NONE: "",
}
"""Each look as a style."""


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


class _Survey:
    """What there is of a lane in each cell."""

    def __init__(self, lane: Lane, scope: Scope, now: float) -> None:
        self.busy, self.failed, self.running = (_Tally(scope) for _ in range(3))
        self.odd = [False] * scope.width
        self.ends: set[int] = set()
        """Where a task failed."""
        self.last = lane.stints[-1].start
        self._scope = scope
        stints = lane.between(scope.begin, scope.end)
        # Counted from the lane's beginning, so that a task's tone stays while time moves on.
        first = bisect_left(lane.starts, stints[0].start) if stints else 0
        for index, stint in enumerate(stints, first):
            end = now if stint.end is None else stint.end
            self.last = max(self.last, end)
            if end >= scope.begin and stint.start <= scope.end:
                self._add(stint, end)
                if index % 2 and lane.slots == 1:
                    cells = scope.extent(stint, now)
                    self.odd[cells.start : cells.stop] = [True] * len(cells)

    def _add(self, stint: Stint, end: float) -> None:
        scope = self._scope
        start, stop = max(stint.start, scope.begin), min(end, scope.end)
        # A task that was over at once shows nevertheless.
        self.busy.add(start, max(stop, min(scope.end, start + scope.cell / 8)))
        if stint.end is None:
            self.running.add(start, stop)
        if stint.failed:
            self.failed.add(start, stop)
            if end <= scope.end:
                self.ends.add(min(scope.width - 1, scope.at(end)))


def lane_cells(lane: Lane, scope: Scope, now: float) -> list[tuple[str, Look]]:
    """A character and a look for each cell of the lane."""
    survey = _Survey(lane, scope, now)
    first, final = scope.at(lane.starts[0]), scope.at(survey.last)
    full = scope.cell * max(1, lane.slots)
    running = survey.running.sums()
    edge = max((cell for cell, used in enumerate(running) if used > 0), default=-1)
    if scope.at(now) > scope.width:
        edge = -1
    cells: list[tuple[str, Look]] = []
    for cell, (used, bad) in enumerate(
        zip(survey.busy.sums()[:-1], survey.failed.sums(), strict=False)
    ):
        if cell in survey.ends:
            cells.append((FAILED, Look.FAILED))
        elif cell == edge:
            cells.append((ON, Look.OPEN))
        elif used <= 0:
            cells.append((GAP, Look.GAP) if first < cell < final else (" ", Look.NONE))
        else:
            level = min(len(LEVELS) - 1, int(used / full * len(LEVELS)))
            look = _look(used, bad, running[cell], odd=survey.odd[cell])
            cells.append((LEVELS[level], look))
    return cells


def _look(used: float, bad: float, running: float, *, odd: bool) -> Look:
    if bad * 2 >= used:
        return Look.FAILED
    if running * 2 >= used:
        return Look.OPEN
    return Look.ODD if odd else Look.EVEN
