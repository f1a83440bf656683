"""The first screen of somebody who has not said which account to use."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button

from batchtui import paths
from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.keybar import KeyBar
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.titles import set_title

VARIABLES = (
    ("AZURE_BATCH_ACCOUNT", "the account's name"),
    ("AZURE_BATCH_ENDPOINT", "https://NAME.REGION.batch.azure.com"),
    ("AZURE_BATCH_ACCESS_KEY", "its key; leave it out for az login"),
    ("AZURE_STORAGE_CONNECTION_STRING", "the storage account's, for containers"),
)

ELSE = (
    ("batchtui demo", "opens it and runs a first workload in it"),
    ("batchtui --world busy", "plays a busy account with 2,500 nodes"),
)


class WelcomeScreen(Screen[bool], Contained):
    """Offers the local account; the answer is whether to open it."""

    AUTO_FOCUS = "Button"
    CSS_PATH = "opening.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "local", "Open the local account", tooltip="Try batchtui on this machine"),
        Binding("q,escape", "app.quit", "Quit", tooltip="Leave batchtui"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            set_title(box, "batchtui")
            yield PlainText("No Azure account is set up.", classes="heading")
            yield PlainText(
                "You can try everything on a local Batch account: it runs on this machine, really "
                "executes tasks, needs no sign-in and costs nothing."
            )
            yield Button("Open the local account (l)", variant="primary", compact=True)
            yield PlainText(_aligned(ELSE), classes="last")
            yield PlainText("To work on an account in Azure instead, set", classes="heading last")
            yield PlainText(_aligned(VARIABLES))
            place = f"or describe it as a profile in {paths.config_file()}"
            start = f"{place} and start batchtui --profile NAME."
            yield PlainText(start, classes="last")
        yield KeyBar()

    @on(Button.Pressed)
    def action_local(self) -> None:
        self.dismiss(True)


def _aligned(lines: Sequence[tuple[str, str]]) -> Content:
    """Names in one column, and what they mean in another."""
    width = max(len(name) for name, _ in lines) + 2
    return Content("\n").join(
        Content.assemble((f"{name:<{width}}", "$primary"), (meaning, "$text-muted"))
        for name, meaning in lines
    )
