"""How the preparation and the release of a job went on each node."""

from datetime import datetime
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.filters import Kind, Value
from batchtui.core.preparation_status import JobPreparation, NodeTaskRun, PreparationStatus
from batchtui.core.states import Result
from batchtui.core.things import Kind as Things
from batchtui.core.things import Thing
from batchtui.core.wording import many
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.times import lasted, since
from batchtui.ui.widgets.tones import Cell, Tone


class PreparationPane(TablePane[PreparationStatus]):
    FEEDS = ("preparation",)
    NAME = "Preparation"
    HELP = """
How the job's preparation task went on each node that ran it, and the release task after the job's
end; those nodes first on which the preparation failed. Enter opens the node, with its files.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "open", "Node", tooltip="Everything about this node", id="preparation.node"
        ),
    ]

    MOST = 5
    """Nodes that are on show at once."""

    preparation: var[Reading[JobPreparation]] = var(Reading(JobPreparation()), init=False)

    class OpenRequested(Message):
        """The user wants to look at this node."""

        def __init__(self, thing: Thing) -> None:
            self.thing = thing
            super().__init__()

    def columns(self) -> tuple[Column[PreparationStatus], ...]:
        return (
            Column("NODE", 14, _node, grow=1, most=40, value=lambda status: status.node_id),
            Column("PREPARATION", 20, lambda status: _run(status.preparation), grow=1, most=40,
                   value=lambda status: _words(status.preparation), name="preparation"),
            Column("TOOK", 9, lambda status: self._took(status.preparation), right=True, rank=1,
                   kind=Kind.DURATION, value=lambda status: _time(status.preparation, self.now)),
            Column("RELEASE", 20, lambda status: _run(status.release), grow=1, most=40, rank=2,
                   value=lambda status: _words(status.release)),
        )  # fmt: skip

    def key(self, record: PreparationStatus) -> str:
        return f"{record.pool_id}/{record.node_id}"

    def name_of(self, record: PreparationStatus) -> str:
        return record.node_id

    def thing(self, record: PreparationStatus) -> Thing:
        return Thing(Things.NODE, record.node_id, record.pool_id)

    def watch_preparation(self, reading: Reading[JobPreparation]) -> None:
        self.take()
        found = reading.value
        least = "" if found.complete else "first "
        failed = f" · {len(found.failed):,} failed" if found.failed else ""
        self.summary = f"{least}{many(len(found.nodes), 'node')}{failed}"
        rows = min(self.MOST, len(found.nodes))
        self.styles.height = self.table.HEADER + rows + self.gutter.height
        self.show(found.nodes, known=reading.known, empty="No node has prepared for this job yet.")

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.OpenRequested(self.thing(self.highlighted)))

    def _took(self, run: NodeTaskRun | None) -> Cell:
        text = lasted(run.start_time, run.end_time, self.now) if run else ""
        return ((text, Tone.MUTED),)


def _node(status: PreparationStatus) -> Cell:
    return lambda width: ((short_node(status.node_id, width), Tone.PLAIN),)


def _words(run: NodeTaskRun | None) -> str:
    return run.words if run else ""


def _run(run: NodeTaskRun | None) -> Cell:
    if run is None:
        return ()
    if run.failed:
        return ((f"✗ {run.words}", Tone.BAD),)
    done = run.result is Result.SUCCESS
    return ((f"{'✓' if done else '▶'} {run.words}", Tone.MUTED if done else Tone.ACTIVE),)


def _time(run: NodeTaskRun | None, now: datetime) -> Value:
    return since(run.start_time, run.end_time or now) if run else None
