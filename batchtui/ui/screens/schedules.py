"""What makes jobs by itself."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import var

from batchtui.core.controller import Controller
from batchtui.core.feed import Feed, Reading
from batchtui.core.models import Job
from batchtui.core.pace import Paces
from batchtui.core.schedules import JobSchedule
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.panes.schedules import ScheduledJobsPane, SchedulesPane
from batchtui.ui.panes.steering import OrderRequested
from batchtui.ui.runs import runs_of
from batchtui.ui.screens.following import Clock, FollowingScreen
from batchtui.ui.screens.inspectable import InspectableScreen
from batchtui.ui.screens.job import JobScreen
from batchtui.ui.screens.steering import steered
from batchtui.ui.widgets.keybar import KeyBar

SLOWER = 2
"""How much slower than tasks schedules change."""


class SchedulesScreen(InspectableScreen):
    """The job schedules above, the jobs of the highlighted one below."""

    CSS_PATH = "schedules.tcss"
    AUTO_FOCUS = "SchedulesPane RecordTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "go('schedules')", "Schedules", show=False, tooltip="Go to the schedules",
                id="schedules.list"),
        Binding("2", "go('scheduled')", "Jobs", show=False, tooltip="Go to their jobs",
                id="schedules.jobs"),
    ]  # fmt: skip

    schedules: var[Reading[tuple[JobSchedule, ...]]] = var(Reading(()))
    scheduled: var[Reading[tuple[Job, ...]]] = var(Reading(()))

    def __init__(
        self, controller: Controller, begin: str = "", *, clock: Clock | None = None
    ) -> None:
        """`begin` is the id of the job schedule to highlight at first; empty for the first one."""
        super().__init__(controller, clock=clock)
        self._begin = begin
        self._shown = ""

    def compose(self) -> ComposeResult:
        here = SchedulesScreen
        schedules = SchedulesPane(id="schedules").data_bind(here.schedules, FollowingScreen.now)
        schedules.read_only = self.controller.read_only
        yield schedules
        yield ScheduledJobsPane(id="scheduled").data_bind(here.scheduled, FollowingScreen.now)
        yield KeyBar()

    def on_unmount(self) -> None:
        self._stop_listening()

    def on_mount(self) -> None:
        self._under_way = runs_of(self.app).live
        self._stop_listening = runs_of(self.app).subscribe(self.take_runs)
        batch, feeds = self.controller.gateway.batch, self.controller.feeds
        every = feeds.every * SLOWER
        feed: Feed[tuple[JobSchedule, ...]] = Feed(
            batch.schedules, (), every=every, traffic=feeds.traffic
        )
        self.follow("schedules", feed)
        if self._begin:
            self.query_one(SchedulesPane).table.seek(self._begin)
        self._follow_jobs("")

    def take_runs(self) -> None:
        """Look anew where an order began or ended, which may be one to many of these."""
        live = runs_of(self.app).live
        if live != self._under_way:
            self._under_way = live
            self.action_refresh()

    @on(TablePane.Highlighted, "#schedules")
    def show_jobs(self, message: TablePane.Highlighted) -> None:
        schedule = message.record
        schedule_id = schedule.id if isinstance(schedule, JobSchedule) else ""
        if schedule_id != self._shown:
            self._follow_jobs(schedule_id)

    def _follow_jobs(self, schedule_id: str) -> None:
        """Show the jobs of that job schedule; without one, none."""
        self._shown = schedule_id
        self.query_one(ScheduledJobsPane).about = schedule_id
        batch, feeds = self.controller.gateway.batch, self.controller.feeds

        async def fetch() -> tuple[Job, ...]:
            return await batch.jobs_of_schedule(schedule_id) if schedule_id else ()

        every = feeds.every * SLOWER
        feed: Feed[tuple[Job, ...]] = Feed(fetch, (), every=every, traffic=feeds.traffic)
        self.follow("scheduled", feed)

    @on(ScheduledJobsPane.OpenRequested)
    def open_job(self, message: ScheduledJobsPane.OpenRequested) -> None:
        self.app.push_screen(
            JobScreen(self.controller, message.job, paces=Paces(), clock=self.clock)
        )

    @on(OrderRequested)
    @work
    async def steer(self, message: OrderRequested) -> None:
        await steered(self.app, self.controller, message)
        self.action_refresh()

    def action_go(self, name: str) -> None:
        self.query_one(f"#{name} RecordTable").focus()
