"""Ask before anything is changed."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static


class ConfirmScreen(ModalScreen[bool]):
    """A yes-or-no question. The safe answer has the focus and takes `escape`.

    `question` names the thing; `consequences` are sentences that say what goes with it. Where
    `typed` is given, only who types it can say yes.
    """

    AUTO_FOCUS = "#no"
    CSS_PATH = "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", tooltip="Do it"),
        Binding("n,escape", "answer(False)", "No", tooltip="Leave everything as it is"),
        Binding("left,h,up,k,shift+tab", "app.focus_previous", show=False),
        Binding("right,l,down,j,tab", "app.focus_next", show=False),
    ]

    def __init__(
        self,
        question: str,
        *,
        consequences: tuple[str, ...] = (),
        yes: str = "Yes",
        no: str = "Cancel",
        title: str = "Are you sure?",
        typed: str = "",
    ) -> None:
        super().__init__()
        self._question = question
        self._consequences = consequences
        self._answers = yes, no
        self._title = title
        self._typed = typed

    def compose(self) -> ComposeResult:
        yes, no = self._answers
        with Vertical(id="dialog") as dialog:
            dialog.border_title = self._title
            yield Static(self._question, id="question", markup=False)
            for sentence in self._consequences:
                yield Static(sentence, classes="consequence", markup=False)
            if self._typed:
                words = f"Type {self._typed} to go on:"
                yield Static(words, id="what-to-type", markup=False)
                yield Input(compact=True, id="typed")
            with Horizontal(id="buttons"):
                yield Button(f"{no} (n)", id="no", compact=True)
                key = "" if self._typed else " (y)"
                yield Button(
                    f"{yes}{key}", id="yes", variant="error", compact=True,
                    disabled=bool(self._typed),
                )  # fmt: skip

    @on(Input.Changed)
    def compare(self, message: Input.Changed) -> None:
        self.query_one("#yes", Button).disabled = message.value.strip() != self._typed

    @on(Input.Submitted)
    def take_typed(self) -> None:
        self.action_answer(True)

    @on(Button.Pressed)
    def take_button(self, message: Button.Pressed) -> None:
        self.dismiss(message.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """Take the answer; a yes only from the button that can be pressed."""
        if not answer or not self.query_one("#yes", Button).disabled:
            self.dismiss(answer)
        else:
            self.query_one("#typed", Input).focus()
