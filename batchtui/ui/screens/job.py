"""One job: how far it is, and how its tasks went."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.reactive import var

from batchtui.core.controller import Controller
from batchtui.core.course import Course
from batchtui.core.feed import Reading
from batchtui.core.inquiries import Inquiries
from batchtui.core.models import Job, NodeInfo, Task, TaskCounts
from batchtui.core.pace import Ends, Paces
from batchtui.core.preparation_status import JobPreparation, failure_words
from batchtui.core.states import TaskState
from batchtui.core.summary import remaining
from batchtui.core.things import Kind, Thing
from batchtui.core.wording import in_time, roundly
from batchtui.ui.panes.course import DurationsPane, LanesPane, OverTimePane
from batchtui.ui.panes.preparation import PreparationPane
from batchtui.ui.screens.following import Clock, FollowingScreen
from batchtui.ui.screens.inspectable import InspectableScreen
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.screens.triage import TriageScreen
from batchtui.ui.widgets import jobcells
from batchtui.ui.widgets.bar import bar
from batchtui.ui.widgets.gantt import Gantt
from batchtui.ui.widgets.glyphs import DELETED, Sign
from batchtui.ui.widgets.keybar import KeyBar
from batchtui.ui.widgets.statusline import Fact, StatusLine
from batchtui.ui.widgets.tones import Spans, Tone


class JobScreen(InspectableScreen):
    """Charts over time, durations, and a lane for each node."""

    CSS_PATH = "job.tcss"
    AUTO_FOCUS = "Gantt"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "failures", "Failures", tooltip="Say why tasks failed", id="job.failures"),
    ]

    subject: var[Reading[Job]] = var(Reading(Job("")))
    counts: var[Reading[TaskCounts]] = var(Reading(TaskCounts()))
    course: var[Reading[Course]] = var(Reading(Course()))
    preparation: var[Reading[JobPreparation]] = var(Reading(JobPreparation()))
    span: var[tuple[float, float]] = var((0.0, 1.0))
    """The time on screen."""

    status = getters.query_one(StatusLine)

    def __init__(
        self, controller: Controller, job: Job, *, paces: Paces, clock: Clock | None = None
    ) -> None:
        """`paces` is what is known of how fast jobs get on; what is seen here goes into it."""
        super().__init__(controller, clock=clock)
        self.job = job
        self._inquiries = Inquiries(controller, job.id)
        self._paces = paces

    def compose(self) -> ComposeResult:
        here, now = JobScreen, FollowingScreen.now
        yield StatusLine()
        with Horizontal(id="charts"):
            yield OverTimePane(id="overtime").data_bind(here.course, here.span, now)
            yield DurationsPane(id="durations").data_bind(here.course)
        yield PreparationPane(id="preparation").data_bind(here.preparation, now)
        yield LanesPane(id="lanes").data_bind(here.course, now)
        yield KeyBar()

    def on_mount(self) -> None:
        for name in ("subject", "course", "preparation", "now"):
            self.watch(self, name, self.describe, init=False)
        self.follow("subject", self._inquiries.job(self.job))
        self.follow("counts", self._inquiries.counts())
        self.follow("course", self._inquiries.course())
        self.follow("preparation", self._inquiries.preparation(self.job))
        self.describe()

    def describe(self) -> None:
        """Say in one line how far the job is, how fast, and how long it may still take."""
        self.job = job = self.subject.value if self.subject.value.id else self.job
        counts = self.counts.value
        facts = [
            Fact((("job ", Tone.MUTED), (job.id, Tone.STRONG)), 0),
            Fact(self._sign(job, counts).spans, 2),
            Fact((("pool ", Tone.MUTED), (job.pool_id, Tone.PLAIN)), 6),
        ]
        if counts.total:
            facts.append(Fact(_progress(counts), 1))
            facts += [Fact(spans, rank) for spans, rank in _parts(counts)]
        facts += self._pace(counts)
        if words := failure_words(self.preparation.value.on(job.pool_id).failed):
            facts.append(Fact(((words, Tone.BAD),), 1))
        self.query_one(PreparationPane).display = bool(self.preparation.value.nodes)
        if self.subject.error or self.course.error:
            facts.append(Fact((("○ stale", Tone.BAD),), 0, right=True))
        self.status.facts = tuple(facts)

    def _sign(self, job: Job, counts: TaskCounts) -> Sign:
        if self.subject.missing:
            return DELETED
        return jobcells.sign(job, counts, self.preparation.value)

    def watch_counts(self, reading: Reading[TaskCounts]) -> None:
        if reading.fresh:
            self._paces.take(self.job.id, reading.value, self.now.timestamp())
        if self.is_mounted:
            self.describe()

    def _pace(self, counts: TaskCounts) -> list[Fact]:
        """The rate of late, and what follows from it; nothing while nobody can tell."""
        rate = self._paces.rate(self.job.id, self.now.timestamp())
        left = remaining(counts, counts.total, rate)
        if not left:
            return []
        return [
            Fact((*jobcells.rate(rate), (" lately", Tone.MUTED)), 5),
            Fact((("about ", Tone.MUTED), (in_time(roundly(left)), Tone.STRONG),
                  (" left", Tone.MUTED)), 3),
        ]  # fmt: skip

    def watch_course(self, reading: Reading[Course]) -> None:
        """Where it is known when each task ended, that tells the pace."""
        if reading.fresh and reading.value.complete:
            seen = tuple(Ends(*point) for point in reading.value.progress(Paces.KEPT))
            self._paces.learn(self.job.id, seen, self.counts.value.running)

    @on(Gantt.Scoped)
    def take_span(self, message: Gantt.Scoped) -> None:
        self.span = message.begin, message.end

    @on(PreparationPane.OpenRequested)
    def open_node(self, message: PreparationPane.OpenRequested) -> None:
        self.look_at(message.thing)

    @on(LanesPane.OpenRequested)
    def open_task(self, message: LanesPane.OpenRequested) -> None:
        self.look_at(Thing(Kind.TASK, message.stint.task_id, self.job.id))

    @on(LanesPane.OutputRequested)
    def open_output(self, message: LanesPane.OutputRequested) -> None:
        stint = message.stint
        state = TaskState.RUNNING if stint.end is None else TaskState.COMPLETED
        node = NodeInfo(self.job.pool_id, stint.node_id)
        task = Task(stint.task_id, state, node_info=node)
        self.app.push_screen(OutputScreen(self.controller, self.job.id, task))

    @property
    def thing(self) -> Thing:
        return Thing(Kind.JOB, self.job.id)

    def action_failures(self) -> None:
        self.app.push_screen(TriageScreen(self.controller, self.job, clock=self.clock))


def _progress(counts: TaskCounts) -> Spans:
    parts = ((counts.succeeded, Tone.GOOD), (counts.failed, Tone.BAD))
    percent = f" {counts.completed * 100 // counts.total} %"
    return (*bar(parts, counts.total, 16), (percent, Tone.STRONG))


def _parts(counts: TaskCounts) -> list[tuple[Spans, int]]:
    """How many tasks are how far, those that are none left out."""
    words = (
        (counts.succeeded, "ok", Tone.GOOD, 4),
        (counts.failed, "failed", Tone.BAD, 1),
        (counts.running, "running", Tone.PLAIN, 3),
        (counts.active, "waiting", Tone.PLAIN, 5),
    )
    return [
        (((f"{count:,}", tone), (f" {word}", Tone.MUTED)), rank)
        for count, word, tone, rank in words
        if count
    ]
