"""Jobs whose end one wants to be told of."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.models import Job
from batchtui.ui.screens.paned import PanedScreen

NEEDED = frozenset({"jobs", "progress", "pools", "node_counts"})
"""The feeds that go on while a job is watched, whatever is on the screen."""


class WatchRequested(Message):
    """The user wants to be told when this job ends, or no longer."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__()


class WatchingScreen(PanedScreen):
    """Knows which jobs are watched; the app does the watching."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "watch", "Watch", show=False, id="watch",
                tooltip="Be told when this job ends, or no longer"),
    ]  # fmt: skip

    watched: var[frozenset[str]] = var(frozenset[str]())
    """The ids of the watched jobs."""

    def action_watch(self) -> None:
        if (job := self.job_in_use) is not None:
            self.post_message(WatchRequested(job))
