"""How a job went: when each of its tasks ran, and on which node.

Times are seconds since 1970, so that thousands of them are counted and compared quickly.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from msgspec import Struct

from batchtui.core.models import Task


class Stint(Struct, frozen=True, gc=False):
    """The last time that a task ran; earlier attempts leave no trace in the service."""

    task_id: str
    node_id: str
    start: float
    end: float | None = None
    """None while it runs."""
    failed: bool = False


class Lane(Struct, frozen=True, eq=False):
    """What one node did for the job."""

    node_id: str
    stints: tuple[Stint, ...]
    """By their start."""
    starts: tuple[float, ...]
    failed: int
    slots: int
    """The most tasks that it ran at a time."""
    longest: float
    """Seconds of the longest stint that has ended: how far back to look for what still lasts."""

    open_since: float | None = None
    """The start of the oldest stint that has not ended."""

    def between(self, begin: float, end: float) -> Sequence[Stint]:
        """The stints that may reach into that time, and a few before it."""
        earliest = begin - self.longest
        if self.open_since is not None:
            earliest = min(earliest, self.open_since)
        return self.stints[bisect_left(self.starts, earliest) : bisect_right(self.starts, end)]


class Course(Struct, frozen=True, eq=False):
    """Compared by identity: it may hold ten thousands of tasks."""

    lanes: tuple[Lane, ...] = ()
    """By node."""
    starts: tuple[float, ...] = ()
    ends: tuple[float, ...] = ()
    failures: tuple[float, ...] = ()
    """When tasks that failed ended; those too that never started."""
    durations: tuple[float, ...] = ()
    """Seconds, of tasks that have ended. These four are sorted."""
    tasks: int = 0
    complete: bool = True
    """Whether the job has no more tasks than these."""
    latest: float = 0.0
    """The last change of any task's state."""

    @property
    def begin(self) -> float:
        return self.starts[0] if self.starts else 0.0

    def end(self, now: float) -> float:
        """When the last task ended, or `now` while any runs."""
        if len(self.starts) > len(self.ends):
            return max(now, self.latest)
        return self.ends[-1] if self.ends else self.begin

    def running_at(self, moment: float) -> int:
        """How many tasks ran at that moment."""
        return bisect_right(self.starts, moment) - bisect_right(self.ends, moment)

    def ended_between(self, begin: float, end: float) -> tuple[int, int]:
        """How many tasks ended after `begin` and until `end`, and how many of them failed."""
        both = (self.ends, self.failures)
        ended, failed = (bisect_right(t, end) - bisect_right(t, begin) for t in both)
        return ended, min(failed, ended)

    def progress(self, points: int) -> Sequence[tuple[float, int]]:
        """When tasks ended and how many had by then, at so many points or a few more."""
        step = max(1, len(self.ends) // points)
        places = range(len(self.ends) - 1, -1, -step)
        return tuple((self.ends[place], place + 1) for place in reversed(places))

    def quantile(self, share: float) -> float:
        """The seconds within which that share of the tasks was done; 0 before any was."""
        if not self.durations:
            return 0.0
        return self.durations[min(len(self.durations) - 1, int(share * len(self.durations)))]


class Span(Struct, frozen=True):
    """How many tasks took between `least` and `most` seconds."""

    least: float
    most: float
    count: int


EVEN = 20
"""The longest task over the shortest one from which on even steps would put all in one step."""


def histogram(course: Course, steps: int) -> tuple[Span, ...]:
    """The durations in `steps` steps: even ones, or of even ratio where durations differ much."""
    times = course.durations
    if not times or steps < 1:
        return ()
    low, high = max(times[0], 0.001), max(times[-1], 0.001)
    if high - low < 0.001:
        return (Span(low, high, len(times)),)
    ratio = high / low
    if ratio > EVEN:
        bounds = [low * ratio ** (step / steps) for step in range(steps + 1)]
    else:
        bounds = [low + (high - low) * step / steps for step in range(steps + 1)]
    cuts = [0, *(bisect_left(times, bound) for bound in bounds[1:-1]), len(times)]
    return tuple(
        Span(bounds[step], bounds[step + 1], cuts[step + 1] - cuts[step]) for step in range(steps)
    )


def course_of(tasks: Iterable[Task], *, complete: bool) -> Course:
    """Lay out the tasks in time."""
    tasks = list(tasks)
    stints = [stint for task in tasks if (stint := _stint(task)) is not None]
    stints.sort(key=attrgetter("node_id", "start"))
    ended = [stint for stint in stints if stint.end is not None]
    ends = [task.execution_info.end_time for task in tasks if task.failed]
    changes = (task.state_transition_time for task in tasks)
    return Course(
        lanes=tuple(
            _lane(node, tuple(each)) for node, each in groupby(stints, attrgetter("node_id"))
        ),
        starts=tuple(sorted(stint.start for stint in stints)),
        ends=tuple(sorted(stint.end for stint in ended if stint.end is not None)),
        failures=tuple(sorted(end.timestamp() for end in ends if end is not None)),
        durations=tuple(sorted(_length(stint) for stint in ended)),
        tasks=len(tasks),
        complete=complete,
        latest=max((change.timestamp() for change in changes if change is not None), default=0.0),
    )


def _stint(task: Task) -> Stint | None:
    """None of a task that has not started, or never did."""
    ran = task.execution_info
    if ran.start_time is None or not task.node_info.node_id:
        return None
    start = ran.start_time.timestamp()
    end = None if ran.end_time is None else max(start, ran.end_time.timestamp())
    return Stint(task.id, task.node_info.node_id, start, end, task.failed)


def _lane(node_id: str, stints: tuple[Stint, ...]) -> Lane:
    moments = [(stint.start, 1) for stint in stints]
    moments += [(stint.end, -1) for stint in stints if stint.end is not None]
    at_once = most = 0
    for _, change in sorted(moments):
        at_once += change
        most = max(most, at_once)
    return Lane(
        node_id=node_id,
        stints=stints,
        starts=tuple(stint.start for stint in stints),
        failed=sum(stint.failed for stint in stints),
        slots=most,
        longest=max((_length(stint) for stint in stints if stint.end is not None), default=0.0),
        open_since=next((stint.start for stint in stints if stint.end is None), None),
    )


def _length(stint: Stint) -> float:
    return 0.0 if stint.end is None else stint.end - stint.start
