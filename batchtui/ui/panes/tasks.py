"""The tasks of the highlighted job."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.causes import told, why
from batchtui.core.feed import Reading
from batchtui.core.filters import Kind, Value
from batchtui.core.known_tasks import KnownTasks
from batchtui.core.models import Job, Pool, PoolNodeCounts, Task, TaskCounts, Window
from batchtui.core.preparation_status import JobPreparation
from batchtui.core.queries import EVERY_TASK, TaskQuery, asked, beginning
from batchtui.core.redact import redacted
from batchtui.core.states import TaskState
from batchtui.core.surroundings import KNOWS_NO_TASKS, Surroundings, surroundings
from batchtui.core.things import Kind as Things
from batchtui.core.things import Thing
from batchtui.core.waiting import USUAL, why_waiting
from batchtui.core.window import PAGE
from batchtui.core.wording import many
from batchtui.ui.panes import orders
from batchtui.ui.panes.frame import PART
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.panes.steering import SteerablePane
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.foldedwords import FoldedWords
from batchtui.ui.widgets.glyphs import of_task
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.times import ago, lasted, since
from batchtui.ui.widgets.tones import Cell, Spans, Tone

QUIET = (TaskState.ACTIVE, TaskState.COMPLETED)


class TasksPane(SteerablePane[Task]):
    FEEDS = ("tasks",)
    NUMBER = 5
    NAME = "Tasks"
    NEAR = 100
    """Tasks from the end of the window at which more are asked for."""
    HELP = """
The tasks of the highlighted job, by id: their state, their exit code, the node that ran them, how
long they took, and why they failed or why they wait. A filter by state, by exit code or by the
beginning of the id (frame-08, task:^frame-08) goes to the service: it finds what is among any
number of tasks.

