"""What every form has in common: enter submits, escape cancels, wrong input goes nowhere."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import ClassVar, Generic, Self, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Button, Input

from batchtui.core.gateway import GatewayError
from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.widgets.form import Field, FormButtons, first_wrong
from batchtui.ui.widgets.titles import set_subtitle, set_title
from batchtui.ui.widgets.verdict import Verdict

T = TypeVar("T")

Act = Callable[[T], Awaitable[bool | None]]
"""Does what a form says. False where the user does not want that after all.

Raises `GatewayError` with what the service says against it."""


class FormScreen(Dialog[T | None], Generic[T]):
    """A dialog of fields. Dismissed with what they say, or with None when cancelled.

    Where it is told what is to be done with that, it stays until that is done: what the service
    says against it stands below the fields, so that they can be put right.
    """

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = "Input"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012
    HEADING: ClassVar[str]
    SUBMIT: ClassVar[str] = "Create"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", tooltip="Leave without doing it", id="form.cancel"),
        Binding("ctrl+s", "submit", "Submit", tooltip="Do it, from any field", id="form.submit"),
    ]

    _act: Act[T] | None = None

    def doing(self, act: Act[T]) -> Self:
        """The form itself, told what is to be done with what its fields say."""
        self._act = act
        return self

    def fields(self) -> Iterable[Field]:
        """The fields, top to bottom."""
        raise NotImplementedError

    def result(self) -> T:
        """What the fields say; called only when none of them is wrong."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="form", can_focus=False) as form:
            set_title(form, self.HEADING)
            set_subtitle(form, f"enter {self.SUBMIT.lower()} · escape cancel")
            yield from self.fields()
            yield Verdict()
            yield FormButtons(self.SUBMIT)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_submit(self) -> None:
        wrong = first_wrong(self.query(Field))
        if wrong is not None:
            wrong.control.focus()
        elif self._act is None:
            self.dismiss(self.result())
        else:
            self._hand_in(self._act, self.result())

    @work(exclusive=True)
    async def _hand_in(self, act: Act[T], said: T) -> None:
        self.say("One moment …")
        try:
            done = await act(said)
        except GatewayError as error:
            self.say(str(error), wrong=True)
        else:
            self.say("")
            if done is not False:
                self.dismiss(said)

    def say(self, sentence: str, *, wrong: bool = False) -> None:
        """What came of it, below the fields."""
        self.query_one(Verdict).say(sentence, wrong=wrong)

    @on(Field.Edited)
    def forget(self) -> None:
        """What was said before is about other fields."""
        self.say("")

    @on(Input.Submitted)
    def take_enter(self) -> None:
        self.action_submit()

    @on(Button.Pressed, "#submit")
    def take_submit(self) -> None:
        self.action_submit()

    @on(Button.Pressed, "#cancel")
    def take_cancel(self) -> None:
        self.action_cancel()


def fresh(noun: str) -> str:
    """A name that is most likely free: the noun and the local date and time, to the minute."""
    return f"{noun}-{datetime.now().astimezone():%m%d-%H%M}"
