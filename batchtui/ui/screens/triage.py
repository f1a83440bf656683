"""Why the tasks of a job failed, and having them run again."""

from collections.abc import Sequence
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.reactive import var
from textual.timer import Timer

from batchtui.core.causes import By, Cause
from batchtui.core.controller import Controller
from batchtui.core.feed import Reading
from batchtui.core.gateway import RemoteFile, TaskFile
from batchtui.core.inquiries import Inquiries
from batchtui.core.models import Job, Task, TaskCounts, Window
from batchtui.core.orders.tasks import rerunning
from batchtui.core.preparation_page import stderr_of
from batchtui.core.preparation_status import JobPreparation, PreparationStatus
from batchtui.core.states import TaskState
from batchtui.core.tail import Excerpt
from batchtui.core.things import Kind, Thing
from batchtui.core.wording import many
from batchtui.ui.panes.causes import AgainRequested, CausesPane
from batchtui.ui.panes.failed import FailedPane
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.panes.stream import StreamPane
from batchtui.ui.screens.desk import Desk
from batchtui.ui.screens.following import Clock, FollowingScreen
from batchtui.ui.screens.inspectable import InspectableScreen
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.screens.reading import ReadingScreen
from batchtui.ui.widgets.keybar import KeyBar
from batchtui.ui.widgets.statusline import Fact, StatusLine
from batchtui.ui.widgets.titles import set_title
from batchtui.ui.widgets.tones import Tone, clean

CALM = 0.15
"""Seconds for which the cursor rests on a task before its stderr is fetched."""


LAST_WORDS = 16 * 1024
"""Bytes of the end of an error stream."""

STDERR = "stderr.txt"


