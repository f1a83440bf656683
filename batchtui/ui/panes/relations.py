"""The things that one thing leads to."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.relations import Relation
from batchtui.core.things import Thing
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.tones import Cell, Tone


class RelationsPane(TablePane[Relation]):
    NAME = "Leads to"
    HELP = """
Other things that this one has to do with: the node and the pool that a task ran on, its job, the
tasks that it waits for and those that wait for it, what a node ran last, the jobs and nodes of a
pool, the broken nodes first.

Enter goes there, and backspace comes back.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Go there", tooltip="Look at this thing", id="relations.open"),
    ]

    found: var[tuple[Relation, ...]] = var((), init=False)

    class OpenRequested(Message):
        """The user wants to look at this thing."""

        def __init__(self, thing: Thing) -> None:
            self.thing = thing
            super().__init__()

    def columns(self) -> tuple[Column[Relation], ...]:
        return (
            Column(
                "", 8, _words, grow=1, most=24, name="relation",
                value=lambda relation: relation.words,
            ),
            Column("THING", 16, _thing, grow=2, value=lambda relation: str(relation.thing)),
        )  # fmt: skip

    def key(self, record: Relation) -> str:
        return str(record.thing)

    def name_of(self, record: Relation) -> str:
        return record.thing.id

    def thing(self, record: Relation) -> Thing:
        return record.thing

    def watch_found(self, found: tuple[Relation, ...]) -> None:
        self.show(found, known=True, empty="It leads nowhere else.")

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.OpenRequested(self.highlighted.thing))


def _words(relation: Relation) -> Cell:
    return ((relation.words, Tone.MUTED),)


def _thing(relation: Relation) -> Cell:
    thing = relation.thing
    return ((f"{thing.kind} ", Tone.MUTED), (short_node(thing.id, 32), Tone.PLAIN))
