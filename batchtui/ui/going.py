"""An app in which one goes to things by their names, and back again."""

from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import CommandPalette

from batchtui.core.gateway import Batch
from batchtui.core.places import LookUp, Place, beyond, known
from batchtui.core.trail import Trail
from batchtui.ui.screens.arriving import ArrivingScreen
from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.screens.goto import GotoScreen
from batchtui.ui.screens.log import LogScreen


class GoingApp(App[int]):
    """Goes to a pane of the dashboard or to a record in it, whatever screen is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("colon", "goto", "Go to", show=False, id="goto",
                tooltip="Go to a pool, job, task, node, container or job schedule by its name"),
        Binding("left_square_bracket", "retrace('back')", "Back", show=False, id="trail.back",
                tooltip="Go to where you were before"),
        Binding("right_square_bracket", "retrace('forward')", "Forward", show=False,
                tooltip="Go to where you came back from", id="trail.forward"),
        Binding("f2", "requests", "Requests", show=False, id="requests",
                tooltip="Look at the last requests, and at the log"),
    ]  # fmt: skip

    dashboard: DashboardScreen | None

    def __init__(self) -> None:
        super().__init__()
        self._trail: Trail[Place] = Trail()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("goto", "retrace", "requests"):
            # The palette lists what can be done on the screen below it.
            below = [each for each in self.screen_stack if not isinstance(each, CommandPalette)]
            return self.dashboard is not None and not below[-1].is_modal
        return super().check_action(action, parameters)

    @work(exclusive=True, group="goto")
    async def action_goto(self) -> None:
        if self.dashboard is None:
            return
        feeds = self.dashboard.feeds
        batch = self.dashboard.controller.gateway.batch
        further = LookUp(batch, feeds)
        screen = GotoScreen(
            known(feeds), lambda text: beyond(text, feeds), further, partial(_schedules, batch)
        )
        place = await self.push_screen_wait(screen)
        if place is not None:
            self._trail.leave(self.dashboard.here)
            self._arrive(self.dashboard, place)

    def action_retrace(self, direction: str) -> None:
        if self.dashboard is None:
            return
        step = self._trail.back if direction == "back" else self._trail.forward
        place = step(self.dashboard.here)
        if place is not None:
            self._arrive(self.dashboard, place)
        else:
            way = "back" if direction == "back" else "forward"
            self.notify(f"There is nowhere to go {way} to.", title=way.title(), markup=False)

    @on(ArrivingScreen.Left)
    def note_departure(self, message: ArrivingScreen.Left) -> None:
        self._trail.leave(message.place)

    def action_requests(self) -> None:
        if self.dashboard is not None and not isinstance(self.screen, LogScreen):
            self.push_screen(LogScreen(self.dashboard.session.traffic))

    def _arrive(self, dashboard: DashboardScreen, place: Place) -> None:
        if place.pane == "requests":
            self.action_requests()
            return
        while self.screen is not dashboard:
            self.pop_screen()
        if place.pane == "schedules":
            dashboard.action_schedules(place.id)
        else:
            dashboard.arrive(place)


async def _schedules(batch: Batch) -> list[Place]:
    """The job schedules, which no feed of the dashboard keeps an eye on."""
    return [Place("schedules", schedule.id) for schedule in await batch.schedules()]
