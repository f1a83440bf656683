"""The files of a node."""

from datetime import datetime
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.filters import Kind
from batchtui.core.models import NodeFile, Window
from batchtui.core.wording import in_bytes, many
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.times import ago, since
from batchtui.ui.widgets.tones import Cell, Tone

FOLDER = "file:^"
"""Begins a filter that lets pass what is in a folder."""


class NodeFilesPane(TablePane[NodeFile]):
    FEEDS = ("files",)
    NUMBER = 3
    NAME = "Files"
    HELP = """
What is on the node's disk, in the service's order; folders end in a stroke. Enter shows the end of
a file beside this list, and follows it as it grows; on a folder it shows only what is in there,
until escape.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="files.read",
                tooltip="Show the end of this file, or only what is in this folder"),
    ]  # fmt: skip

    files: var[Reading[Window[NodeFile]]] = var(Reading(Window()), init=False)

    class ReadRequested(Message):
        """The user wants to read this file."""

        def __init__(self, file: NodeFile) -> None:
            self.file = file
            super().__init__()

    def columns(self) -> tuple[Column[NodeFile], ...]:
        return (
            Column("FILE", 20, _name, grow=4, most=110, value=lambda file: file.name),
            Column("SIZE", 9, _size, right=True, kind=Kind.NUMBER, value=_bytes),
            Column("AGE", 11, self._age, right=True, rank=1, kind=Kind.DURATION,
                   value=lambda file: since(_modified(file), self.now)),
        )  # fmt: skip

    def key(self, record: NodeFile) -> str:
        return record.name

    def watch_files(self, reading: Reading[Window[NodeFile]]) -> None:
        self.take()
        window = reading.value
        first = "" if window.complete else "the first "
        files = sum(not file.is_directory for file in window.items)
        folders = len(window.items) - files
        said = f"{first}{many(files, 'file')}, {many(folders, 'folder')}"
        self.summary = said if reading.known else ""
        self.show(window.items, known=reading.known, empty="There are no files on this node.")

    @property
    def all_hidden(self) -> str:
        if self.filter.text.startswith(FOLDER):
            return "There is nothing in this folder. Press escape to show all."
        return super().all_hidden

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        file = self.highlighted
        if file is None:
            return
        if file.is_directory:
            self.narrow(f'{FOLDER}"{file.name}/"')
        else:
            self.post_message(self.ReadRequested(file))

    def _age(self, file: NodeFile) -> Cell:
        return ((ago(_modified(file), self.now), Tone.MUTED),)


def _modified(file: NodeFile) -> datetime | None:
    return file.properties.last_modified if file.properties else None


def _name(file: NodeFile) -> Cell:
    if file.is_directory:
        return ((f"{file.name}/", Tone.MUTED),)
    return ((file.name, Tone.PLAIN),)


def _bytes(file: NodeFile) -> int | None:
    return file.properties.content_length if file.properties else None


def _size(file: NodeFile) -> Cell:
    size = _bytes(file)
    return "" if size is None or file.is_directory else in_bytes(size)
