"""The first screen of somebody who has not said which account to use."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button, Static

from batchtui.ui.widgets.keybar import KeyBar

VARIABLES = (
    ("AZURE_BATCH_ACCOUNT", "the account's name"),
    ("AZURE_BATCH_ENDPOINT", "https://<account>.<region>.batch.azure.com"),
    ("AZURE_BATCH_ACCESS_KEY", "its key; without one, az login signs in"),
    ("AZURE_STORAGE_CONNECTION_STRING", "the storage account's, for containers"),
)


class WelcomeScreen(Screen[bool]):
    """Offers the local account; the answer is whether to open it."""

    AUTO_FOCUS = "Button"
    CSS_PATH = "opening.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "local", "Open the local account", tooltip="Try batchtui on this machine"),
        Binding("q,escape", "app.quit", "Quit", tooltip="Leave batchtui"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = "batchtui"
            yield Static("No Azure account is set up.", classes="heading")
            yield Static(
                "You can try everything on a local Batch account: it runs on this machine, really "
                "executes tasks, needs no sign-in and costs nothing."
            )
            yield Button("Open the local account (l)", variant="primary", compact=True)
            yield Static("To work on an account in Azure instead, set", classes="heading")
            for name, meaning in VARIABLES:
                yield Static(Content.assemble((name, "$primary"), "\n  ", (meaning, "$text-muted")))
            yield Static(
                "or describe it as a profile in config.toml and start batchtui --profile NAME.",
                classes="last",
            )
        yield KeyBar()

    @on(Button.Pressed)
    def action_local(self) -> None:
        self.dismiss(True)
