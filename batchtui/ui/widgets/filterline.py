"""The line in which one types what a table shall show."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from batchtui.ui.widgets.tones import clean
from batchtui.ui.widgets.typedline import TypedLine
from batchtui.ui.widgets.words import Words


class FilterLine(TypedLine):
    """Tells of every change as one types; says beneath what is wrong with it."""

    DEFAULT_CSS = """
    FilterLine .verdict { height: auto; max-height: 3; color: $error; padding: 0 1 0 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        # The input would take enter for itself, and the keys on offer would not tell of it.
        Binding("enter,down", "keep", "Keep", tooltip="Keep the filter and go to the records",
                id="filter.keep", priority=True),
        Binding("escape", "drop", "Show all", tooltip="Forget the filter", id="filter.drop"),
    ]  # fmt: skip

    class Changed(TypedLine.Changed):
        """The user wants another filter."""

    class Left(TypedLine.Left):
        """The user is done with the filter."""

    def __init__(self, text: str, hints: Sequence[str]) -> None:
        """`hints` say what to type, the longest first: while nothing is, one is shown that fits."""
        super().__init__(Input(text, compact=True, select_on_focus=False))
        self._hints = hints
        self.verdict = Words(classes="verdict")

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self.verdict

    def on_resize(self) -> None:
        room = self.input.content_size.width
        fitting = (hint for hint in self._hints if cell_len(hint) <= room)
        self.input.placeholder = next(fitting, self._hints[-1])

    def judge(self, reason: str) -> None:
        """Say why the text is no filter; nothing where it is one."""
        self.verdict.say(Content(clean(reason)))
