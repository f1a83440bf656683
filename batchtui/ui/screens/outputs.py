"""The outputs of several tasks, side by side."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.reactive import var

from batchtui.core.controller import Controller
from batchtui.core.feed import Reading
from batchtui.core.gateway import TaskFile
from batchtui.core.models import Task
from batchtui.core.things import Kind, Thing
from batchtui.ui.panes.task_stream import TaskStreamPane
from batchtui.ui.screens.following import Clock
from batchtui.ui.screens.inspectable import InspectableScreen
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.screens.reading import ReadingScreen
from batchtui.ui.widgets.keybar import KeyBar
from batchtui.ui.widgets.searchline import SearchLine

AT_ONCE = 6
"""Tasks that are worth looking at together: more would have no lines to show."""

STREAMS = ("stdout.txt", "stderr.txt")


SUBJECT, REASON = "subject-", "reason-"
"""Before a task's number: the feeds on the task itself, and on why it waits."""
EACH = 3
"""How much more seldom each of several tasks is looked at than a single one."""


class OutputsScreen(InspectableScreen, ReadingScreen):
    """Follows each task and one stream of it; what is sought in one is sought in all."""

    CSS_PATH = "outputs.tcss"
    AUTO_FOCUS = "TaskStreamPane TextView"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (180, "-wider")]  # noqa: RUF012
    HELP = """
    ## Outputs side by side

    One stream of each marked task, live. v changes all of them between stdout and stderr; what you
    look for with / is marked in all.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "other", "stdout, stderr", tooltip="Read the other stream of all",
                id="outputs.other"),
        Binding("enter,o", "open", "Open", tooltip="Read both streams of this task",
                id="outputs.open"),
        Binding("tab", "app.focus_next", "Next", show=False, tooltip="Go to the next task",
                id="pane.next"),
        Binding("shift+tab", "app.focus_previous", "Task before", show=False,
                tooltip="Go to the task before", id="pane.previous"),
    ]  # fmt: skip

    path: var[str] = var(STREAMS[0])

    def __init__(
        self,
        controller: Controller,
        job_id: str,
        tasks: Sequence[Task],
        *,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(controller, clock=clock)
        self.job_id = job_id
        self._tasks = tuple(tasks)

    def compose(self) -> ComposeResult:
        with Grid(id="outputs", classes=f"-of-{len(self._tasks)}"):
            for index, task in enumerate(self._tasks):
                yield TaskStreamPane(task, index)
        yield KeyBar()

    def watch_path(self, path: str) -> None:
        """Follow that stream of every task from now on."""
        for pane in self.query(TaskStreamPane):
            file = TaskFile(self.job_id, pane.task_id, path)
            pane.show_stream(path.removesuffix(".txt"))
            self.follow_file(pane.feed, self.controller.gateway.batch, file)

    def on_mount(self) -> None:
        for pane in self.query(TaskStreamPane):
            task = self._tasks[pane.index]
            subject = self.controller.task(self.job_id, task)
            subject.every *= EACH
            self.follow(f"{SUBJECT}{pane.index}", subject)
            reason = self.controller.reason(self.job_id, partial(_subject_of, pane))
            self.follow(f"{REASON}{pane.index}", reason)

    def _take(self, name: str, feed: object, reading: object) -> None:
        """Give what was read to the pane of that task."""
        if self.feeds.get(name) is not feed or not isinstance(reading, Reading):
            return
        kind, _, index = name.rpartition("-")
        pane = self.query_one(f"#output-{index}", TaskStreamPane)
        if f"{kind}-" == SUBJECT:
            before, pane.subject = pane.subject, reading
            self._take_up(pane, before.value, reading.value)
        elif f"{kind}-" == REASON:
            pane.reason = reading
        else:
            pane.reading = reading

    def _take_up(self, pane: TaskStreamPane, before: Task, task: Task) -> None:
        """Read its stream anew for another try, and once more after its end."""
        if before.attempt != task.attempt:
            self.restart_file(pane.feed)
        elif before.state is not task.state and pane.feed in self.feeds:
            self.feeds[pane.feed].ask_anew()

    @on(SearchLine.Changed)
    def search_all(self, message: SearchLine.Changed) -> None:
        for pane in self.query(TaskStreamPane):
            pane.view.sought = message.text

    def action_other(self) -> None:
        self.path = STREAMS[1 - STREAMS.index(self.path)]

    def action_open(self) -> None:
        task = self._tasks[self._index]
        self.app.push_screen(OutputScreen(self.controller, self.job_id, task, clock=self.clock))

    @property
    def thing(self) -> Thing:
        """The task whose stream is in use."""
        return Thing(Kind.TASK, self._tasks[self._index].id, self.job_id)

    @property
    def begin(self) -> str:
        return self.path

    @property
    def _index(self) -> int:
        inside = (pane.index for pane in self.query(TaskStreamPane) if pane.has_focus_within)
        return next(inside, 0)


def _subject_of(pane: TaskStreamPane) -> Task:
    return pane.subject.value
