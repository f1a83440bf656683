"""A transfer while it goes on. Leaving the screen leaves the transfer alone."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual import events, on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.notifications import SeverityLevel
from textual.reactive import var
from textual.widgets import Static

from batchtui.core.transfer import Move, MoveAll, Piece, move_all
from batchtui.core.wording import many
from batchtui.ui.runs import Runs, is_watched, runs_of
from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.screens.errand import see_through
from batchtui.ui.transfer_run import TransferRun
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.titles import set_subtitle, set_title
from batchtui.ui.widgets.tones import clean
from batchtui.ui.widgets.transfer import TransferBar

STOPPED = "Stopped. Those files that were through by then have arrived."
LISTED = 500
"""Files that have not arrived and are listed."""


class TransferScreen(Dialog[bool]):
    """Shows how far it is. Dismissed once all of it is through; else the files that have not
    arrived are listed, each with why.

    The answer is whether it is through, or goes on without the screen.
    """

    CSS_PATH = "transfer.tcss"
    DRAWN = 0.1
    """Seconds between two drawings, however fast bytes go by."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Leave", tooltip="Leave; the transfer goes on",
                id="transfer.leave"),
        Binding("t", "stop", "Stop", tooltip="End the transfer", id="transfer.stop"),
        Binding("r", "start", "Try again", tooltip="Try again what has not arrived",
                id="transfer.retry"),
    ]  # fmt: skip

    running: var[bool] = var(True, bindings=True, init=False)

    def __init__(self, run: TransferRun) -> None:
        super().__init__()
        self.run_shown = run

    def compose(self) -> ComposeResult:
        with Vertical(id="transfer") as box:
            set_title(box, self.run_shown.title)
            yield TransferBar()
            yield PlainText(id="failure")
            with VerticalScroll(id="files"):
                yield PlainText()

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
        if run.done and not run.skipped and self.is_current:
            self.dismiss(True)
        self.query_one(TransferBar).progress = run.progress
        set_subtitle(self.query_one("#transfer"), self._ways())
        words = self.query_one("#failure", Static)
        words.update(self._summary())
        words.display = not run.running and bool(self._summary())
        listed = [] if run.running or run.alone else list(run.lines)
        rest = len(listed) - LISTED
        if rest > 0:
            listed[LISTED:] = [f"and {rest:,} more"]
        files = self.query_one("#files", VerticalScroll)
        files.query_one(Static).update("\n".join(map(clean, listed)))
        files.display = bool(listed)

    def _ways(self) -> str:
        if self.running:
            return "t stop · escape leave, it goes on"
        return "escape close" if self.run_shown.done else "r try again · escape close"

    def _summary(self) -> str:
        """What came of it, once it has ended; empty where all of it arrived."""
        run = self.run_shown
        if run.failed and run.alone:
            return clean(run.failure)
        failed = f"{many(len(run.failed), 'file')} failed." if run.failed else ""
        skipped = f"{many(len(run.skipped), 'file')} skipped." if run.skipped else ""
        stopped = "" if run.failed or run.done else STOPPED
        return " ".join(filter(None, (failed, skipped, stopped)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "stop":
                return self.running
            case "start":
                return not self.running and not self.run_shown.done
        return True

    def action_start(self) -> None:
        self._runs.start(self.run_shown)

    @work
    async def action_stop(self) -> None:
        await self._runs.cancel(self.run_shown)

    def action_leave(self) -> None:
        self.dismiss(self.run_shown.running or self.run_shown.done)


async def transferred(
    app: App[Any],
    title: str,
    pieces: Sequence[Piece],
    move: Move,
    *,
    done: str,
    move_all: MoveAll = move_all,
    skipped: Sequence[str] = (),
    after: Callable[[], None] = lambda: None,
) -> bool:
    """Have files moved, which is shown until the user leaves it to itself.

    `move_all` is `save_all` for a download. `skipped` are files that are not moved, each with why;
    `after` is called at each end. Returns whether all is done or goes on. To be awaited in a
    worker: it waits for the user.
    """

    def tell_end(run: TransferRun) -> None:
        after()
        if run.done:
            said = " ".join(filter(None, (done, run.not_tried)))
            severity: SeverityLevel = "warning" if run.skipped else "information"
            app.notify(said, title=title, severity=severity, markup=False)
        elif run.failure and not is_watched(app, run):
            sentence = f"{run.failure} Press B to try again."
            app.notify(sentence, title=title, severity="error", timeout=12, markup=False)

    run = TransferRun(title, pieces, move, move_all=move_all, skipped=skipped, ended=tell_end)
    return await see_through(app, run, TransferScreen(run))
