"""A transfer while it goes on. Leaving the screen leaves the transfer alone."""

from typing import Any, ClassVar

from textual import events, on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.markup import escape
from textual.reactive import var
from textual.widgets import Static

from batchtui.ui.runs import Runs, is_watched, runs_of
from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.screens.errand import see_through
from batchtui.ui.transfer_run import Move, TransferRun
from batchtui.ui.widgets.tones import clean
from batchtui.ui.widgets.transfer import TransferBar

STOPPED = "Stopped. Those files that were through by then have arrived."


class TransferScreen(Dialog[bool]):
    """Shows how far it is. Dismissed once all of it is through; what went wrong stays to be read.

    The answer is whether it is through, or goes on without the screen.
    """

    CSS_PATH = "transfer.tcss"
    DRAWN = 0.1
    """Seconds between two drawings, however fast bytes go by."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Leave", tooltip="Leave; the transfer goes on",
                id="transfer.leave"),
        Binding("t", "stop", "Stop", tooltip="End the transfer", id="transfer.stop"),
        Binding("r", "start", "Try again", tooltip="Start anew", id="transfer.retry"),
    ]  # fmt: skip

    running: var[bool] = var(True, bindings=True, init=False)

    def __init__(self, run: TransferRun) -> None:
        super().__init__()
        self.run_shown = run

    def compose(self) -> ComposeResult:
        with Vertical(id="transfer") as box:
            box.border_title = escape(clean(self.run_shown.title))
            yield TransferBar()
            yield Static(id="failure", markup=False)

    def on_mount(self) -> None:
        self._stop_listening = self._runs.subscribe(self.take)
        self.set_interval(self.DRAWN, self.take)

    def on_unmount(self) -> None:
        self._stop_listening()

    @property
    def _runs(self) -> Runs:
        return runs_of(self.app)

    @on(events.ScreenResume)
    def take(self) -> None:
        """It got on, or came to an end."""
        run = self.run_shown
        self.running = run.running
        if run.done and self.is_current:
            self.dismiss(True)
        self.query_one(TransferBar).progress = run.progress
        ways = "t stop · escape leave, it goes on" if run.running else "r try again · escape close"
        self.query_one("#transfer").border_subtitle = ways
        words = self.query_one("#failure", Static)
        words.update(run.failure or STOPPED)
        words.display = not (run.running or run.done)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "stop":
                return self.running
            case "start":
                return not self.running
        return True

    def action_start(self) -> None:
        self._runs.start(self.run_shown)

    @work
    async def action_stop(self) -> None:
        await self._runs.cancel(self.run_shown)

    def action_leave(self) -> None:
        self.dismiss(self.run_shown.running)


async def transferred(app: App[Any], title: str, move: Move, *, done: str) -> bool:
    """Have files moved, which is shown until the user leaves it to itself.

    Returns whether that is done or goes on. To be awaited in a worker: it waits for the user.
    """

    def tell_end(run: TransferRun) -> None:
        if run.done:
            app.notify(done, title=title, markup=False)
        elif run.failure and not is_watched(app, run):
            sentence = f"{run.failure} Press B to try again."
            app.notify(sentence, title=title, severity="error", timeout=12, markup=False)

    run = TransferRun(title, move, ended=tell_end)
    return await see_through(app, run, TransferScreen(run))
