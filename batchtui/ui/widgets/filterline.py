"""The line in which one types what a table shall show."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label

from batchtui.ui.widgets.tones import clean
from batchtui.ui.widgets.words import Words


class FilterLine(Vertical):
    """Tells of every change as one types; says beneath what is wrong with it."""

    DEFAULT_CSS = """
    FilterLine {
        dock: bottom;
        height: auto;
        Horizontal { height: 1; }
        Label { width: 2; color: $primary; text-style: bold; }
        Input { width: 1fr; background: $row; color: $foreground; }
        .verdict { height: auto; max-height: 3; color: $error; padding: 0 1 0 2; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        # The input would take enter for itself, and the keys on offer would not tell of it.
        Binding("enter,down", "keep", "Keep", tooltip="Keep the filter and go to the records",
                id="filter.keep", priority=True),
        Binding("escape", "drop", "Show all", tooltip="Forget the filter", id="filter.drop"),
    ]  # fmt: skip

    class Changed(Message):
        """The user typed another text."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    class Left(Message):
        """The user is done here."""

    def __init__(self, text: str, hints: Sequence[str]) -> None:
        """`hints` say what to type, the longest first: while nothing is, one is shown that fits."""
        super().__init__()
        self._hints = hints
        self.input = Input(text, compact=True, select_on_focus=False)
        self.verdict = Words(classes="verdict")

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label("/ ")
            yield self.input
        yield self.verdict

    def on_mount(self) -> None:
        self.input.focus()

    def on_resize(self) -> None:
        room = self.input.content_size.width
        fitting = (hint for hint in self._hints if cell_len(hint) <= room)
        self.input.placeholder = next(fitting, self._hints[-1])

    def judge(self, reason: str) -> None:
        """Say why the text is no filter; nothing where it is one."""
        self.verdict.say(Content(clean(reason)))

    @on(Input.Changed)
    def tell(self, message: Input.Changed) -> None:
        message.stop()
        self.post_message(self.Changed(message.value))

    def action_keep(self) -> None:
        self.post_message(self.Left())

    def action_drop(self) -> None:
        self.post_message(self.Changed(""))
        self.post_message(self.Left())
