"""What a container holds."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Footer

from batchtui.core.controller import Controller
from batchtui.core.feed import Reading
from batchtui.core.gateway import GatewayError
from batchtui.core.models import Blob, Window
from batchtui.core.transfer import Piece
from batchtui.core.wording import in_bytes
from batchtui.ui.panes.blobs import BlobsPane
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.transfer import TransferScreen
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

    @on(BlobsPane.DeleteRequested)
    @work
    async def delete(self, message: BlobsPane.DeleteRequested) -> None:
        blob = message.blob
        question = ConfirmScreen(
            f"Delete blob {blob.name}?",
            consequences=(f"{in_bytes(blob.size)} in container {self._container}.",),
            yes="Delete",
        )
        if not await self.app.push_screen_wait(question):
            return
        try:
            await self._controller.delete_blob(self._container, blob.name)
        except GatewayError as error:
            self.notify(str(error), title="Delete blob", severity="error", markup=False)
        else:
            self.notify(f"Blob {blob.name} is deleted.", title="Delete blob", markup=False)

    @on(BlobsPane.DownloadRequested)
    @work
    async def download(self, message: BlobsPane.DownloadRequested) -> None:
        blob = message.blob
        target = saved_as(blob.name)
        if not await self._may_write(target):
            return
        piece = Piece(target, blob.name, blob.size)
        whole = await self.app.push_screen_wait(
            TransferScreen(
                f"Downloading {blob.name}",
                lambda report: self._controller.download(self._container, [piece], report),
            )
        )
        if whole:
            self.notify(f"Saved as {target}.", title="Download", markup=False)

    async def _may_write(self, target: Path) -> bool:
        """Whether nothing is there yet, or it may be replaced."""
        if not await asyncio.to_thread(target.exists):
            return True
        question = ConfirmScreen(f"Replace {target}?", yes="Replace", title="It is there already")
        return await self.app.push_screen_wait(question)


def saved_as(blob: str) -> Path:
    """Where a blob is saved: in the current folder, under the last part of its name.

    A blob's name is not ours: whatever it says, it leads to no other folder.
    """
    name = PurePosixPath(blob.replace("\\", "/")).name
    return Path.cwd() / (name if name not in ("", "..") else "blob")
