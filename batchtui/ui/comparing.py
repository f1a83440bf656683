"""An app that takes records out of any table: two to compare, or their names to paste elsewhere."""

import os
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType

from batchtui.core.wording import some
from batchtui.ui.panes.taking import TakingPane
from batchtui.ui.screens.compare import CompareScreen
from batchtui.ui.screens.copied import CopiedScreen
from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.terminal.sequences import to_clipboard


class ComparingApp(App[int]):
    """Answers what every pane with records can be asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("V", "show_copied", "Copied", show=False, id="copied",
                tooltip="Show what was copied last, or save it to a file"),
    ]  # fmt: skip

    dashboard: DashboardScreen | None

    def now(self) -> datetime:
        """The time of day against which ages are counted."""
        raise NotImplementedError

    @on(TakingPane.CompareRequested)
    def compare(self, message: TakingPane.CompareRequested) -> None:
        if self.dashboard is None:
            return
        if message.trouble:
            self.notify(message.trouble, title="Compare", severity="warning", markup=False)
            return
        one, other = message.things
        screen = CompareScreen(self.dashboard.controller, one, other, clock=self.now)
        self.push_screen(screen)

    @on(TakingPane.CopyRequested)
    def copy_names(self, message: TakingPane.CopyRequested) -> None:
        """Give the terminal the names, a line each."""
        self.copy_to_clipboard("\n".join(message.names))
        self.notify(
            f"Sent to the terminal's clipboard: {some(message.names)}. V shows it.", title="Copy"
        )

    def copy_to_clipboard(self, text: str) -> None:
        """Send a text to the terminal's clipboard, also through tmux; nobody hears if it takes it.

        It is kept, so that the user can be shown it.
        """
        self._clipboard = text
        if self._driver is not None:
            self._driver.write(to_clipboard(text, in_tmux="TMUX" in os.environ))

    def action_show_copied(self) -> None:
        if self.clipboard and not isinstance(self.screen, CopiedScreen):
            self.push_screen(CopiedScreen("Copied", self.clipboard))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "show_copied":
            return True if self.clipboard else None
        return super().check_action(action, parameters)
