"""Ask before anything is changed."""

import time
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.titles import set_title

ANSWERS = ("y", "n")
"""Keys that answer a question which has no name to type."""


class ConfirmScreen(Dialog[bool]):
    """A yes-or-no question. The safe answer has the focus and takes `escape`.

    `question` names the thing; `consequences` are sentences that say what goes with it. Where
    `typed` is given, only who types it can say yes: what is typed goes there, letters that
    answer other questions too. Elsewhere other letters than y and n do nothing, and whoever typed
    some presses no button with enter before an arrow or tab has chosen it: a name that is typed
    where none is asked for answers nothing.
    """

    STRAY = "Press y or n, or choose with the arrows."

    AUTO_FOCUS = "#typed, #no"
    CSS_PATH = "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "letter(True)", "Yes", tooltip="Do it"),
        Binding("n", "letter(False)", "No", tooltip="Leave everything as it is"),
        Binding("escape", "answer(False)", "No", tooltip="Leave everything as it is"),
        Binding("left,up,shift+tab", "step(-1)", show=False),
        Binding("right,down,tab", "step(1)", show=False),
        Binding("enter", "press", show=False, priority=True),
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
        self._stray: float | None = None
        """When a letter came last that answers nothing; None where a button was chosen since."""

    def compose(self) -> ComposeResult:
        yes, no = self._answers
        with Vertical(id="dialog") as dialog:
            set_title(dialog, self._title)
            yield PlainText(self._question, id="question")
            for sentence in self._consequences:
                yield PlainText(sentence, classes="consequence")
            if self._typed:
                words = f"Type {self._typed} to go on:"
                yield PlainText(words, id="what-to-type")
                yield Input(compact=True, id="typed", select_on_focus=False)
                yield PlainText(id="verdict")
            with Horizontal(id="buttons"):
                key = "escape" if self._typed else "n"
                yield Button(f"{no} ({key})", id="no", compact=True)
                key = "" if self._typed else " (y)"
                yield Button(
                    f"{yes}{key}", id="yes", variant="error", compact=True,
                    disabled=bool(self._typed),
                )  # fmt: skip

    @property
    def takes_letters(self) -> bool:
        """Whether `y` and `n` answer the question."""
        return not self._typed

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.takes_letters if action in ("letter", "press") else True

    def on_key(self, event: events.Key) -> None:
        """Have letters typed where there are some to type, whatever has the focus."""
        if not (event.is_printable and event.character):
            return
        if self.takes_letters and event.key in ANSWERS:
            return  # for the bindings
        event.stop()
        if self._typed:
            line = self.query_one("#typed", Input)
            line.focus()
            line.insert_text_at_cursor(event.character)
        else:
            self._take_stray()

    def _take_stray(self) -> None:
        """Say what answers, after a letter that does not."""
        self._stray = time.monotonic()
        if not self.query("#stray"):
            line = PlainText(self.STRAY, id="stray")
            self.query_one("#dialog").mount(line, before="#buttons")

    @on(Input.Changed)
    def compare(self, message: Input.Changed) -> None:
        self.query_one("#verdict", Static).update("")
        self.query_one("#yes", Button).disabled = message.value.strip() != self._typed

    @on(Input.Submitted)
    def take_typed(self, message: Input.Submitted) -> None:
        """Enter says yes once the name stands there; before that, what is missing."""
        if not self.query_one("#yes", Button).disabled:
            self.dismiss(True)
            return
        said = message.value.strip()
        begun = self._typed.startswith(said)
        word = "is not complete" if begun else "is another one"
        self.query_one("#verdict", Static).update(
            f"The name {word}. Nothing is done; escape leaves." if said else
            "Type the name first, or press escape to leave."
        )  # fmt: skip

    @on(Button.Pressed)
    def take_button(self, message: Button.Pressed) -> None:
        self.dismiss(message.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

    def action_letter(self, answer: bool) -> None:
        """Answer, unless the letter goes on with a word that is being typed, such as `key-1`."""
        pause: float = getattr(self.app, "WORD", 0.0)
        if answer and self._stray is not None and time.monotonic() - self._stray < pause:
            self._take_stray()
        else:
            self.dismiss(answer)

    def action_step(self, step: int) -> None:
        """Go to the other answer."""
        self._stray = None
        self.query("#stray").remove()
        move = self.focus_next if step > 0 else self.focus_previous
        move()

    def action_press(self) -> None:
        """Take the chosen answer, unless letters were typed since it was chosen."""
        if self._stray is None and isinstance(self.focused, Button):
            self.focused.press()
