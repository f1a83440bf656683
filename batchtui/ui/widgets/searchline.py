"""The line in which one types what to look for in a text."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label


class SearchLine(Horizontal):
    """Tells of every change as one types."""

    DEFAULT_CSS = """
    SearchLine {
        dock: bottom;
        height: 1;
        Label { width: 2; color: $primary; text-style: bold; }
        Input { width: 1fr; background: $row; color: $foreground; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "keep", "Keep", tooltip="Go to the text; n and N go on from there",
                id="search.keep"),
        Binding("escape", "drop", "Forget", tooltip="Look for nothing", id="search.drop"),
    ]  # fmt: skip

    class Changed(Message):
        """The user typed another text."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    class Left(Message):
        """The user is done here."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.input = Input(text, placeholder="what to look for", compact=True)

    def compose(self) -> ComposeResult:
        yield Label("/ ")
        yield self.input

    def on_mount(self) -> None:
        self.input.focus()

    @on(Input.Changed)
    def tell(self, message: Input.Changed) -> None:
        message.stop()
        self.post_message(self.Changed(message.value))

    @on(Input.Submitted)
    def action_keep(self) -> None:
        self.post_message(self.Left())

    def action_drop(self) -> None:
        self.post_message(self.Changed(""))
        self.post_message(self.Left())
