"""Panes whose records can be taken along: two to be compared, or their names to be pasted."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from batchtui.core.things import Thing
from batchtui.ui.panes.frame import Pane


class TakingPane(Pane):
    """Asks for it with the same keys wherever there are records, marked ones or one in use."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "compare", "Compare", show=False, id="table.compare",
                tooltip="See where two marked records differ, or a marked one and this"),
        Binding("c", "copy", "Copy the name", show=False, id="table.copy",
                tooltip="Copy the name of the record, or those of the marked ones"),
    ]  # fmt: skip

    class CompareRequested(Message):
        """The user wants to see where two things differ; `trouble` says why that cannot be."""

        def __init__(self, things: tuple[Thing, ...], trouble: str) -> None:
            self.things = things
            self.trouble = trouble
            super().__init__()

    class CopyRequested(Message):
        """The user wants these names elsewhere."""

        def __init__(self, names: tuple[str, ...]) -> None:
            self.names = names
            super().__init__()

    @property
    def highlighted(self) -> object | None:
        """The record in use."""
        raise NotImplementedError

    @property
    def names(self) -> tuple[str, ...]:
        """What the marked records are called; without any, the one in use."""
        raise NotImplementedError

    @property
    def pair(self) -> tuple[Thing | None, ...]:
        """The marked records as the service knows them, and the one in use beside a single one.

        None stands for one of which the service knows no more.
        """
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("compare", "copy"):
            return None if self.highlighted is None else True
        return super().check_action(action, parameters)

    def action_copy(self) -> None:
        self.post_message(self.CopyRequested(self.names))

    def action_compare(self) -> None:
        pair = self.pair
        things = tuple(thing for thing in pair if thing is not None)
        what = self.NAME.lower()
        trouble = ""
        if len(things) < len(pair):
            trouble = f"There is nothing more to know of {what}, so they are not compared."
        elif len(things) < 2:
            trouble = f"Mark two {what} with space, then m shows where they differ."
        elif len(things) > 2:
            trouble = f"Of {len(things):,} marked {what} two can be compared. Unmark the others."
        elif things[0].kind is not things[1].kind:
            trouble = "These are of different kinds. Mark two of one kind to compare them."
        self.post_message(self.CompareRequested(things, trouble))
