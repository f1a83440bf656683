"""The line in which one types what to look for in a text."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from batchtui.ui.widgets.typedline import TypedLine


class SearchLine(TypedLine):
    """Tells of every change as one types."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "keep", "Keep", tooltip="Go to the text; n and N go on from there",
                id="search.keep"),
        Binding("escape", "drop", "Forget", tooltip="Look for nothing", id="search.drop"),
    ]  # fmt: skip

    class Changed(TypedLine.Changed):
        """The user looks for another text."""

    class Left(TypedLine.Left):
        """The user is done with looking."""

    def __init__(self, text: str) -> None:
        super().__init__(Input(text, placeholder="what to look for", compact=True))

    @on(Input.Submitted)
    def keep(self) -> None:
        self.action_keep()
