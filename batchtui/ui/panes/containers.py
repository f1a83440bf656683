"""The blob containers of the account."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.filters import Kind, Value
from batchtui.core.models import Container, Usage
from batchtui.core.tallies import errors_of
from batchtui.core.things import Kind as Things
from batchtui.core.things import Thing
from batchtui.core.wording import in_bytes, many
from batchtui.ui.panes import orders
from batchtui.ui.panes.modest import ModestPane
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.times import ago, since
from batchtui.ui.widgets.tones import Cell, Tone


class AboutContainer(Message):
    """A request that concerns one container."""

    def __init__(self, container: Container) -> None:
        self.container = container
        super().__init__()


class ContainersPane(ModestPane[Container]):
    FEEDS = ("containers", "usage")
    MOST = 1 / 4
    NUMBER = 3
    NAME = "Containers"
    HELP = """
The blob containers of the storage account, with how many blobs each holds and how large they are
together. A plus sign means that counting stopped there: the container holds more.

Enter lists a container's blobs. Deleting asks first.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Blobs", tooltip="List the container's blobs", id="blobs"),
        Binding("n", "new", "New", show=False, tooltip="Create a container", id="containers.new"),
        Binding(
            "u", "upload", "Upload", tooltip="Upload files to the container", id="containers.upload"
        ),
        *orders.CONTAINERS,
    ]

    containers: var[Reading[tuple[Container, ...]]] = var(Reading(()), init=False)
    usage: var[Reading[Mapping[str, Usage]]] = var(Reading({}), init=False)
    storage: var[bool] = var(True, init=False)
    """Whether the profile has a storage account."""
    no_storage: var[str] = var("", init=False)
    """Why it has none."""

    class OpenRequested(AboutContainer):
        """The user wants to look into this container."""

    class NewRequested(Message):
        """The user wants a container."""

    class UploadRequested(AboutContainer):
        """The user wants files in this container."""

    class UsageWanted(Message):
        """These containers are on screen."""

        def __init__(self, containers: tuple[str, ...]) -> None:
            self.containers = containers
            super().__init__()

    def columns(self) -> tuple[Column[Container], ...]:
        return (
            Column("CONTAINER", 14, self._titled, grow=3, most=48, value=self.key),
            Column("BLOBS", 7, self._blobs, right=True, value=self._many, kind=Kind.NUMBER),
            Column("SIZE", 9, self._bytes, right=True, value=self._total, kind=Kind.NUMBER),
            Column(
                "AGE", 10, self._age, rank=1, right=True, value=self._passed, kind=Kind.DURATION
            ),
        )

    def key(self, record: Container) -> str:
        return record.name

    def thing(self, record: Container) -> Thing:
        return Thing(Things.CONTAINER, record.name)

    def watch_containers(self, reading: Reading[tuple[Container, ...]]) -> None:
        self.take()
        self.summary = many(len(reading.value), "container") if reading.known else ""
        self.show(
            reading.value,
            known=reading.known,
            empty="No containers yet." + self.advice("Press n to create one, or s to run a recipe.")
            if self.storage
            else f"{self.no_storage}.",
        )

    def watch_usage(self) -> None:
        self.take()
        self.lay_out_changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "new" if not self.storage:
                return None
            case "upload":
                return self.may_change()
        return super().check_action(action, parameters)

    def action_new(self) -> None:
        self.post_message(self.NewRequested())

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.OpenRequested(self.highlighted))

    def action_upload(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.UploadRequested(self.highlighted))

    @on(RecordTable.VisibleChanged)
    def want_usage(self, message: RecordTable.VisibleChanged) -> None:
        shown = self.table.records[message.first : message.last]
        self.post_message(self.UsageWanted(tuple(container.name for container in shown)))

    def _titled(self, container: Container) -> Cell:
        stale = (("○ ", Tone.BAD),) if container.name in errors_of(self.usage.value) else ()
        return (*stale, (container.name, Tone.PLAIN))

    def _blobs(self, container: Container) -> Cell:
        usage = self.usage.value.get(container.name)
        return _counted(f"{usage.blobs:,}" if usage else "", usage)

    def _bytes(self, container: Container) -> Cell:
        usage = self.usage.value.get(container.name)
        return _counted(in_bytes(usage.size) if usage else "", usage)

    def _many(self, container: Container) -> Value:
        usage = self.usage.value.get(container.name)
        return usage.blobs if usage else None

    def _total(self, container: Container) -> Value:
        usage = self.usage.value.get(container.name)
        return usage.size if usage else None

    def _passed(self, container: Container) -> Value:
        return since(container.last_modified, self.now)

    def _age(self, container: Container) -> Cell:
        return ((ago(container.last_modified, self.now), Tone.MUTED),)


def _counted(text: str, usage: Usage | None) -> Cell:
    """A total; where counting stopped early, a minimum."""
    if usage is None:
        return (("…", Tone.MUTED),)
    return ((text if usage.complete else f"{text}+", Tone.PLAIN if usage.blobs else Tone.MUTED),)
