"""A form's pieces: labelled fields that say in words what is wrong, and the buttons below them."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Button, Input, Label, Select

from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.form_checks import Check, anything, whole_number
from batchtui.ui.widgets.plain_text import PlainLabel, as_content

C = TypeVar("C", bound=Hashable)


class Field(Vertical, Contained):
    """A label, something to fill in, and beneath it what it takes or what is wrong with it."""

    DEFAULT_CSS = """
    Field {
        height: auto;
        .field--row { height: auto; }
        .field--label { width: 17; color: $text-muted; }
        .field--note { margin-left: 17; width: 1fr; padding: 0 1; color: $text-disabled; }
        Input, Select { width: 1fr; }
        Input.-textual-compact, Select.-textual-compact SelectCurrent {
            background: $track 45%; padding: 0 1;
        }
        Select.-textual-compact .option-list--option { padding: 0 1; }
        Select #label, Select OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
        &.-entered .field--label { color: $text-primary; text-style: bold; }
        &.-wrong .field--note, &.-wrong .field--label { color: $text-error; }
    }
    """

    class Edited(Message):
        """The user changed what is filled in."""

        def __init__(self, field: "Field") -> None:
            self.field = field
            super().__init__()

        @property
        def control(self) -> "Field":
            return self.field

    def __init__(self, label: str, control: Widget, *, note: str, id: str) -> None:
        super().__init__(id=id)
        self.label = label
        self.control = control
        self._note = note

    def compose(self) -> ComposeResult:
        with Horizontal(classes="field--row"):
            yield PlainLabel(self.label, classes="field--label")
            yield self.control
        yield PlainLabel(self._note, classes="field--note")

    def fault(self) -> str:
        """What is wrong with what is filled in now; empty when nothing is."""
        raise NotImplementedError

    def judge(self) -> bool:
        """Whether the field is right; says so beneath it."""
        fault = self.fault()
        self.complain(fault)
        return not fault

    def complain(self, fault: str) -> None:
        """Say that sentence beneath the field until it is edited; an empty one is no complaint."""
        self.set_class(bool(fault), "-wrong")
        self.query_one(".field--note", Label).update(fault or self._note)

    def say(self, note: str) -> None:
        """Show another note, such as what the text comes to."""
        self._note = note
        self.judge()

    # `:focus-within` would not do: Textual does not restyle the label beside what has the focus.
    def on_descendant_focus(self) -> None:
        self.add_class("-entered")

    def on_descendant_blur(self) -> None:
        self.remove_class("-entered")

    @on(Input.Changed)
    @on(Select.Changed)
    def follow(self, message: Message) -> None:
        message.stop()
        self.judge()
        self.post_message(self.Edited(self))


class TextField(Field):
    """A line of text."""

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        id: str,
        check: Check = anything,
        note: str = "",
        suggestions: Sequence[str] = (),
        restrict: str | None = None,
    ) -> None:
        suggester = SuggestFromList(suggestions, case_sensitive=False) if suggestions else None
        self.input = Input(value, compact=True, suggester=suggester, restrict=restrict)
        super().__init__(label, self.input, note=note, id=id)
        self._check = check

    @property
    def value(self) -> str:
        return self.input.value.strip()

    def fault(self) -> str:
        return self._check(self.value)


class NumberField(TextField):
    """A whole number in a range, both ends included."""

    def __init__(
        self, label: str, value: int, *, id: str, least: int, most: int, note: str = ""
    ) -> None:
        check = whole_number(least, most)
        super().__init__(label, str(value), id=id, check=check, note=note, restrict=r"-?\d*")

    @property
    def number(self) -> int:
        """Right only while there is no fault."""
        return int(self.value)


class ChoiceField(Field, Generic[C]):
    """One of several things. `missing` says what to do when there is none to choose from."""

    def __init__(
        self,
        label: str,
        options: Sequence[tuple[str, C]],
        *,
        id: str,
        value: C | None = None,
        note: str = "",
        missing: str = "Choose one.",
    ) -> None:
        known = [option for _, option in options]
        start = value if value in known else next(iter(known), None)
        self.select: Select[C] = Select(
            [(as_content(words), value) for words, value in options],
            value=Select.NULL if start is None else start,
            allow_blank=not options,
            prompt="nothing to choose from",
            compact=True,
        )
        super().__init__(label, self.select, note=note, id=id)
        self._missing = missing

    @property
    def choice(self) -> C:
        """What is chosen. Raises `LookupError` when there is nothing to choose from."""
        chosen = self.select.selection
        if chosen is None:
            raise LookupError(self._missing)
        return chosen

    def fault(self) -> str:
        return self._missing if self.select.is_blank() else ""


class FormButtons(Horizontal):
    """The safe button and the one that does it."""

    DEFAULT_CSS = """
    FormButtons {
        height: auto; align-horizontal: right; margin-top: 1;
        Button { margin-left: 2; }
    }
    """

    def __init__(self, submit: str) -> None:
        super().__init__()
        self._submit = submit

    def compose(self) -> ComposeResult:
        yield Button("Cancel", id="cancel", compact=True)
        yield Button(self._submit, id="submit", variant="primary", compact=True)


def first_wrong(fields: Iterable[Field]) -> Field | None:
    """Judge every field; the first that is wrong."""
    wrong = [field for field in fields if not field.judge()]
    return wrong[0] if wrong else None