Enter or o opens what a task wrote to stdout and stderr. More tasks are fetched as you scroll.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,o", "open", "Output", tooltip="Read stdout and stderr", id="output"),
        Binding("enter", "look_on", "Look on", id="tasks.look_on",
                tooltip="Look at more tasks, where a filter lets none of the first ones pass"),
        Binding("n", "new", "New", tooltip="Add tasks to the job", id="tasks.new"),
        *orders.TASKS,
    ]  # fmt: skip

    job: var[Job | None] = var(None, init=False)
    tasks: var[Reading[Window[Task]]] = var(Reading(Window()), init=False)
    counts: var[TaskCounts | None] = var(None, init=False)
    """Of the whole job, which may have more tasks than the window."""
    pools: var[Reading[tuple[Pool, ...]]] = var(Reading(()), init=False)
    node_counts: var[Reading[tuple[PoolNodeCounts, ...]]] = var(Reading(()), init=False)
    preparations: var[Reading[Mapping[str, JobPreparation]]] = var(Reading({}), init=False)

    class OutputRequested(Message):
        """The user wants to read what this task wrote."""

        def __init__(self, job: Job, task: Task) -> None:
            self.job = job
            self.task = task
            super().__init__()

    class NewRequested(Message):
        """The user wants tasks in this job."""

        def __init__(self, job: Job) -> None:
            self.job = job
            super().__init__()

    class MoreWanted(Message):
        """The user is near the end of the window."""

    class Narrowed(Message):
        """The user looks for tasks that meet this query; others need not be fetched.

        Those whose ids begin with `begin` are wanted wherever in the job they are.
        """

        def __init__(self, query: TaskQuery, begin: str) -> None:
            self.query = query
            self.begin = begin
            super().__init__()

    def __init__(self, *, id: str) -> None:
        self._around = Surroundings()
        self._known_tasks = KNOWS_NO_TASKS
        super().__init__(id=id)
        self.detail = FoldedWords(classes="detail")

    def compose(self) -> ComposeResult:
        yield self.table
        yield self.detail
        yield from self.compose_trouble()

    def columns(self) -> tuple[Column[Task], ...]:
        return (
            Column("TASK", 14, _id, grow=2, most=40, value=self.key),
            Column("STATE", 9, _state, value=lambda task: of_task(task).words),
            Column("EXIT", 4, _exit, right=True, value=_exit_code, kind=Kind.NUMBER),
            Column("NODE", 12, _node, rank=2, value=lambda task: task.node_info.node_id),
            Column(
                "ELAPSED", 10, self._elapsed, right=True, value=self._ran, kind=Kind.DURATION
            ),
            Column("WHY", 12, self._why, grow=5, most=120, rank=1, value=self._why_in_words),
            Column(
                "AGE", 9, self._age, right=True, rank=3, extra=True, value=self._passed,
                kind=Kind.DURATION,
            ),
            Column("POOL", 10, self._pool, rank=5, extra=True, most=24,
                   value=lambda task: task.node_info.pool_id or self._pool_id),
            Column(
                "TRIES", 5, _tries, right=True, rank=4, extra=True,
                value=lambda task: task.execution_info.retry_count + 1, kind=Kind.NUMBER,
            ),
        )  # fmt: skip

    def key(self, record: Task) -> str:
        return record.id

    def thing(self, record: Task) -> Thing | None:
        return Thing(Things.TASK, record.id, self.job.id) if self.job else None

    def watch_job(self, job: Job | None) -> None:
        self.about = job.id if job else ""
        self._look_around()
        self._show()
        self.refresh_bindings()

    def watch_tasks(self, reading: Reading[Window[Task]]) -> None:
        self.take()
        self._known_tasks = KnownTasks(reading.value.items, complete=reading.value.complete)
        self._look_around()
        self._show()

    def watch_counts(self) -> None:
        self._look_around()
        self._summarise()

    def watch_pools(self) -> None:
        self._look_around()

    def watch_node_counts(self) -> None:
        self._look_around()

    def watch_preparations(self) -> None:
        self._look_around()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "new" if self.job is None:
                return None
            case "open" if self._in_vain:
                return False
            case "look_on":
                return self._in_vain
        return super().check_action(action, parameters)

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        if self.job is not None and self.highlighted is not None:
            self.post_message(self.OutputRequested(self.job, self.highlighted))

    def action_new(self) -> None:
        if self.job is not None:
            self.post_message(self.NewRequested(self.job))

    @on(TablePane.Highlighted)
    def tell_task(self, message: TablePane.Highlighted) -> None:
        """Say in full why the highlighted task failed or waits, or what it runs."""
        message.stop()
        self._tell_task()

    def _tell_task(self) -> None:
        task = self.highlighted
        line: Spans = ()
        if task is not None:
            command = (redacted(task.command_line), Tone.MUTED)
            reason = why_waiting(task, self._around)
            if reason is None:
                line = self._why(task) or (command,)
            elif reason in USUAL:
                line = (command,)
            else:
                line = (*self._why(task), (PART, Tone.MUTED), command)
        self.detail.tell(line)

    def _look_around(self) -> None:
        """Take up what is known around the tasks, which says why they wait."""
        around = surroundings(
            self.job,
            self.counts,
            pools=self.pools.value if self.pools.known else None,
            nodes=self.node_counts.value if self.node_counts.known else None,
            preparation=self.preparations.value.get(self.job.id) if self.job else None,
            tasks=self._known_tasks,
        )
        if around != self._around:
            self._around = around
            self.lay_out_changed()
            self._tell_task()

    @on(RecordTable.VisibleChanged)
    def want_more(self, message: RecordTable.VisibleChanged) -> None:
        near = message.last > len(self.table.records) - self.NEAR
        # Where a filter leaves few, being near the end does not say that one went there.
        if near and not self.tasks.value.complete and (message.first or not self.filter.terms):
            self.post_message(self.MoreWanted())

    def action_look_on(self) -> None:
        self.post_message(self.MoreWanted())

    def filter_changed(self) -> None:
        self.post_message(self.Narrowed(asked(self.filter), beginning(self.filter)))

    @property
    def _in_vain(self) -> bool:
        """Whether nothing passes of those that were looked at, and there are others."""
        hidden = self.filter.terms and not self.table.records
        return bool(hidden) and self.tasks.known and not self.tasks.value.complete

    @property
    def all_hidden(self) -> str:
        window = self.tasks.value
        return super().all_hidden if window.complete else _in_vain(window, self.counts)

    @property
    def there(self) -> str:
        if not self.tasks.value.complete:
            return f"{super().there} looked at"
        if asked(self.filter) == EVERY_TASK:
            return super().there
        return f"{self.counts.total:,}" if self.counts else "all"

    def _show(self) -> None:
        empty = "This job has no tasks yet." + self.advice("Press n to add some.")
        if self.job is None:
            empty = "The tasks of the highlighted job appear here."
        self.show(self.tasks.value.items, known=self.tasks.known or self.job is None, empty=empty)
        self._summarise()

    def _summarise(self) -> None:
        known = self.job is not None and self.tasks.known
        self.summary = _summed(self.tasks.value, self.counts) if known else ""

    def _why(self, task: Task) -> Spans:
        """Why the task failed, or why it waits."""
        failure = task.execution_info.failure_info
        if failure is not None and task.state is TaskState.COMPLETED:
            return ((told(failure) or why(task), Tone.BAD),)
        reason = why_waiting(task, self._around)
        if reason is None:
            return ()
        return ((reason.words, Tone.WARNING if reason.blocked else Tone.MUTED),)

    def _why_in_words(self, task: Task) -> Value:
        return "".join(text for text, _ in self._why(task)) or None

    def _ran(self, task: Task) -> Value:
        ran = task.execution_info
        return since(ran.start_time, ran.end_time or self.now)

    def _passed(self, task: Task) -> Value:
        return since(task.creation_time, self.now)

    @property
    def _pool_id(self) -> str:
        return self.job.pool_id if self.job else ""

    def _pool(self, task: Task) -> Cell:
        return ((task.node_info.pool_id or self._pool_id, Tone.MUTED),)

    def _age(self, task: Task) -> Cell:
        return ((ago(task.creation_time, self.now), Tone.MUTED),)

    def _elapsed(self, task: Task) -> Cell:
        ran = task.execution_info
        text = lasted(ran.start_time, ran.end_time, self.now)
        return ((text, Tone.MUTED if task.state in QUIET else Tone.PLAIN),)


