"""What one sees until an account is open, or why it could not be opened."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import Static

from batchtui import paths
from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.keybar import KeyBar
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.titles import set_title

OPENING = "batchtui"
FAILED = "The account could not be opened"
HINT = (
    "Endpoint and key come from the variables AZURE_BATCH_ENDPOINT and AZURE_BATCH_ACCESS_KEY, or "
    "from a profile in {}. Is this machine online, and are they of one account?\n\n"
    "r tries again. batchtui --profile local opens the local account instead."
)


class ConnectingScreen(Screen[None], Contained):
    """The steps so far, the newest at the bottom; after a failure, its sentence."""

    CSS_PATH = "opening.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "retry", "Try again", tooltip="Open the account again"),
        Binding("q,escape", "app.quit", "Quit", tooltip="Leave batchtui"),
    ]

    failure: var[str] = var("", bindings=True, init=False)
    again: var[int | None] = var(None, init=False)
    """Seconds until the account is asked again by itself; None where it is not."""

    class RetryRequested(Message):
        """The user wants another attempt."""

    def __init__(self, doing: str = "Opening the account…") -> None:
        """`doing` is said until there is a first step."""
        super().__init__()
        self._doing = doing
        self._steps: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            set_title(box, OPENING)
            yield PlainText(self._doing, id="steps")
            yield PlainText(id="failure")
            yield PlainText(id="again")
            yield PlainText(HINT.format(paths.config_file()), id="hint")
        yield KeyBar()

    def say(self, sentence: str) -> None:
        """Show a step; a step that only counts on replaces itself."""
        self._steps.append(sentence)
        self.query_one("#steps", Static).update("\n".join(self._steps[-8:]))

    def on_mount(self) -> None:
        self.set_interval(1.0, self._count_down)

    def wait(self, failure: str, seconds: float) -> None:
        """Say what failed, and that it is tried again by itself after so many seconds."""
        self.failure = failure
        self.again = round(seconds)

    def _count_down(self) -> None:
        if self.again:
            self.again -= 1

    def watch_again(self, again: int | None) -> None:
        self.set_class(again is not None, "-again")
        when = f"Trying again in {again}s." if again else "Trying again…"
        self.query_one("#again", Static).update(when)

    def watch_failure(self, failure: str) -> None:
        if not failure:
            self.again = None
        self.set_class(bool(failure), "-failed")
        set_title(self.query_one("#box"), FAILED if failure else OPENING)
        self.query_one("#failure", Static).update(failure)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.failure) if action == "retry" else True

    def action_retry(self) -> None:
        self._steps.clear()
        self.failure = ""
        self.post_message(self.RetryRequested())
