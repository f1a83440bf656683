"""Ask before anything is destroyed."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class ConfirmScreen(ModalScreen[bool]):
    """A yes-or-no question. The safe answer has the focus and takes `escape`.

    `question` names the thing; `consequences` are sentences that say what goes with it.
    """

    AUTO_FOCUS = "#no"
    CSS_PATH = "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", tooltip="Do it"),
        Binding("n,escape", "answer(False)", "No", tooltip="Leave everything as it is"),
        Binding("left,h,up,k", "app.focus_previous", show=False),
        Binding("right,l,down,j", "app.focus_next", show=False),
    ]

    def __init__(
        self,
        question: str,
        *,
        consequences: tuple[str, ...] = (),
        yes: str = "Yes",
        no: str = "Cancel",
        title: str = "Are you sure?",
    ) -> None:
        super().__init__()
        self._question = question
        self._consequences = consequences
        self._answers = yes, no
        self._title = title

    def compose(self) -> ComposeResult:
        yes, no = self._answers
        with Vertical(id="dialog") as dialog:
            dialog.border_title = self._title
            yield Static(self._question, id="question", markup=False)
            for sentence in self._consequences:
                yield Static(sentence, classes="consequence", markup=False)
            with Horizontal(id="buttons"):
                yield Button(f"{no} (n)", id="no", compact=True)
                yield Button(f"{yes} (y)", id="yes", variant="error", compact=True)

    @on(Button.Pressed)
    def take_button(self, message: Button.Pressed) -> None:
        self.dismiss(message.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)
