"""Orders from the panes, by what the pane shows."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from textual.app import App

from batchtui.core.controller import Controller
from batchtui.ui.panes.blobs import BlobsPane
from batchtui.ui.panes.containers import ContainersPane
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.panes.schedules import SchedulesPane
from batchtui.ui.panes.steering import OrderRequested
from batchtui.ui.panes.tasks import TasksPane
from batchtui.ui.screens.desk import Desk
from batchtui.ui.screens.steering.jobs import JobSteering
from batchtui.ui.screens.steering.pools import PoolSteering
from batchtui.ui.screens.steering.schedules import ScheduleSteering
from batchtui.ui.screens.steering.storage import BlobSteering, ContainerSteering
from batchtui.ui.screens.steering.tasks import TaskSteering


class Steering(Protocol):
    """Carries out what one kind of pane asks for."""

    ALONE: frozenset[str]
    """The orders that are for one thing at a time."""

    async def take(self, order: str, things: Sequence[Any], about: str) -> None: ...


KINDS: Final[dict[type[Any], type[Any]]] = {
    PoolsPane: PoolSteering,
    JobsPane: JobSteering,
    TasksPane: TaskSteering,
    ContainersPane: ContainerSteering,
    BlobsPane: BlobSteering,
    SchedulesPane: ScheduleSteering,
}


async def steered(app: App[Any], controller: Controller, request: OrderRequested) -> None:
    """Carry out what a pane asked for. To be awaited in a worker: it waits for the user."""
    kind = next(kind for pane, kind in KINDS.items() if isinstance(request.pane, pane))
    desk = Desk(app, controller)
    steering: Steering = kind(desk)
    if request.order in steering.ALONE and len(request.things) > 1:
        sentence = "This is done to one at a time. Take the marks away with ctrl+\\ first."
        desk.refuse(sentence, f"{len(request.things):,} are marked")
        return
    await steering.take(request.order, request.things, request.about)
    if desk.done:
        # The next order is not to hit the same things again unawares.
        request.pane.action_mark_none()
