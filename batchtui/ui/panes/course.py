"""How a job went: over time, by durations, and node by node."""

from datetime import UTC, datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import var

from batchtui.core.course import Course, Stint
from batchtui.core.feed import Reading
from batchtui.core.wording import in_time, many
from batchtui.ui.panes.frame import Pane
from batchtui.ui.widgets.coursechart import CourseChart
from batchtui.ui.widgets.durations import Durations
from batchtui.ui.widgets.gantt import Gantt
from batchtui.ui.widgets.tones import Spans, Tone, content, joined
from batchtui.ui.widgets.words import Words

NONE_STARTED = "No task of this job has started yet."


class CoursePane(Pane):
    """What all of them take from the same reading."""

    FEEDS = ("course",)

    course: var[Reading[Course]] = var(Reading(Course()), init=False)

    def watch_course(self, reading: Reading[Course]) -> None:
        self.take()
        if reading.known:
            self.show(reading.value)

    def show(self, course: Course) -> None:
        """The course is another one."""
        raise NotImplementedError


class OverTimePane(CoursePane):
    NAME = "Over time"

    span: var[tuple[float, float]] = var((0.0, 1.0), init=False)
    """The time to show, in seconds since 1970."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.chart = CourseChart()

    def compose(self) -> ComposeResult:
        yield self.chart
        yield from self.compose_trouble()

    def show(self, course: Course) -> None:
        self.chart.empty = NONE_STARTED
        self.chart.course = course
        self.summary = "" if course.complete else _these(course)

    def watch_span(self, span: tuple[float, float]) -> None:
        self.chart.span = span

    def watch_now(self, now: datetime) -> None:
        self.chart.now = now.timestamp()


class DurationsPane(CoursePane):
    NAME = "Durations"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.bars = Durations()

    def compose(self) -> ComposeResult:
        yield self.bars
        yield from self.compose_trouble()

    def show(self, course: Course) -> None:
        self.bars.empty = "No task has ended yet."
        self.bars.course = course
        self.summary = many(len(course.durations), "task") if course.durations else ""
        if not course.complete:
            ended = len(course.durations)
            self.summary = ("" if ended == course.tasks else f"{ended:,} of ") + _these(course)


class LanesPane(CoursePane):
    NAME = "Nodes and their tasks"
    HELP = """
A line for each node that ran tasks of the job, time going from left to right: the higher the
block, the more of the node's slots were busy. A thin line is a node that had nothing to do for
this job between two tasks of it, a cross a task that failed, an arrow the present where a task
still runs. Beside a node stand how many tasks it ran and how many of them failed.

The cursor is on a task, which the last line names: left and right go from task to task, up and down
from node to node, [ and ] from failure to failure. Plus and minus zoom, H and L go back and on in
time, 0 shows all of it. Enter opens the task.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Task", tooltip="Look at the task closely", id="lanes.open"),
        Binding("o", "output", "Output", show=False, tooltip="Read stdout and stderr",
                id="lanes.output"),
        Binding("b", "worst", "Worst first", show=False,
                tooltip="The nodes with most failures first, or by their ids", id="lanes.worst"),
    ]  # fmt: skip

    class About(Message):
        """A request that concerns the task under the cursor."""

        def __init__(self, stint: Stint) -> None:
            self.stint = stint
            super().__init__()

    class OpenRequested(About):
        """The user wants to look at this task."""

    class OutputRequested(About):
        """The user wants to read what this task wrote."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.gantt = Gantt()
        self.detail = Words(classes="detail", fixed=True)

    def compose(self) -> ComposeResult:
        yield self.gantt
        yield self.detail
        yield from self.compose_trouble()

    def show(self, course: Course) -> None:
        self.gantt.empty = NONE_STARTED
        self.gantt.course = course
        self.summary = many(len(course.lanes), "node") if course.lanes else ""
        if not course.complete:
            self.summary = f"{_these(course)} · {self.summary}"
        self.refresh_bindings()

    def watch_now(self, now: datetime) -> None:
        self.gantt.now = now.timestamp()
        self.describe()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("open", "output"):
            return None if self.gantt.stint is None else True
        return True

    @on(Gantt.Highlighted)
    def describe(self) -> None:
        """Name the task under the cursor."""
        stint = self.gantt.stint
        self.detail.say(
            Content() if stint is None else content(described(stint, self.course.value, self.now))
        )

    @on(Gantt.Selected)
    def action_open(self) -> None:
        if self.gantt.stint is not None:
            self.post_message(self.OpenRequested(self.gantt.stint))

    def action_output(self) -> None:
        if self.gantt.stint is not None:
            self.post_message(self.OutputRequested(self.gantt.stint))

    def action_worst(self) -> None:
        self.gantt.worst_first = not self.gantt.worst_first


def _these(course: Course) -> str:
    """Which tasks the course has, where the job has more."""
    return f"the first {course.tasks:,} tasks"


def described(stint: Stint, course: Course, now: datetime) -> Spans:
    """`✗ frame-081   failed after 2.1 s   began 40 s into the job, 12:00:41   on tvm-9f0c`."""
    end = now.timestamp() if stint.end is None else stint.end
    took = in_time(end - stint.start)
    if stint.end is None:
        sign, words, tone = "▶", f"running for {took}", Tone.ACTIVE
    elif stint.failed:
        sign, words, tone = "✗", f"failed after {took}", Tone.BAD
    else:
        sign, words, tone = "✓", f"took {took}", Tone.GOOD
    began = datetime.fromtimestamp(stint.start, UTC)
    into = in_time(stint.start - course.begin)
    parts: list[Spans] = [
        ((f"{sign} ", tone), (stint.task_id, Tone.STRONG)),
        ((words, tone),),
        (("began ", Tone.MUTED), (into, Tone.PLAIN), (f" in, {began:%H:%M:%S} UTC", Tone.MUTED)),
        (("on ", Tone.MUTED), (stint.node_id, Tone.PLAIN)),
    ]
    return joined(parts, "   ")
