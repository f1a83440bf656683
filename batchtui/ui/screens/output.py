"""What a task wrote: its stdout and stderr, as they grow."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import DescendantFocus
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Footer, Static

from batchtui.core.controller import Controller
from batchtui.core.feed import Feed, Reading
from batchtui.core.gateway import TaskFile
from batchtui.core.models import Task
from batchtui.core.states import TaskState
from batchtui.core.tail import Excerpt
from batchtui.ui.panes.stream import StreamPane
from batchtui.ui.widgets.glyphs import of_task
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.times import lasted
from batchtui.ui.widgets.tones import Spans, Tone, content, joined

STREAMS = {"1": "stdout", "2": "stderr"}

CALM = 30.0
"""Seconds between two looks at the streams of a task that has ended: only its node may go."""


class OutputScreen(Screen[None]):
    """Follows both streams while it is open, and the task itself until it has ended."""

    CSS_PATH = "output.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (140, "-wide")]  # noqa: RUF012
    HELP = """
    ## Output of a task

    Both streams, live. A stream follows its end until you scroll up, and again once you are back
    at the end. Of a long stream only the last part is fetched.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", tooltip="Back to the dashboard", id="output.leave"),
        Binding("1", "show('stdout')", "stdout", tooltip="Read stdout", id="output.stdout"),
        Binding("2", "show('stderr')", "stderr", tooltip="Read stderr", id="output.stderr"),
        Binding("w", "wrap", "Wrap", tooltip="Wrap long lines, or not", id="output.wrap"),
        Binding("g", "go('start')", "Start", tooltip="Go to the start", id="output.start"),
        Binding("G", "go('end')", "End", tooltip="Go to the end, follow it", id="output.end"),
    ]

    subject: reactive[Reading[Task]] = reactive(Reading(Task("")))
    stdout: reactive[Reading[Excerpt]] = reactive(Reading(Excerpt()))
    stderr: reactive[Reading[Excerpt]] = reactive(Reading(Excerpt()))

    def __init__(self, controller: Controller, job_id: str, task: Task) -> None:
        super().__init__()
        self._controller = controller
        self._job_id = job_id
        self._task_id = task.id
        self._ended = asyncio.Event()
        self.set_reactive(OutputScreen.subject, Reading(task, known=True))

    def compose(self) -> ComposeResult:
        yield Static(id="task")
        yield Static(id="why")
        with Container(id="streams"):
            for key, stream in STREAMS.items():
                yield StreamPane(stream, key).data_bind(
                    OutputScreen.subject, reading=getattr(OutputScreen, stream)
                )
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.watch_subject(self.subject)
        self.set_interval(1.0, self.describe)
        self.run_worker(self._follow(), name="output")
        self.action_show("stderr" if self.subject.value.failed else "stdout")

    async def _follow(self) -> None:
        """Keep the readings fresh until cancelled, which is when the screen closes."""
        task = self._controller.task(self._job_id, self.subject.value)
        tails = {stream: self._controller.tail(self._file(stream)) for stream in STREAMS.values()}
        task.subscribe(partial(setattr, self, "subject"))
        for stream, tail in tails.items():
            tail.subscribe(partial(setattr, self, stream))
        async with asyncio.TaskGroup() as work:
            feeds: tuple[Feed[Any], ...] = (task, *tails.values())
            for feed in feeds:
                feed.looked_at = True
                work.create_task(feed.run())
            await self._ended.wait()
            task.looked_at = False
            for tail in tails.values():
                # What the task wrote last may have come after the last look.
                tail.every = CALM
                await tail.poll()

    def _file(self, stream: str) -> TaskFile:
        return TaskFile(self._job_id, self._task_id, f"{stream}.txt")

    def watch_subject(self, subject: Reading[Task]) -> None:
        if subject.value.state is TaskState.COMPLETED:
            self._ended.set()
        if self.is_mounted:
            self.describe()

    def describe(self) -> None:
        """Say what the task is and how it is doing."""
        task = self.subject.value
        self.query_one("#task", Static).update(content(headline(task, self._job_id)))
        why = self.query_one("#why", Static)
        why.display = bool(reason(task))
        why.update(content(((reason(task), Tone.BAD),)))

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        for pane in self.query(StreamPane):
            pane.set_class(pane in event.widget.ancestors, "-front")

    def action_leave(self) -> None:
        self.dismiss()

    def action_show(self, stream: str) -> None:
        self.query_one(f"#{stream}", StreamPane).view.focus()

    def action_wrap(self) -> None:
        for pane in self.query(StreamPane):
            pane.view.wrap = not pane.view.wrap

    def action_go(self, place: str) -> None:
        view = self.query_one("StreamPane.-front", StreamPane).view
        if place == "end":
            view.action_scroll_end()
        else:
            view.action_scroll_home()


def headline(task: Task, job_id: str) -> Spans:
    """`✗ frame-081   failed   exit 7   2.1 s   job night   node tvm-9f0c`."""
    execution = task.execution_info
    sign = of_task(task)
    parts: list[Spans] = [((task.id, Tone.STRONG),), sign.spans]
    if execution.exit_code is not None:
        parts.append(((f"exit {execution.exit_code}", Tone.BAD if task.failed else Tone.MUTED),))
    if execution.start_time is not None:
        took = lasted(execution.start_time, execution.end_time, datetime.now(UTC))
        parts.append(((took, Tone.PLAIN),))
    if execution.retry_count:
        parts.append(((f"retry {execution.retry_count}", Tone.WARNING),))
    parts.append((("job ", Tone.MUTED), (job_id, Tone.PLAIN)))
    if task.node_info.node_id:
        parts.append((("node ", Tone.MUTED), (short_node(task.node_info.node_id, 24), Tone.PLAIN)))
    return joined(parts, "   ")


def reason(task: Task) -> str:
    """Why the task failed, as the service puts it; empty when it did not."""
    failure = task.execution_info.failure_info
    if failure is None:
        return ""
    return ": ".join(filter(None, (failure.code, failure.message)))
