"""What a task wrote: its stdout and stderr, as they grow."""

from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import DescendantFocus
from textual.reactive import var
from textual.widgets import Static

from batchtui.core.controller import Controller
from batchtui.core.feed import Reading
from batchtui.core.gateway import TaskFile
from batchtui.core.models import Task
from batchtui.core.states import TaskState
from batchtui.core.tail import Excerpt
from batchtui.core.things import Kind, Thing
from batchtui.core.waiting import Reason
from batchtui.ui.panes.stream import StreamPane
from batchtui.ui.screens.following import Clock
from batchtui.ui.screens.inspectable import InspectableScreen
from batchtui.ui.screens.reading import ReadingScreen
from batchtui.ui.widgets.glyphs import DELETED, of_task
from batchtui.ui.widgets.keybar import KeyBar
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.statusline import Fact, fitting
from batchtui.ui.widgets.times import lasted
from batchtui.ui.widgets.tones import Tone, content, joined

STREAMS = {"1": "stdout", "2": "stderr"}

GAP = 3
"""Cells between what is told of the task."""

FOLLOWED = 1.0
"""Seconds between two looks at the streams of a task that may still write to them."""
CALM = 30.0
"""Seconds between two looks at the streams of a task that has ended: only its node may go."""
CALMER = 5
"""How much more seldom a task is looked at that has ended: somebody may have it run again."""


class OutputScreen(InspectableScreen, ReadingScreen):
    """Follows the task and both its streams while it is open, from one try of it to the next."""

    CSS_PATH = "output.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (140, "-wide")]  # noqa: RUF012
    HELP = """
    ## Output of a task

    Both streams, live. A stream follows its end until you scroll up, and again once you are back
    at the end. Of a long stream only the last part is fetched: scrolling beyond it goes on to the
    part before. / finds a text in the part that is here; n and N go on through all of the stream.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "show('stdout')", "stdout", tooltip="Read stdout", id="output.stdout"),
        Binding("2", "show('stderr')", "stderr", tooltip="Read stderr", id="output.stderr"),
    ]

    subject: var[Reading[Task]] = var(Reading(Task("")))
    stdout: var[Reading[Excerpt]] = var(Reading(Excerpt()))
    stderr: var[Reading[Excerpt]] = var(Reading(Excerpt()))
    reason: var[Reading[Reason | None]] = var(Reading(None))
    """Why the task waits."""

    def __init__(
        self, controller: Controller, job_id: str, task: Task, *, clock: Clock | None = None
    ) -> None:
        super().__init__(controller, clock=clock)
        self._job_id = job_id
        self._task_id = task.id
        # Not `known`: who opens this may know less of the task than there is to know.
        self.set_reactive(OutputScreen.subject, Reading(task))

    def compose(self) -> ComposeResult:
        yield PlainText(id="task")
        yield PlainText(id="why")
        with Container(id="streams"):
            for key, stream in STREAMS.items():
                yield StreamPane(stream, key).data_bind(
                    OutputScreen.subject,
                    OutputScreen.reason,
                    reading=getattr(OutputScreen, stream),
                )
        yield KeyBar()

    def on_mount(self) -> None:
        task = self.subject.value
        for stream in STREAMS.values():
            file = TaskFile(self._job_id, self._task_id, f"{stream}.txt")
            self.follow_file(stream, self.controller.gateway.batch, file)
        self.follow("subject", self.controller.task(self._job_id, task))
        self.follow("reason", self.controller.reason(self._job_id, lambda: self.subject.value))
        self.describe()
        self.action_show("stderr" if task.failed else "stdout")

    @property
    def thing(self) -> Thing:
        return Thing(Kind.TASK, self._task_id, self._job_id)

    @property
    def begin(self) -> str:
        """The stream in use."""
        return f"{self._front.stream}.txt"

    def watch_subject(self, before: Reading[Task], subject: Reading[Task]) -> None:
        if subject.known:
            self._take_up(before.value if before.known else None, subject.value)
        if self.is_mounted:
            self.describe()

    def on_resize(self) -> None:
        self.call_after_refresh(self.describe)

    def watch_now(self) -> None:
        if self.is_mounted:
            self.describe()

    def _take_up(self, before: Task | None, task: Task) -> None:
        """Look as often as is worth it: what has ended changes only where it is run again."""
        over = task.state is TaskState.COMPLETED
        self.feeds["subject"].every = self.controller.feeds.every * (CALMER if over else 1)
        again = before is not None and before.attempt != task.attempt
        for stream in STREAMS.values():
            self.feeds[stream].every = CALM if over else FOLLOWED
            if again:
                self.restart_file(stream)
            elif before is None or before.state is not task.state:
                # What the task wrote last may have come after the last look.
                self.feeds[stream].ask_anew()
        if task.waits and "reason" in self.feeds:
            self.feeds["reason"].ask_anew()

    def describe(self) -> None:
        """Say what the task is and how it is doing."""
        task, line = self.subject.value, self.query_one("#task", Static)
        told = headline(task, self._job_id, self.now, gone=self.subject.missing)
        facts = fitting(told, line.content_size.width, GAP)
        line.update(content(joined([fact.text for fact in facts], " " * GAP)))
        why = self.query_one("#why", Static)
        why.display = bool(reason(task))
        why.update(content(((reason(task), Tone.BAD),)))

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        for pane in self.query(StreamPane):
            pane.set_class(pane in event.widget.ancestors, "-front")

    def action_show(self, stream: str) -> None:
        self.query_one(f"#{stream}", StreamPane).view.focus()

    @property
    def _front(self) -> StreamPane:
        """The stream in use, or the one that was last."""
        return self.query_one("StreamPane.-front", StreamPane)


def headline(task: Task, job_id: str, now: datetime, *, gone: bool = False) -> tuple[Fact, ...]:
    """`frame-081   ✗ failed   exit 7   2.1 s   job night   node tvm-9f0c`.

    Of a task that is gone it says so, and no longer for how long it has been running.
    """
    execution = task.execution_info
    facts = [Fact(((task.id, Tone.STRONG),)), Fact((DELETED if gone else of_task(task)).spans)]
    if execution.exit_code is not None:
        tone = Tone.BAD if task.failed else Tone.MUTED
        facts.append(Fact(((f"exit {execution.exit_code}", tone),)))
    if execution.start_time is not None and (execution.end_time or not gone):
        took = lasted(execution.start_time, execution.end_time, now)
        facts.append(Fact(((took, Tone.PLAIN),), 1))
    if execution.retry_count:
        facts.append(Fact(((f"retry {execution.retry_count}", Tone.WARNING),), 2))
    facts.append(Fact((("job ", Tone.MUTED), (job_id, Tone.PLAIN)), 3))
    if node_id := task.node_info.node_id:
        facts.append(Fact((("node ", Tone.MUTED), (short_node(node_id, 24), Tone.PLAIN)), 4))
    return tuple(facts)


def reason(task: Task) -> str:
    """Why the task failed, as the service puts it; empty when it did not."""
    failure = task.execution_info.failure_info
    if failure is None:
        return ""
    return ": ".join(filter(None, (failure.code, failure.message)))
