"""An app that opens a closer look at a thing, whatever screen asks for it."""

from datetime import datetime

from textual import on
from textual.app import App

from batchtui.core import shelves
from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.screens.files import FilesScreen
from batchtui.ui.screens.inspect import InspectScreen
from batchtui.ui.screens.inspectable import FilesWanted, LookWanted


class OpeningApp(App[int]):
    """Opens screens that lead to each other, so that none of them has to know the others."""

    dashboard: DashboardScreen | None

    def now(self) -> datetime:
        """The time of day against which ages are counted."""
        raise NotImplementedError

    @on(LookWanted)
    def look_at(self, message: LookWanted) -> None:
        if self.dashboard is not None:
            controller = self.dashboard.controller
            self.push_screen(InspectScreen(controller, message.thing, clock=self.now))

    @on(FilesWanted)
    def browse(self, message: FilesWanted) -> None:
        if self.dashboard is None:
            return
        controller = self.dashboard.controller
        shelf = shelves.of_thing(controller.gateway, message.thing)
        if shelf is not None:
            self.push_screen(FilesScreen(controller, shelf, begin=message.begin, clock=self.now))
