"""What every form has in common: enter submits, escape cancels, wrong input goes nowhere."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Button, Input

from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.widgets.form import Field, FormButtons, first_wrong

T = TypeVar("T")


class FormScreen(Dialog[T | None], Generic[T]):
    """A dialog of fields. Dismissed with what they say, or with None when cancelled."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = "Input"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012
    HEADING: ClassVar[str]
    SUBMIT: ClassVar[str] = "Create"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", tooltip="Leave without doing it", id="form.cancel"),
        Binding("ctrl+s", "submit", "Submit", tooltip="Do it, from any field", id="form.submit"),
    ]

    def fields(self) -> Iterable[Field]:
        """The fields, top to bottom."""
        raise NotImplementedError

    def result(self) -> T:
        """What the fields say; called only when none of them is wrong."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="form", can_focus=False) as form:
            form.border_title = self.HEADING
            form.border_subtitle = f"enter {self.SUBMIT.lower()} · escape cancel"
            yield from self.fields()
            yield FormButtons(self.SUBMIT)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_submit(self) -> None:
        wrong = first_wrong(self.query(Field))
        if wrong is None:
            self.dismiss(self.result())
        else:
            wrong.control.focus()

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
