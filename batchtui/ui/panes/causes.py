"""Why the tasks of a job failed."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.causes import By, Cause, causes, of_preparation
from batchtui.core.feed import Reading
from batchtui.core.filters import Kind
from batchtui.core.models import Task, Window
from batchtui.core.preparation_status import JobPreparation, failure_words
from batchtui.core.wording import many
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.widgets.bar import bar
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.tones import Cell, Spans, Tone


class AgainRequested(Message):
    """The user wants these failed tasks to run again; `words` say which they are."""

    def __init__(self, tasks: tuple[Task, ...], words: str) -> None:
        self.tasks = tasks
        self.words = words
        super().__init__()


class CausesPane(TablePane[Cause]):
    FEEDS = ("failures",)
    NUMBER = 1
    NAME = "Causes"
    HELP = """
The failed tasks of the job, in groups: those that failed with the same exit code or for the same
reason, or, after v, those that failed on the same node. The largest group comes first, after the
job's preparation where that failed on nodes.

The tasks of the highlighted group stand below, and beside them the last lines that one of them
wrote to stderr. With a, the whole group runs again.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Tasks", tooltip="Go to the tasks of this cause", show=False,
                id="causes.tasks"),
        Binding("a", "again", "Again", tooltip="Run all tasks of this cause again",
                id="causes.again"),
    ]  # fmt: skip

    failures: var[Reading[Window[Task]]] = var(Reading(Window()), init=False)
    preparation: var[Reading[JobPreparation]] = var(Reading(JobPreparation()), init=False)
    by: var[By] = var(By.CAUSE, init=False)

    class OpenRequested(Message):
        """The user wants to go to the tasks of the highlighted cause."""

    def columns(self) -> tuple[Column[Cause], ...]:
        """A group of one node's failures names the node, and says why its tasks failed."""
        by_node = self.by is By.NODE
        nodes = () if by_node else (Column("NODES", 13, _nodes, rank=3),)
        return (
            Column("TASKS", 6, _count, right=True, value=lambda cause: len(cause.tasks),
                   kind=Kind.NUMBER),
            Column("SHARE", 8, self._share, grow=1, most=20, rank=2),
            Column("NODE" if by_node else "CAUSE", 20, self._words, grow=2,
                   most=72 if by_node else 48, value=lambda cause: cause.words, name="cause"),
            *nodes,
            Column("FAILED FOR" if by_node else "WHAT THE SERVICE SAYS", 21, _message, grow=4,
                   rank=1, value=lambda cause: cause.message, name="message"),
        )  # fmt: skip

    def key(self, record: Cause) -> str:
        return record.key

    def name_of(self, record: Cause) -> str:
        return record.words

    def watch_failures(self) -> None:
        self.take()
        self._group()

    def watch_preparation(self) -> None:
        self._group()

    def watch_by(self) -> None:
        """Other groups stand there: the first of them is the one to look at."""
        self.rearrange()
        self._group()
        self.table.action_go(0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "again":
            return self.may_change(something=not any(cause.tasks for cause in self.chosen))
        return super().check_action(action, parameters)

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        self.post_message(self.OpenRequested())

    def action_again(self) -> None:
        tasks = tuple(task for cause in self.chosen for task in cause.tasks)
        words = " and ".join(cause.words for cause in self.chosen)
        self.post_message(AgainRequested(tasks, words))

    def _group(self) -> None:
        window = self.failures.value
        unprepared = of_preparation(self.preparation.value)
        found = (*unprepared, *causes(window.items, self.by))
        self.about = f"by {self.by}"
        least = "" if window.complete else "first "
        if self.failures.known:
            failed = f"{least}{len(window.items):,} failed"
            groups = many(len(found) - len(unprepared), str(self.by))
            parts = (failure_words(self.preparation.value.failed), failed, groups)
            self.summary = " · ".join(filter(None, parts))
        self.show(found, known=self.failures.known, empty="No task of this job has failed.")

    def _words(self, cause: Cause) -> Cell:
        if self.by is By.CAUSE or not cause.nodes:
            return ((cause.words, Tone.PLAIN),)
        return lambda width: ((short_node(cause.words, width), Tone.PLAIN),)

    def _share(self, cause: Cause) -> Cell:
        if cause.preparation is not None:
            return ()
        total = len(self.failures.value.items)

        def drawn(width: int) -> Spans:
            return bar(((len(cause.tasks), Tone.BAD),), total, width)

        return drawn


def _count(cause: Cause) -> Cell:
    if cause.preparation is not None:
        return ()
    return ((f"{len(cause.tasks):,}", Tone.BAD),)


def _nodes(cause: Cause) -> Cell:
    if len(cause.nodes) == 1:
        return ((short_node(cause.nodes[0]), Tone.MUTED),)
    return ((f"{len(cause.nodes):,} nodes" if cause.nodes else "", Tone.MUTED),)


def _message(cause: Cause) -> Cell:
    return ((cause.message, Tone.MUTED),)
