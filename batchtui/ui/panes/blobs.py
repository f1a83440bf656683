"""The blobs of one container."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.filters import Kind, Value
from batchtui.core.models import Blob, Window
from batchtui.core.things import Kind as Things
from batchtui.core.things import Thing
from batchtui.core.wording import in_bytes, many
from batchtui.ui.panes import orders
from batchtui.ui.panes.steering import SteerablePane
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.times import ago, since
from batchtui.ui.widgets.tones import Cell, Tone


class BlobsPane(SteerablePane[Blob]):
    FEEDS = ("blobs",)
    NAME = "Blobs"
    NEAR = 100
    """Blobs from the end of the window at which more are asked for."""
    HELP = """
The blobs of a container, by name. More are fetched as you scroll. Enter reads the one in use as a
file, among all blobs as a tree; i tells everything that is known of it.

Downloading puts the highlighted blob into the folder in which batchtui was started. Deleting asks
first.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Read", tooltip="Read the blob as a file", id="blobs.open"),
        Binding("u", "upload", "Upload", tooltip="Upload files here", id="blobs.upload"),
        *orders.BLOBS,
    ]  # fmt: skip

    blobs: var[Reading[Window[Blob]]] = var(Reading(Window()), init=False)

    class OpenRequested(Message):
        """The user wants to read the highlighted blob."""

    class UploadRequested(Message):
        """The user wants files in this container."""

    class MoreWanted(Message):
        """The user is near the end of the window."""

    def columns(self) -> tuple[Column[Blob], ...]:
        return (
            Column("BLOB", 36, self.key, grow=4, most=110, value=self.key),
            Column("SIZE", 9, _bytes, right=True, value=_size, kind=Kind.NUMBER),
            Column("TYPE", 24, _type, rank=2, value=lambda blob: blob.content_type),
            Column(
                "AGE", 10, self._age, rank=1, right=True, value=self._passed, kind=Kind.DURATION
            ),
        )

    def key(self, record: Blob) -> str:
        return record.name

    def thing(self, record: Blob) -> Thing:
        return Thing(Things.BLOB, record.name, self.about)

    def watch_blobs(self, reading: Reading[Window[Blob]]) -> None:
        window = reading.value
        self.take()
        size = in_bytes(sum(blob.size for blob in window.items))
        first = "" if window.complete else "the first "
        self.summary = f"{first}{many(len(window.items), 'blob')}, {size}" if reading.known else ""
        empty = "This container is empty." + self.advice("Press u to upload files.")
        self.show(window.items, known=reading.known, empty=empty)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "upload":
            return self.may_change(something=False)
        return super().check_action(action, parameters)

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.OpenRequested())

    def action_upload(self) -> None:
        self.post_message(self.UploadRequested())

    @on(RecordTable.VisibleChanged)
    def want_more(self, message: RecordTable.VisibleChanged) -> None:
        window = self.blobs.value
        if not window.complete and message.last > len(window.items) - self.NEAR:
            self.post_message(self.MoreWanted())

    def _passed(self, blob: Blob) -> Value:
        return since(blob.last_modified, self.now)

    def _age(self, blob: Blob) -> Cell:
        return ((ago(blob.last_modified, self.now), Tone.MUTED),)


def _size(blob: Blob) -> Value:
    return blob.size


def _bytes(blob: Blob) -> Cell:
    return in_bytes(blob.size)


def _type(blob: Blob) -> Cell:
    return ((blob.content_type, Tone.MUTED),)
