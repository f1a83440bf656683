"""What the feeds have read, where the panes can see it."""

from collections.abc import Mapping
from functools import partial

from textual.reactive import reactive

from batchtui.core.controller import Controller
from batchtui.core.feed import Reading
from batchtui.core.history import Moment
from batchtui.core.lately import FailedLately
from batchtui.core.models import (
    Container,
    Job,
    Node,
    Pool,
    PoolNodeCounts,
    Task,
    TaskCounts,
    Usage,
    Window,
)
from batchtui.ui.screens.requests import RequestsScreen


class ReadingsScreen(RequestsScreen):
    """Has a reactive for each feed, which is always that feed's last reading."""

    SHOWN = (
        "containers", "usage", "pools", "node_counts", "nodes", "node", "jobs", "progress",
        "failures", "tasks",
    )  # fmt: skip
    """The feeds that this screen may look at; each has a reactive of its name."""

    containers: reactive[Reading[tuple[Container, ...]]] = reactive(Reading(()))
    usage: reactive[Reading[Mapping[str, Usage]]] = reactive(Reading({}))
    pools: reactive[Reading[tuple[Pool, ...]]] = reactive(Reading(()))
    node_counts: reactive[Reading[tuple[PoolNodeCounts, ...]]] = reactive(Reading(()))
    nodes: reactive[Reading[Window[Node]]] = reactive(Reading(Window()))
    moments: reactive[tuple[Moment, ...]] = reactive(())
    """The last hour of the pool whose nodes are shown."""
    node: reactive[Reading[Node | None]] = reactive(Reading(None))
    jobs: reactive[Reading[tuple[Job, ...]]] = reactive(Reading(()))
    progress: reactive[Reading[Mapping[str, TaskCounts]]] = reactive(Reading({}))
    failures: reactive[Reading[FailedLately]] = reactive(Reading(FailedLately()))
    tasks: reactive[Reading[Window[Task]]] = reactive(Reading(Window()))

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self.feeds = controller.feeds

    def follow_feeds(self) -> None:
        """Take over every reading from now on."""
        self._stops = [
            self.feeds[name].subscribe(partial(setattr, self, name)) for name in self.SHOWN
        ]

    def on_unmount(self) -> None:
        for stop in self._stops:
            stop()

    def age_of(self, names: tuple[str, ...]) -> float | None:
        """Seconds since the oldest of these was fetched; None before any was."""
        ages = [age for name in names if (age := self.feeds[name].age) is not None]
        return max(ages, default=None)