class TriageScreen(InspectableScreen, ReadingScreen):
    """Causes, the tasks of one, and the last words of one task."""

    CSS_PATH = "triage.tcss"
    AUTO_FOCUS = "CausesPane RecordTable"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "go('causes')", "Causes", show=False, tooltip="Go to the causes",
                id="go.causes"),
        Binding("2", "go('failed')", "Tasks", show=False, tooltip="Go to the tasks",
                id="go.failed"),
        Binding("3", "go('stderr')", "stderr", show=False, tooltip="Go to the last lines",
                id="go.stderr"),
        Binding("v", "regroup", "By node", tooltip="Group by node, or by cause", id="triage.by"),
        Binding("A", "again_all", "Again all", show=False,
                tooltip="Run every failed task of the job again", id="triage.again_all"),
        Binding("o", "output", "Output", show=False, tooltip="Read all that the task wrote",
                id="triage.output"),
    ]  # fmt: skip

    failures: var[Reading[Window[Task]]] = var(Reading(Window()))
    counts: var[Reading[TaskCounts]] = var(Reading(TaskCounts()))
    preparation: var[Reading[JobPreparation]] = var(Reading(JobPreparation()))
    stderr: var[Reading[Excerpt]] = var(Reading(Excerpt()))
    by: var[By] = var(By.CAUSE)
    cause: var[Cause | None] = var(None)
    """The highlighted one."""
    subject: var[Reading[Task]] = var(Reading(Task("")))
    """The highlighted task."""

    status = getters.query_one(StatusLine)
    tasks = getters.query_one(FailedPane)

    def __init__(self, controller: Controller, job: Job, *, clock: Clock | None = None) -> None:
        super().__init__(controller, clock=clock)
        self.job = job
        self._inquiries = Inquiries(controller, job.id)
        self._about_to_look: Timer | None = None
        self._shown: PreparationStatus | None = None
        """The node whose preparation the stream is of; None while it is a task's."""

    def compose(self) -> ComposeResult:
        here = TriageScreen
        yield StatusLine()
        yield CausesPane(id="causes").data_bind(
            here.failures, here.preparation, here.by, FollowingScreen.now
        )
        with Horizontal(id="below"):
            failed = FailedPane(self.job.id, id="failed")
            yield failed.data_bind(here.cause, FollowingScreen.now)
            yield StreamPane("stderr", "3").data_bind(here.subject, reading=here.stderr)
        yield KeyBar()

    def on_mount(self) -> None:
        for pane in self.query(TablePane):
            pane.read_only = self.controller.read_only
        for name in ("failures", "counts", "preparation"):
            self.watch(self, name, self.describe, init=False)
        self.follow("failures", self._inquiries.failures())
        self.follow("counts", self._inquiries.counts())
        self.follow("preparation", self._inquiries.preparation(self.job))
        self.describe()

    def describe(self) -> None:
        """Say in one line how much of the job failed."""
        counts, failed = self.counts.value, len(self.failures.value.items)
        some = failed or self.preparation.value.failed
        self.query_one("#below").display = bool(some) or not self.failures.known
        facts = [
            Fact((("Failures of ", Tone.MUTED), (self.job.id, Tone.STRONG))),
            Fact(((f"{counts.failed or failed:,}", Tone.BAD if failed else Tone.PLAIN),
                  (f" of {many(counts.total, 'task')} failed", Tone.MUTED)), 1),
        ]  # fmt: skip
        if counts.active or counts.running:
            more = counts.active + counts.running
            facts.append(Fact(((f"{more:,}", Tone.PLAIN), (" still to end", Tone.MUTED)), 3))
        facts.append(Fact((("pool ", Tone.MUTED), (self.job.pool_id, Tone.PLAIN)), 4))
        self.status.facts = tuple(facts)

    @on(CausesPane.Highlighted, "#causes")
    def show_cause(self, message: CausesPane.Highlighted) -> None:
        self.cause = cause = message.record if isinstance(message.record, Cause) else None
        if cause is not None and (failed := cause.preparation) is not None:
            self._read_preparation(failed)

    @on(FailedPane.Highlighted, "#failed")
    def show_task(self, message: FailedPane.Highlighted) -> None:
        """Fetch the task's last words, unless the cursor is only passing by."""
        task = message.record if isinstance(message.record, Task) else Task("")
        unprepared = self.cause is not None and self.cause.preparation is not None
        if unprepared or (task.id == self.subject.value.id and self._shown is None):
            return
        self._shown = None
        self._show_stream(task, task.id)
        self._about_to_look = self.set_timer(CALM, self._listen) if task.id else None

    def _read_preparation(self, failed: PreparationStatus) -> None:
        """Show what the preparation wrote to stderr on this node."""
        if failed.preparation is None or self._shown == failed:
            return
        self._show_stream(Task("", TaskState.COMPLETED), f"preparation on {failed.node_id}")
        self._shown = failed
        self._follow(stderr_of(failed, failed.preparation))

    def _show_stream(self, task: Task, words: str) -> None:
        """Have the stream pane be about another task, of which nothing is known yet."""
        self.unfollow_file("stderr")
        if self._about_to_look is not None:
            self._about_to_look.stop()
        self.subject, self.stderr = Reading(task, known=True), Reading(Excerpt())
        title = f"3 stderr · {clean(words)}" if words else "3 stderr"
        set_title(self.query_one("#stderr", StreamPane), title)

    def _listen(self) -> None:
        self._follow(TaskFile(self.job.id, self.subject.value.id, STDERR))

    def _follow(self, file: RemoteFile) -> None:
        feeds, batch = self.controller.feeds, self.controller.gateway.batch
        self.follow_file("stderr", batch, file, every=feeds.every * 5, keep=LAST_WORDS)

    @on(CausesPane.OpenRequested)
    def open_cause(self) -> None:
        self.action_go("failed")

    @on(FailedPane.OutputRequested)
    def open_output(self, message: FailedPane.OutputRequested) -> None:
        screen = OutputScreen(self.controller, self.job.id, message.task, clock=self.clock)
        self.app.push_screen(screen)

    def action_output(self) -> None:
        self.tasks.action_open()

    @property
    def thing(self) -> Thing | None:
        task_id = self.subject.value.id
        return Thing(Kind.TASK, task_id, self.job.id) if task_id else None

    @property
    def begin(self) -> str:
        return STDERR

    def action_go(self, name: str) -> None:
        self.set_focus(next(iter(self.query(f"#{name} RecordTable, #{name} ExcerptView"))))

    def action_regroup(self) -> None:
        self.by = By.NODE if self.by is By.CAUSE else By.CAUSE

    def action_again_all(self) -> None:
        self.run_again(self.failures.value.items, "all that failed")

    @on(AgainRequested)
    def again(self, message: AgainRequested) -> None:
        self.run_again(message.tasks, message.words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "again_all":
            if self.controller.read_only:
                return False
            return True if self.failures.value.items else None
        return True

    @work
    async def run_again(self, tasks: Sequence[Task], words: str) -> None:
        """Ask, and then have all of them run again, however long that takes."""
        order = rerunning(self.controller.gateway.batch, self.job.id, words)
        await Desk(self.app, self.controller).carry_out(order, tasks)
        self.action_refresh()
