"""What a container holds."""

from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Footer

from batchtui.core.controller import Controller
from batchtui.core.feed import Reading
from batchtui.core.models import Blob, Window
from batchtui.ui.panes.blobs import BlobsPane
from batchtui.ui.panes.steering import OrderRequested
from batchtui.ui.screens.steering import steered
from batchtui.ui.screens.upload import UploadScreen


class BlobsScreen(Screen[None]):
    """Has the feed of blobs run while it is open."""

    CSS_PATH = "blobs.tcss"
    AUTO_FOCUS = "RecordTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", tooltip="Back to the dashboard", id="blobs.leave"),
        Binding("r", "refresh", "Refresh", tooltip="Look again now", id="blobs.refresh"),
    ]

    blobs: reactive[Reading[Window[Blob]]] = reactive(Reading(Window()))
    now: reactive[datetime] = reactive(partial(datetime.now, UTC))

    def __init__(self, controller: Controller, container: str) -> None:
        super().__init__()
        self._controller = controller
        self._container = container
        self._feeds = controller.feeds

    def compose(self) -> ComposeResult:
        pane = BlobsPane(id="blobs").data_bind(BlobsScreen.blobs, BlobsScreen.now)
        pane.about, pane.read_only = self._container, self._controller.read_only
        yield pane
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._feeds.show_container(self._container)
        self._stop = self._feeds.blobs.subscribe(partial(setattr, self, "blobs"))
        self._feeds.blobs.looked_at = True
        self.set_interval(1.0, self.tick)

    def on_unmount(self) -> None:
        self._stop()
        self._feeds.blobs.looked_at = False

    def tick(self) -> None:
        self.now = datetime.now(UTC)
        self.query_one(BlobsPane).age = self._feeds.blobs.age

    def action_leave(self) -> None:
        self.dismiss()

    def action_refresh(self) -> None:
        self._feeds.refresh("blobs")

    @on(BlobsPane.MoreWanted)
    def show_more(self) -> None:
        self._feeds.show_more_blobs()

    @on(BlobsPane.UploadRequested)
    def upload(self) -> None:
        self.app.push_screen(UploadScreen(self._controller, self._container))

    @on(OrderRequested)
    @work
    async def steer(self, message: OrderRequested) -> None:
        await steered(self.app, self._controller, message)
