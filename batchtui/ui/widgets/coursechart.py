"""A job over time: how many tasks ended, and how many ran."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from textual.reactive import reactive
from textual.strip import Strip

from batchtui.core.course import Course
from batchtui.ui.widgets.ganttcells import Scope
from batchtui.ui.widgets.painted import Painted
from batchtui.ui.widgets.timeaxis import axis
from batchtui.ui.widgets.tones import Spans, Tone

EIGHTHS = " ▁▂▃▄▅▆▇█"


class CourseChart(Painted):
    """Two charts of columns, one above the other, over the same time, which is marked below.

    Of a job of which not all tasks are known it says that it is about "these".
    """

    MARKED = 6
    """Lines from which on there is room for the marks of time."""

    DEFAULT_CSS = "CourseChart { height: 1fr; }"

    course: reactive[Course] = reactive(Course)
    empty: reactive[str] = reactive("Looking…")
    """What to say where no task has started."""
    span: reactive[tuple[float, float]] = reactive((0.0, 1.0))
    """The time to show, in seconds since 1970."""
    now: reactive[float] = reactive(0.0)

    def render_line(self, y: int) -> Strip:
        return self.line(self._line(y))

    def _line(self, y: int) -> Spans:
        if not self.course.starts:
            return ((self.empty if y == 0 else "", Tone.MUTED),)
        height = self.size.height
        if height >= self.MARKED:
            height -= 1
            if y == height:
                return ((axis(self._scope, self.course.begin), Tone.MUTED),)
        upper = height // 2
        return self._ended(upper)[y] if y < upper else self._ran(height - upper)[y - upper]

    def _title(self, what: str) -> tuple[str, str]:
        return (f"{'tasks' if self.course.complete else 'of these'} {what} ", Tone.MUTED)

    @property
    def _scope(self) -> Scope:
        return Scope(*self.span, self.size.width)

    def _ended(self, height: int) -> list[Spans]:
        scope = self._scope
        columns = ended(self.course, scope)
        most = max((count for count, _ in columns), default=0)
        tones = [_tone(count, failed) for count, failed in columns]
        per_minute = most / scope.cell * 60
        title = (self._title("ended"), (_rate(per_minute), Tone.PLAIN))
        return [title, *_drawn([count for count, _ in columns], most, tones, height - 1)]

    def _ran(self, height: int) -> list[Spans]:
        scope = self._scope
        columns = running(self.course, scope, self.now)
        most = max(columns, default=0)
        title = (self._title("running"), (f"up to {most:,} at a time", Tone.PLAIN))
        tones = [Tone.ACTIVE] * len(columns)
        return [title, *_drawn(columns, most, tones, height - 1)]


def ended(course: Course, scope: Scope) -> list[tuple[int, int]]:
    """How many tasks ended in each cell's time, and how many of them failed."""
    edges = [scope.begin + cell * scope.cell for cell in range(scope.width + 1)]
    return [course.ended_between(*edges[cell : cell + 2]) for cell in range(scope.width)]


def running(course: Course, scope: Scope, now: float) -> list[int]:
    """How many tasks ran in the middle of each cell's time; none where that is to come."""
    end = max(now, course.latest)
    begins = (scope.begin + cell * scope.cell for cell in range(scope.width))
    return [
        course.running_at(min(begin + scope.cell / 2, end)) if begin <= end else 0
        for begin in begins
    ]


def _drawn(values: Sequence[int], most: int, tones: Sequence[Tone], height: int) -> list[Spans]:
    """Columns of eighths of a cell; what is not nothing shows."""
    if height < 1:
        return []
    steps = [max(1, round(value / most * height * 8)) if value and most else 0 for value in values]
    rows: list[Spans] = []
    for row in reversed(range(height)):
        cells = zip((EIGHTHS[min(8, max(0, step - row * 8))] for step in steps), tones, strict=True)
        runs = groupby(cells, itemgetter(1))
        rows.append(tuple(("".join(char for char, _ in run), tone) for tone, run in runs))
    return rows


def _tone(count: int, failed: int) -> Tone:
    if not failed:
        return Tone.GOOD
    return Tone.BAD if failed * 2 >= count else Tone.WARNING


def _rate(per_minute: float) -> str:
    if per_minute >= 600:
        return f"up to {per_minute / 60:,.0f} a second"
    return f"up to {per_minute:,.0f} a minute" if per_minute >= 1 else "less than one a minute"