def _summed(window: Window[Task], counts: TaskCounts | None) -> str:
    """How many tasks the job has, how they do, and how many of them are here."""
    if not counts or not counts.total:
        plus = "" if window.complete else "+"
        return f"{len(window.items):,}{plus} tasks"
    states = (
        (counts.failed, "failed"),
        (counts.running, "running"),
        (counts.succeeded, "ok"),
    )
    parts = [many(counts.total, "task"), *(f"{count:,} {word}" for count, word in states if count)]
    if not window.complete:
        parts.append(f"first {len(window.items):,} shown")
    return PART.join(parts)


def _in_vain(window: Window[Task], counts: TaskCounts | None) -> str:
    """What to do where a filter lets none of the tasks in the window pass."""
    among = f"the job's {counts.total:,} tasks" if counts and counts.total else "all tasks"
    return (
        f"None of the {len(window.items):,} tasks looked at passes. Enter looks at {PAGE:,} more. "
        f"Among {among} the service finds what an id begins with, state:failed, exit:137 and the "
        "like. Press / to change the filter."
    )


def _id(task: Task) -> Cell:
    sign = of_task(task)
    quiet = task.state in QUIET and not task.failed
    return ((f"{sign.glyph} ", sign.tone), (task.id, Tone.MUTED if quiet else Tone.PLAIN))


def _state(task: Task) -> Cell:
    sign = of_task(task)
    return ((sign.words, sign.tone),)


def _exit(task: Task) -> Cell:
    code = task.execution_info.exit_code
    return (("" if code is None else str(code), Tone.BAD if code else Tone.MUTED),)


def _node(task: Task) -> Cell:
    return ((short_node(task.node_info.node_id), Tone.MUTED),)


def _exit_code(task: Task) -> Value:
    return task.execution_info.exit_code


def _tries(task: Task) -> Cell:
    return ((f"{task.execution_info.retry_count + 1}", Tone.MUTED),)
