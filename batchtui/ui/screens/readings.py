"""What the feeds have read, where the panes can see it."""

from collections.abc import Mapping
from functools import partial

from textual.reactive import var

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
from batchtui.core.preparation_status import JobPreparation
from batchtui.ui.screens.requests import RequestsScreen


class ReadingsScreen(RequestsScreen):
    """Has a reactive for each feed, which is always that feed's last reading."""

    SHOWN = (
        "containers", "usage", "pools", "node_counts", "nodes", "node", "jobs", "progress",
        "failures", "tasks", "preparations", "stuck",
    )  # fmt: skip
    """The feeds that this screen may look at; each has a reactive of its name."""
    SLOW = frozenset(("failures", "preparations", "stuck"))
    """Those that look so seldom that their age would hide all others."""

    containers: var[Reading[tuple[Container, ...]]] = var(Reading(()))
    usage: var[Reading[Mapping[str, Usage]]] = var(Reading({}))
    pools: var[Reading[tuple[Pool, ...]]] = var(Reading(()))
    node_counts: var[Reading[tuple[PoolNodeCounts, ...]]] = var(Reading(()))
    nodes: var[Reading[Window[Node]]] = var(Reading(Window()))
    moments: var[tuple[Moment, ...]] = var(())
    """The last hour of the pool whose nodes are shown."""
    node: var[Reading[Node | None]] = var(Reading(None))
    jobs: var[Reading[tuple[Job, ...]]] = var(Reading(()))
    progress: var[Reading[Mapping[str, TaskCounts]]] = var(Reading({}))
    failures: var[Reading[FailedLately]] = var(Reading(FailedLately()))
    tasks: var[Reading[Window[Task]]] = var(Reading(Window()))
    preparations: var[Reading[Mapping[str, JobPreparation]]] = var(Reading({}))
    stuck: var[Reading[Mapping[str, int]]] = var(Reading({}))

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
