"""How long the tasks of a job took."""

from textual.reactive import reactive
from textual.strip import Strip

from batchtui.core.course import Course, Span, histogram
from batchtui.core.wording import in_time
from batchtui.ui.widgets.bar import bar
from batchtui.ui.widgets.painted import Painted
from batchtui.ui.widgets.tones import Spans, Tone

LABEL, COUNT = 19, 8
"""Cells before and after a bar."""


class Durations(Painted):
    """A bar for each step of durations, and the usual ones in words."""

    DEFAULT_CSS = "Durations { height: 1fr; }"

    course: reactive[Course] = reactive(Course)
    empty: reactive[str] = reactive("Looking…")
    """What to say where no task has ended."""

    def render_line(self, y: int) -> Strip:
        return self.line(self._line(y))

    def _line(self, y: int) -> Spans:
        course = self.course
        if not course.durations:
            return ((self.empty if y == 0 else "", Tone.MUTED),)
        if y == 0:
            within = " within" if self.size.width >= 60 else ""
            return (
                (f"half{within} ", Tone.MUTED), (in_time(course.quantile(0.5)), Tone.STRONG),
                (f" · 95 %{within} ", Tone.MUTED), (in_time(course.quantile(0.95)), Tone.PLAIN),
                (" · longest ", Tone.MUTED), (in_time(course.durations[-1]), Tone.PLAIN),
            )  # fmt: skip
        spans = histogram(course, max(1, self.size.height - 1))
        return self._bar(spans, y - 1) if y <= len(spans) else ()

    def _bar(self, spans: tuple[Span, ...], index: int) -> Spans:
        span = spans[index]
        most = max(each.count for each in spans)
        width = max(1, self.size.width - LABEL - COUNT)
        label = f"{_told(span.least):>8} – {_told(span.most):<8}"  # noqa: RUF001
        drawn = bar(((span.count, Tone.ACTIVE),), most, width) if span.count else ()
        room = " " * (width if not span.count else 0)
        return ((label, Tone.MUTED), *drawn, (f"{room}{span.count:>{COUNT - 1},}", Tone.PLAIN))


def _told(seconds: float) -> str:
    """As everywhere, but for tasks so short that a tenth of a second tells no two steps apart."""
    return f"{seconds * 1000:.0f} ms" if seconds < 0.95 else in_time(seconds)
