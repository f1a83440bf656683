"""Jobs whose end one wants to be told of."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var
from textual.screen import Screen

from batchtui.core.models import Job

NEEDED = frozenset({"jobs", "progress", "pools", "node_counts"})
"""The feeds that go on while a job is watched, whatever is on the screen."""


class WatchRequested(Message):
    """The user wants to be told when this job ends, or no longer."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__()


class WatchingScreen(Screen[None]):
    """Knows which jobs are watched; the app does the watching."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "watch", "Watch", show=False, id="watch",
                tooltip="Be told when this job ends, or no longer"),
    ]  # fmt: skip

    watched: var[frozenset[str]] = var(frozenset[str]())
    """The ids of the watched jobs."""
    job: Job | None

    def action_watch(self) -> None:
        if self.job is not None:
            self.post_message(WatchRequested(self.job))
