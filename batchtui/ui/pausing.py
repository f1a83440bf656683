"""An app that looks at nothing while its user wants that."""

from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.screens.following import FollowingScreen


class PausingApp(App[int]):
    """Stops every feed, whichever screen it is for, and has all of them look when it goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause", "Pause", show=False, tooltip="Look at nothing again, or go on",
                id="pause"),
    ]  # fmt: skip

    dashboard: DashboardScreen | None

    def action_pause(self) -> None:
        if self.dashboard is None:
            return
        traffic = self.dashboard.session.traffic
        if traffic.paused:
            traffic.resume()
            said = "Everything is looked at again."
        else:
            traffic.pause()
            said = "Nothing is looked at until p is pressed again; r looks once."
        self.notify(said, title="Pause", markup=False)
        self.dashboard.tick()
        if isinstance(self.screen, FollowingScreen):
            self.screen.tell_pause()
