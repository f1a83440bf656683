"""A transfer while it goes on."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.markup import escape
from textual.reactive import var
from textual.widgets import Static

from batchtui.core.gateway import GatewayError
from batchtui.core.transfer import Report
from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.widgets.tones import clean
from batchtui.ui.widgets.transfer import TransferBar

Move = Callable[[Report], Awaitable[object]]
"""Transfers files, reporting how far it is."""


class TransferScreen(Dialog[bool]):
    """Runs a transfer. Dismissed with whether all of it went through; an error stays to be read."""

    CSS_PATH = "transfer.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", tooltip="End the transfer", id="transfer.cancel"),
        Binding("r", "start", "Try again", tooltip="Start anew", id="transfer.retry"),
    ]

    failure: var[str] = var("", bindings=True)

    def __init__(self, title: str, move: Move) -> None:
        super().__init__()
        self._title = title
        self._move = move

    def compose(self) -> ComposeResult:
        with Vertical(id="transfer") as box:
            box.border_title = escape(clean(self._title))
            yield TransferBar()
            yield Static(id="failure", markup=False)

    def on_mount(self) -> None:
        self.action_start()

    def watch_failure(self, failure: str) -> None:
        box = self.query_one("#transfer")
        box.border_subtitle = "r try again · escape close" if failure else "escape cancel"
        words = self.query_one("#failure", Static)
        words.update(failure)
        words.display = bool(failure)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.failure) if action == "start" and self.is_mounted else True

    @work(exclusive=True)
    async def action_start(self) -> None:
        bar = self.query_one(TransferBar)
        self.failure = ""
        try:
            await self._move(lambda progress: setattr(bar, "progress", progress))
        except GatewayError as error:
            self.failure = str(error)
        except OSError as error:
            name = f" {error.filename}" if error.filename else ""
            self.failure = f"Could not read or write{name}: {error.strerror or error}."
        else:
            self.dismiss(True)

    def action_leave(self) -> None:
        """Leaving ends the screen's worker, and the transfer with it."""
        self.dismiss(False)
