"""The one screen most users ever see."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import var
from textual.screen import ModalScreen

from batchtui.core.controller import Controller
from batchtui.core.models import (
    Job,
    Pool,
    TaskCounts,
)
from batchtui.core.session import Session
from batchtui.ui.freshness import AGES, age_of, next_try_of
from batchtui.ui.panes.containers import ContainersPane
from batchtui.ui.panes.header import AccountHeader
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.nodes import NodesPane
from batchtui.ui.panes.pane import Pane
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.panes.tasks import TasksPane
from batchtui.ui.screens.arriving import ArrivingScreen
from batchtui.ui.screens.browsing import BrowsingScreen
from batchtui.ui.screens.looking import LookingScreen
from batchtui.ui.screens.node_requests import NodeRequestsScreen
from batchtui.ui.screens.readings import ReadingsScreen
from batchtui.ui.screens.watching import NEEDED, WatchingScreen
from batchtui.ui.widgets.keybar import KeyBar

BRIEF = 5
"""Seconds of rest whose end is not worth a time."""


class DashboardScreen(
    ReadingsScreen,
    LookingScreen,
    BrowsingScreen,
    ArrivingScreen,
    WatchingScreen,
    NodeRequestsScreen,
):
    """Wires feeds to panes, and the panes to each other; draws nothing itself.

    Longer than most classes here because a request of any pane ends in it: what could be told
    apart is in the screens that it is made of.
    """

    CSS_PATH = "dashboard.tcss"
    # From there on jobs beside other panes show their failures, and tasks why they failed or wait.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (116, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall"), (50, "-high")]  # noqa: RUF012
    AUTO_FOCUS = "PoolsPane RecordTable"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "refresh", "Refresh", show=False, tooltip="Look at everything again now",
                id="refresh"),
    ]  # fmt: skip

    pool: var[Pool | None] = var(None)
    """The highlighted one, whose nodes are shown."""
    job: var[Job | None] = var(None)
    """The highlighted one, whose tasks are shown."""
    counts: var[TaskCounts | None] = var(None)
    """Of the highlighted job."""
    now: var[datetime] = var(datetime.now)
    running: var[str] = var("")
    """The recipes under way, in words."""

    header = getters.query_one(AccountHeader)

    def __init__(
        self, session: Session, controller: Controller, *, clock: Callable[[], datetime]
    ) -> None:
        """`clock` gives the time of day, aware, against which ages are counted."""
        super().__init__(controller)
        self.session = session
        self._clock = clock
        self.set_reactive(DashboardScreen.now, clock())

    def compose(self) -> ComposeResult:
        here = DashboardScreen
        header = AccountHeader(id="header").data_bind(
            here.pools, here.node_counts, here.jobs, here.progress, here.failures, here.stuck,
            here.running,
        )  # fmt: skip
        header.prices = self.session.prices
        header.label, header.endpoint = self.session.label, self.session.endpoint
        header.local, header.read_only = self.session.local, self.controller.read_only
        header.simulated = self.session.simulated
        yield header
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield PoolsPane(id="pools").data_bind(
                    here.pools, here.node_counts, here.stuck, here.now
                )
                yield JobsPane(id="jobs").data_bind(
                    here.jobs,
                    here.progress,
                    here.preparations,
                    here.now,
                    WatchingScreen.watched,
                )
                yield ContainersPane(id="containers").data_bind(
                    here.containers, here.usage, here.now
                )
            with Vertical(id="right"):
                yield NodesPane(id="nodes").data_bind(
                    here.pool, here.nodes, here.node, here.node_counts, here.moments, here.now
                )
                yield TasksPane(id="tasks").data_bind(
                    here.job, here.tasks, here.counts, here.pools, here.node_counts,
                    here.preparations, here.now,
                )  # fmt: skip
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(PoolsPane).prices = self.session.prices
        containers, gateway = self.query_one(ContainersPane), self.controller.gateway
        containers.no_storage = gateway.no_storage
        containers.storage = gateway.storage is not None
        for pane in self.query(Pane):
            pane.read_only = self.controller.read_only
        self.follow_feeds()
        self.set_interval(1.0, self.tick)
        self.set_interval(AGES, self.show_ages)
        self.look()

    @on(events.ScreenSuspend)
    @on(events.ScreenResume)
    def look(self) -> None:
        """Have those feeds run that somebody can see."""
        names: set[str] = set()
        if self._in_sight:
            panes = [pane for pane in self.query(Pane) if pane.display]
            names = {name for pane in panes for name in pane.FEEDS} | set(self.header.FEEDS)
        if self.watched:
            names |= NEEDED
        for name in self.SHOWN:
            self.feeds[name].in_sight = self._in_sight
            self.feeds[name].looked_at = name in names

    def tick(self) -> None:
        """Once a second: let times and ages grow."""
        self.look()
        self.now = self._clock()
        self.moments = self.feeds.history.of(self.feeds.pool_id)
        header, traffic = self.header, self.session.traffic
        header.polled, header.commanded = traffic.polled_per_minute, traffic.commanded_per_minute
        header.budget = traffic.budget.per_minute
        header.clock_difference = traffic.service_clock.difference
        header.node_hours = self.feeds.node_hours.hours
        self.show_ages()

    def show_ages(self) -> None:
        """Say how old everything is, and when what is stale is asked for again."""
        for pane in self.query(Pane):
            feeds = [self.feeds[name] for name in pane.FEEDS]
            pane.age, pane.next_try = age_of(feeds), next_try_of(feeds)
        header, traffic = self.header, self.session.traffic
        seen = [name for name in self.SHOWN if self.feeds[name].looked_at]
        header.age = age_of(self.feeds[name] for name in seen if name not in self.SLOW)
        header.stale = any(self.feeds[name].reading.error for name in seen)
        header.next_try = next_try_of(self.feeds[name] for name in seen)
        quiet = math.ceil(traffic.throttled)
        header.asked_for = traffic.asked_for if quiet else 0.0
        until = self._clock().replace(microsecond=0) + timedelta(seconds=quiet)
        header.quiet_until, header.brief = until if quiet else None, quiet < BRIEF
        header.paused = traffic.paused

    @property
    def _in_sight(self) -> bool:
        """Whether nothing but dialogs, which leave the panes visible, is on top of this screen."""
        stack = self.app.screen_stack
        above = stack[stack.index(self) + 1 :] if self in stack else []
        return all(isinstance(screen, ModalScreen) for screen in above)

    def watch_progress(self) -> None:
        self._count()

    @on(PoolsPane.Highlighted, "#pools")
    def show_pool(self, message: PoolsPane.Highlighted) -> None:
        self._show_pool(message.record if isinstance(message.record, Pool) else None)

    def _show_pool(self, pool: Pool | None) -> None:
        self.pool = pool
        self.feeds.show_pool(pool.id if pool else "")
        self.moments = self.feeds.history.of(self.feeds.pool_id)

    @on(JobsPane.Highlighted, "#jobs")
    def show_job(self, message: JobsPane.Highlighted) -> None:
        self._show_job(message.record if isinstance(message.record, Job) else None)

    def _show_job(self, job: Job | None) -> None:
        self.job = job
        self.feeds.show_job(job.id if job else "")
        self._count()

    @on(NodesPane.TroubleWanted)
    def show_trouble(self, message: NodesPane.TroubleWanted) -> None:
        broken = {counts.pool_id for counts in self.node_counts.value if counts.broken}
        troubled = tuple(broken | set(self.stuck.value))
        self.go_to_trouble(self.feeds.pool_id, troubled, back=message.back)

    @on(NodesPane.Highlighted)
    def show_node(self, message: NodesPane.Highlighted) -> None:
        self.feeds.show_node(message.node.id if message.node else "")

    @on(JobsPane.ProgressWanted)
    def count_tasks(self, message: JobsPane.ProgressWanted) -> None:
        self.feeds.show_progress_of(message.job_ids)

    @on(ContainersPane.UsageWanted)
    def count_blobs(self, message: ContainersPane.UsageWanted) -> None:
        self.feeds.show_usage_of(message.containers)

    @on(TasksPane.Narrowed)
    def narrow_tasks(self, message: TasksPane.Narrowed) -> None:
        self.feeds.narrow_tasks(message.query, message.begin)

    @on(TasksPane.MoreWanted)
    def show_more_tasks(self) -> None:
        self.feeds.show_more_tasks()

    @on(PoolsPane.OpenRequested)
    def open_pool(self, message: PoolsPane.OpenRequested) -> None:
        self._show_pool(message.pool)
        self.action_pane("nodes")

    @on(JobsPane.OpenRequested)
    def open_job(self, message: JobsPane.OpenRequested) -> None:
        self._show_job(message.job)
        self.action_pane("tasks")

    def action_refresh(self) -> None:
        self.feeds.refresh()

    def _count(self) -> None:
        self.counts = self.progress.value.get(self.job.id) if self.job else None
