"""A recipe's parameters, and what else there is to say before it runs."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from msgspec import Struct
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Button

from batchtui.core.gateway import GatewayError
from batchtui.core.plan import Plan
from batchtui.core.recipe.faults import RecipeError, spelled
from batchtui.core.recipe.model import Scalar
from batchtui.core.recipe.parameters import ParameterError
from batchtui.core.run.account import RunAccount
from batchtui.core.run.cleanup import CleanupRule
from batchtui.core.run.errors import RunError
from batchtui.core.run.patience import Patience
from batchtui.core.run.preflight import preflight
from batchtui.core.wording import in_bytes, many
from batchtui.ui.recipe_run import Workshop, planned
from batchtui.ui.screens.form import FormScreen
from batchtui.ui.widgets.form import ChoiceField, Field, FormButtons, TextField, first_wrong
from batchtui.ui.widgets.form_checks import Check, anything, needed, number, whole_number
from batchtui.ui.widgets.form_paths import PathField
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.titles import set_subtitle, set_title
from batchtui.ui.widgets.verdict import Verdict

ENDS: dict[str, CleanupRule | None] = {
    "delete, ask or keep as the recipe says": None,
    "delete all that it created after success": CleanupRule.SUCCESS,
    "delete all that it created in any case": CleanupRule.ALWAYS,
    "keep all that it created": CleanupRule.NEVER,
}
CHECKS: dict[type, Check] = {
    int: whole_number(-999_999_999, 999_999_999),
    float: number,
    str: anything,
}


class Ready(Struct, frozen=True):
    """A run that may begin."""

    plan: Plan
    output: Path
    rule: CleanupRule | None


class RecipeFormScreen(FormScreen[Ready]):
    """Asks for the parameters. What is wrong with the recipe or the account is said here, before
    anything is created.
    """

    SUBMIT = "Run"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "check", "Check", tooltip="Look for what is wrong, and run nothing"),
    ]

    def __init__(self, workshop: Workshop, plan: Plan) -> None:
        """`plan` is that of the recipe with its defaults."""
        super().__init__()
        self._workshop = workshop
        self._plan = plan
        self._parameters = plan.recipe.parameters

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="form", can_focus=False) as form:
            set_title(form, f"Run {self._plan.recipe.name}")
            set_subtitle(form, "enter run · ctrl+t check · escape cancel")
            yield PlainText(self._about(self._plan), id="about")
            yield from self.fields()
            yield Verdict()
            with FormButtons(self.SUBMIT):
                yield Button("Check", id="check", compact=True)

    def fields(self) -> Iterable[Field]:
        for index, (name, parameter) in enumerate(self._parameters.items()):
            yield parameter_field(name, parameter.default, parameter.help, id=f"param-{index}")
        if self._plan.recipe.downloads:
            folder = Path.cwd() / self._plan.folder
            yield PathField(
                "Outputs go to", str(folder), id="output", check=needed,
                note="a folder, made if it is not there",
            )  # fmt: skip
        yield ChoiceField("At the end", [(end, end) for end in ENDS], id="rule")

    def action_check(self) -> None:
        self._settle(run=False)

    def action_submit(self) -> None:
        self._settle(run=True)

    @on(Button.Pressed, "#check")
    def take_check(self) -> None:
        self.action_check()

    @work(exclusive=True)
    async def _settle(self, *, run: bool) -> None:
        """Check everything; then run, or say how it looks."""
        wrong = first_wrong(self.query(Field))
        if wrong is not None:
            wrong.control.focus()
            return
        self.say("Checking ...")
        try:
            plan = await planned(self._plan.file, self._given(), self._plan.run_id)
            account = RunAccount(self._workshop.session.gateway, Patience.none())
            await preflight(plan, account)
        except RecipeError as error:
            self.say(in_lines(error), wrong=True)
        except (ParameterError, RunError, GatewayError) as error:
            self.say(str(error), wrong=True)
        else:
            if run:
                self.dismiss(self._ready(plan))
            warned = (f"Warning: {spelled(each.key)}: {each.sentence}" for each in plan.warnings)
            self.say("\n".join((f"Nothing is wrong: {self._about(plan)}", *warned)))

    def _given(self) -> dict[str, str]:
        fields = (self.query_one(f"#param-{i}", Field) for i in range(len(self._parameters)))
        return dict(zip(self._parameters, map(said, fields), strict=True))

    def _ready(self, plan: Plan) -> Ready:
        outputs = self.query("#output").results(PathField)
        output = next((field.path for field in outputs), Path.cwd())
        return Ready(plan, output, ENDS[self.query_one("#rule", ChoiceField).choice])

    @staticmethod
    def _about(plan: Plan) -> str:
        size = in_bytes(plan.bytes)
        return (
            f"{many(len(plan.ids), 'task')}, {many(len(plan.uploads), 'file')} ({size}) to upload."
        )


def parameter_field(name: str, default: Scalar, note: str, *, id: str) -> Field:
    """A field of the default's type."""
    if isinstance(default, bool):
        options = [("yes", "true"), ("no", "false")]
        return ChoiceField(name, options, id=id, value=str(default).lower(), note=note)
    return TextField(name, str(default), id=id, check=CHECKS[type(default)], note=note)


def said(field: Field) -> str:
    """What a parameter's field says, as it would be written after `--set`."""
    if isinstance(field, TextField):
        return field.value
    if isinstance(field, ChoiceField):
        return str(field.choice)
    raise TypeError(f"no parameter's field: {field!r}")


def in_lines(error: RecipeError) -> str:
    """All that is wrong with a recipe, each with the key's path, and the file only once."""
    faults = (": ".join(filter(None, (spelled(f.key), f.sentence))) for f in error.faults)
    return "\n".join((f"In {error.file}:", *faults))
