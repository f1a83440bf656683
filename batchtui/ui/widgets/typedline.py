"""A line in which one types, and which tells of what is typed."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.plain_text import PlainLabel


class TypedLine(Vertical, Contained):
    """Tells of every change as one types, and where one is done; who derives from it has keys."""

    DEFAULT_CSS = """
    TypedLine {
        dock: bottom;
        height: auto;
        Horizontal { height: 1; }
        Label { width: 2; color: $primary; text-style: bold; }
        Input { width: 1fr; background: $row; color: $foreground; }
    }
    """

    class Changed(Message):
        """The user typed another text."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    class Left(Message):
        """The user is done here."""

    def __init__(self, line: Input) -> None:
        super().__init__()
        self.input = line

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield PlainLabel("/ ")
            yield self.input

    def on_mount(self) -> None:
        self.input.focus()

    @on(Input.Changed)
    def tell(self, message: Input.Changed) -> None:
        message.stop()
        self.post_message(self.Changed(message.value))

    def action_keep(self) -> None:
        self.post_message(self.Left())

    def action_drop(self) -> None:
        self.post_message(self.Changed(""))
        self.post_message(self.Left())
