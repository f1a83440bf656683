"""An app that takes records out of any table: two to compare, or their names to paste elsewhere."""

from datetime import datetime

from textual import on
from textual.app import App

from batchtui.core.wording import some
from batchtui.ui.panes.taking import TakingPane
from batchtui.ui.screens.compare import CompareScreen
from batchtui.ui.screens.dashboard import DashboardScreen


class ComparingApp(App[int]):
    """Answers what every pane with records can be asked for."""

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
        self.notify(f"Copied: {some(message.names)}", title="Copy", markup=False)
