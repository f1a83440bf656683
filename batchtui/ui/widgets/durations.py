"""How long the tasks of a job took."""

from typing import ClassVar

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from batchtui.core.course import Course, Span, histogram
from batchtui.core.wording import in_time
from batchtui.ui.widgets.bar import bar
from batchtui.ui.widgets.tones import Spans, Tone, tone_classes, tone_css

LABEL, COUNT = 19, 8
"""Cells before and after a bar."""


class Durations(Widget):
    """A bar for each step of durations, and the usual ones in words."""

    COMPONENT_CLASSES: ClassVar[set[str]] = tone_classes()
    DEFAULT_CSS = f"""
    Durations {{ height: 1fr; }}
    {tone_css("Durations")}
    """

    course: reactive[Course] = reactive(Course)
    empty: reactive[str] = reactive("Looking…")
    """What to say where no task has ended."""

    def render_line(self, y: int) -> Strip:
        segments = (
            Segment(text, self.get_component_rich_style(f"tone--{tone or Tone.PLAIN}"))
            for text, tone in self._line(y)
        )
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

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
        label = f"{in_time(span.least):>8} – {in_time(span.most):<8}"  # noqa: RUF001
        drawn = bar(((span.count, Tone.ACTIVE),), most, width) if span.count else ()
        room = " " * (width if not span.count else 0)
        return ((label, Tone.MUTED), *drawn, (f"{room}{span.count:>{COUNT - 1},}", Tone.PLAIN))
