"""The tasks that a node ran last."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.models import Node, RecentTask, Task
from batchtui.core.things import Kind, Thing
from batchtui.core.wording import many
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.glyphs import Sign, of_task
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.times import lasted
from batchtui.ui.widgets.tones import Cell, Tone


class RecentPane(TablePane[RecentTask]):
    FEEDS = ("subject",)
    NUMBER = 2
    NAME = "Recent tasks"
    HELP = """
The tasks that ran on this node last, the latest first. Enter opens what the task wrote.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,o", "open", "Output", tooltip="Read stdout and stderr", id="recent.output"),
    ]

    subject: var[Reading[Node]] = var(Reading(Node("")), init=False)

    class OutputRequested(Message):
        """The user wants to read what this task wrote."""

        def __init__(self, job_id: str, task: Task) -> None:
            self.job_id = job_id
            self.task = task
            super().__init__()

    def columns(self) -> tuple[Column[RecentTask], ...]:
        return (
            Column("TASK", 14, _id, grow=2, most=40, value=lambda task: task.task_id),
            Column("JOB", 10, _job, grow=1, most=30, rank=1, value=lambda task: task.job_id),
            Column("STATE", 9, _state, value=lambda task: sign_of(task).words),
            Column("EXIT", 4, _exit, right=True, rank=2,
                   value=lambda task: task.execution_info.exit_code),
            Column("ELAPSED", 9, self._elapsed, right=True, rank=3),
        )  # fmt: skip

    def key(self, record: RecentTask) -> str:
        return f"{record.job_id}/{record.task_id}"

    def name_of(self, record: RecentTask) -> str:
        return record.task_id

    def thing(self, record: RecentTask) -> Thing:
        return Thing(Kind.TASK, record.task_id, record.job_id)

    def watch_subject(self, reading: Reading[Node]) -> None:
        tasks = reading.value.recent_tasks
        self.summary = many(len(tasks), "task") if tasks else ""
        self.show(tasks, known=reading.known, empty="No task has run on this node yet.")

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(
                self.OutputRequested(self.highlighted.job_id, _task(self.highlighted))
            )

    def _elapsed(self, task: RecentTask) -> Cell:
        ran = task.execution_info
        return ((lasted(ran.start_time, ran.end_time, self.now), Tone.MUTED),)


def sign_of(task: RecentTask) -> Sign:
    return of_task(_task(task))


def _task(task: RecentTask) -> Task:
    """As much of the task itself as the node knows."""
    return Task(task.task_id, task.task_state, execution_info=task.execution_info)


def _id(task: RecentTask) -> Cell:
    sign = sign_of(task)
    return ((f"{sign.glyph} ", sign.tone), (task.task_id, Tone.PLAIN))


def _job(task: RecentTask) -> Cell:
    return ((task.job_id, Tone.MUTED),)


def _state(task: RecentTask) -> Cell:
    sign = sign_of(task)
    return ((sign.words, sign.tone),)


def _exit(task: RecentTask) -> Cell:
    code = task.execution_info.exit_code
    return (("" if code is None else str(code), Tone.BAD if code else Tone.MUTED),)
