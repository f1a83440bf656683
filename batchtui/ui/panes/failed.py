"""The tasks that failed for one cause."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.causes import Cause, told, why
from batchtui.core.filters import Kind, Value
from batchtui.core.models import Task
from batchtui.core.things import Kind as Things
from batchtui.core.things import Thing
from batchtui.core.wording import many, some
from batchtui.ui.panes.causes import AgainRequested
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.times import ago, lasted, since
from batchtui.ui.widgets.tones import Cell, Tone


class FailedPane(TablePane[Task]):
    NUMBER = 2
    NAME = "Tasks"
    HELP = """
The tasks of the highlighted cause. Beside them stand the last lines that the task under the cursor
wrote to stderr; o opens all that it wrote. With a, the marked tasks run again, or this one.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,o", "open", "Output", tooltip="Read stdout and stderr", id="failed.output"),
        Binding("a", "again", "Again", tooltip="Run the marked tasks again, or this one",
                id="failed.again"),
    ]  # fmt: skip

    cause: var[Cause | None] = var(None, init=False)

    class OutputRequested(Message):
        """The user wants to read what this task wrote."""

        def __init__(self, task: Task) -> None:
            self.task = task
            super().__init__()

    def __init__(self, job_id: str, *, id: str) -> None:
        super().__init__(id=id)
        self.job_id = job_id

    def columns(self) -> tuple[Column[Task], ...]:
        return (
            Column("TASK", 14, _id, grow=2, most=40, value=lambda task: task.id),
            Column("EXIT", 4, _exit, right=True, kind=Kind.NUMBER,
                   value=lambda task: task.execution_info.exit_code),
            Column("NODE", 12, _node, rank=1, value=lambda task: task.node_info.node_id),
            Column("RAN", 9, self._ran, right=True, rank=2, kind=Kind.DURATION, value=_time),
            Column("ENDED", 11, self._ended, right=True, rank=3, kind=Kind.DURATION,
                   value=lambda task: since(task.execution_info.end_time, self.now)),
            Column("WHY", 12, _why, grow=4, rank=4),
        )  # fmt: skip

    def key(self, record: Task) -> str:
        return record.id

    def thing(self, record: Task) -> Thing:
        return Thing(Things.TASK, record.id, self.job_id)

    def watch_cause(self, cause: Cause | None) -> None:
        self.about = "" if cause is None else cause.words
        tasks = () if cause is None else cause.tasks
        self.summary = many(len(tasks), "task") if tasks else ""
        empty = "Highlight a cause to see its tasks."
        if cause is not None and cause.preparation is not None:
            nodes = some([short_node(node) for node in cause.nodes], at_most=5)
            empty = f"The job's preparation task failed on {nodes}: no task of the job runs there."
        self.show(tasks, known=True, empty=empty)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "again":
            return self.may_change()
        return super().check_action(action, parameters)

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.OutputRequested(self.highlighted))

    def action_again(self) -> None:
        words = self.chosen[0].id if len(self.chosen) == 1 else "marked"
        self.post_message(AgainRequested(self.chosen, words))

    def _ran(self, task: Task) -> Cell:
        ran = task.execution_info
        return ((lasted(ran.start_time, ran.end_time, self.now), Tone.PLAIN),)

    def _ended(self, task: Task) -> Cell:
        return ((ago(task.execution_info.end_time, self.now), Tone.MUTED),)


def _id(task: Task) -> Cell:
    return (("✗ ", Tone.BAD), (task.id, Tone.PLAIN))


def _time(task: Task) -> Value:
    ran = task.execution_info
    return since(ran.start_time, ran.end_time) if ran.end_time else None


def _exit(task: Task) -> Cell:
    code = task.execution_info.exit_code
    return (("" if code is None else str(code), Tone.BAD),)


def _node(task: Task) -> Cell:
    return ((short_node(task.node_info.node_id), Tone.MUTED),)


def _why(task: Task) -> Cell:
    return ((told(task.execution_info.failure_info) or why(task), Tone.MUTED),)
