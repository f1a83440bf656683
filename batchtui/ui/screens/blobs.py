"""What a container holds."""

from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.reactive import var

from batchtui.core.controller import Controller
from batchtui.core.feed import Reading
from batchtui.core.models import Blob, Window
from batchtui.core.things import Kind, Thing
from batchtui.ui.panes.blobs import BlobsPane
from batchtui.ui.panes.steering import OrderRequested
from batchtui.ui.screens.following import Clock, FollowingScreen
from batchtui.ui.screens.inspectable import InspectableScreen
from batchtui.ui.screens.steering import steered
from batchtui.ui.screens.upload import UploadScreen
from batchtui.ui.widgets.keybar import KeyBar


class BlobsScreen(InspectableScreen):
    """Has the feed of blobs run while it is open."""

    CSS_PATH = "blobs.tcss"
    AUTO_FOCUS = "RecordTable"
    blobs: var[Reading[Window[Blob]]] = var(Reading(Window()))

    def __init__(
        self, controller: Controller, container: str, *, clock: Clock | None = None
    ) -> None:
        super().__init__(controller, clock=clock)
        self._container = container
        self._feeds = controller.feeds

    def compose(self) -> ComposeResult:
        pane = BlobsPane(id="blobs").data_bind(BlobsScreen.blobs, FollowingScreen.now)
        pane.about, pane.read_only = self._container, self.controller.read_only
        yield pane
        yield KeyBar()

    def on_mount(self) -> None:
        self._feeds.show_container(self._container)
        self._stop = self._feeds.blobs.subscribe(partial(setattr, self, "blobs"))
        self.feeds["blobs"] = self._feeds.blobs
        self._feeds.blobs.looked_at = True

    def on_unmount(self) -> None:
        self._stop()
        self._feeds.blobs.looked_at = False

    @property
    def thing(self) -> Thing:
        """The blob under the cursor; the container where there is none."""
        return super().thing or Thing(Kind.CONTAINER, self._container)

    @property
    def begin(self) -> str:
        return self.thing.id if self.thing.kind is Kind.BLOB else ""

    @on(BlobsPane.OpenRequested)
    def read(self) -> None:
        self.action_files()

    @on(BlobsPane.MoreWanted)
    def show_more(self) -> None:
        self._feeds.show_more_blobs()

    @on(BlobsPane.UploadRequested)
    def upload(self) -> None:
        self.app.push_screen(UploadScreen(self.controller, self._container))

    @on(OrderRequested)
    @work
    async def steer(self, message: OrderRequested) -> None:
        await steered(self.app, self.controller, message)
