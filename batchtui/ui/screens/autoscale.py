"""The formula by which a pool scales."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import ClassVar

from msgspec import Struct
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, TextArea

from batchtui.core.autoscale import AutoScaleRun
from batchtui.core.durations import duration, spelled
from batchtui.core.gateway import GatewayError
from batchtui.ui.screens.writing import WritingScreen
from batchtui.ui.widgets.form import FormButtons, TextField
from batchtui.ui.widgets.form_checks import maybe_duration
from batchtui.ui.widgets.titles import set_subtitle, set_title
from batchtui.ui.widgets.verdict import Verdict

EXAMPLE = """\
// As many nodes as tasks wait or run, at most ten; none while there is nothing to do.
$tasks = max($PendingTasks.GetSample(1), 0);
$TargetDedicatedNodes = min(10, $tasks);
$NodeDeallocationOption = taskcompletion;
"""

ONLY_ONCE_ON = (
    "Azure evaluates formulas only for pools that scale by one already: it checks this one when it "
    "is turned on, and refuses it then if something is wrong."
)


class Formula(Struct, frozen=True):
    text: str
    interval: timedelta | None = None
    """Between two evaluations; None leaves it to the service."""


Evaluate = Callable[[str], Awaitable[AutoScaleRun]]
TurnOn = Callable[[Formula], Awaitable[bool]]
"""Asks, and has the pool scale so; whether it does. Raises `GatewayError` where it is refused."""


class AutoscaleScreen(WritingScreen[bool]):
    """Edits a formula, says what it comes to now, and turns it on. Dismissed with whether it is on.

    What the service says against the formula stays on the screen, so that it can be put right.
    """

    CSS_PATH = "document.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", tooltip="Leave without doing it",
                id="autoscale.leave"),
        Binding("ctrl+t", "evaluate", "Evaluate", tooltip="Say what the formula comes to now",
                priority=True, id="autoscale.evaluate"),
        Binding("ctrl+s", "submit", "Turn on", tooltip="Evaluate, then have the pool scale by it",
                priority=True, id="autoscale.submit"),
    ]  # fmt: skip

    def __init__(
        self, pool_id: str, formula: Formula, evaluate: Evaluate, turn_on: TurnOn, *, scales: bool
    ) -> None:
        """`formula` is the present one; `scales`: whether the pool scales by it already."""
        super().__init__()
        self._pool_id = pool_id
        self._formula = formula
        self._evaluate = evaluate
        self._turn_on = turn_on
        self._scales = scales

    def compose(self) -> ComposeResult:
        interval = self._formula.interval
        with Vertical(id="document") as box:
            set_title(box, f"Autoscaling of pool {self._pool_id}")
            set_subtitle(box, "ctrl+t evaluate · ctrl+s turn on · escape cancel")
            yield TextArea(self._formula.text or EXAMPLE, show_line_numbers=True)
            yield Verdict()
            yield TextField(
                "Evaluated every", spelled(interval) if interval else "", id="interval",
                check=_interval, note="at least 5m, at most 168h; empty for 15m",
            )  # fmt: skip
            with FormButtons("Change" if self._scales else "Turn on"):
                yield Button("Evaluate", id="evaluate", compact=True)

    @on(Button.Pressed)
    def take_button(self, message: Button.Pressed) -> None:
        match message.button.id:
            case "evaluate":
                self.action_evaluate()
            case "submit":
                self.action_submit()
            case _:
                self.action_leave()

    @property
    def nothing(self) -> bool:
        return False

    @on(TextArea.Changed)
    def forget(self) -> None:
        """What was said before is about another formula."""
        self._say("")

    @work(exclusive=True)
    async def action_evaluate(self) -> None:
        await self._tried()

    @work(exclusive=True)
    async def action_submit(self) -> None:
        field = self.query_one("#interval", TextField)
        if not field.judge():
            field.control.focus()
            return
        if not await self._tried():
            return
        interval = duration(field.value) if field.value else None
        try:
            on = await self._turn_on(Formula(self.query_one(TextArea).text, interval))
        except GatewayError as error:
            self._say(str(error), wrong=True)
        else:
            if on:
                self.dismiss(True)

    async def _tried(self) -> bool:
        """Whether nothing speaks against the formula; says what it comes to."""
        self._say("Evaluating …")
        try:
            run = await self._evaluate(self.query_one(TextArea).text)
        except GatewayError as error:
            if error.status == 409 and not self._scales:
                self._say(ONLY_ONCE_ON)
                return True
            self._say(str(error), wrong=True)
            return False
        if run.error is not None:
            self._say(run.error.sentence, wrong=True)
            return False
        came_to = ", ".join(f"{name} {value}" for name, value in run.variables)
        self._say(f"Comes to: {came_to or 'nothing'}.")
        return True

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        self.query_one(Verdict).say(sentence, wrong=wrong)


def _interval(text: str) -> str:
    if fault := maybe_duration(text):
        return fault
    fits = not text or timedelta(minutes=5) <= duration(text) <= timedelta(hours=168)
    return "" if fits else "At least 5m, at most 168h."
