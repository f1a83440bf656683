"""What the panes ask for, carried out."""

from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.screen import Screen

from batchtui.core.auto_pools import own_pools
from batchtui.core.controller import Controller
from batchtui.core.gateway import GatewayError
from batchtui.core.orders.adding import AT_ONCE, TaskAdding
from batchtui.core.orders.tasks import WAKES
from batchtui.core.specs import TaskSpec
from batchtui.core.wording import many
from batchtui.ui.panes.containers import ContainersPane
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.panes.steering import OrderRequested
from batchtui.ui.panes.tasks import TasksPane
from batchtui.ui.screens.blobs import BlobsScreen
from batchtui.ui.screens.desk import Desk
from batchtui.ui.screens.following import Clock
from batchtui.ui.screens.new_container import NewContainerScreen
from batchtui.ui.screens.new_job import NewJobScreen
from batchtui.ui.screens.new_pool import NewPoolScreen
from batchtui.ui.screens.new_tasks import NewTasksScreen
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.screens.schedules import SchedulesScreen
from batchtui.ui.screens.steering import steered
from batchtui.ui.screens.upload import UploadScreen
from batchtui.ui.widgets.contained import Contained


class RequestsScreen(Screen[None], Contained):
    """Asks what must be asked, has the controller act, and says how it went."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("6", "schedules", "Job schedules", show=False, tooltip="Go to the job schedules",
                id="go.schedules"),
    ]  # fmt: skip

    _clock: Clock

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self.controller = controller

    @on(PoolsPane.NewRequested)
    @work
    async def new_pool(self) -> None:
        try:
            images = await self.controller.images()
        except GatewayError as error:
            self.notify(str(error), title="New pool", severity="error")
            return
        form = NewPoolScreen(images).doing(self.controller.create_pool)
        pool = await self.app.push_screen_wait(form)
        if pool is not None:
            self._tell("New pool", f"Pool {pool.id} is being made.")
            self.query_one(PoolsPane).table.seek(pool.id)

    @on(JobsPane.NewRequested)
    @work
    async def new_job(self) -> None:
        feeds = self.controller.feeds
        pools = own_pools(feeds.pools.reading.value, feeds.jobs.reading.value)
        highlighted = self.query_one(PoolsPane).highlighted
        form = NewJobScreen(
            tuple(pool.id for pool in pools), highlighted.id if highlighted is not None else ""
        )
        job = await self.app.push_screen_wait(form.doing(self.controller.create_job))
        if job is not None:
            self._tell("New job", f"Job {job.id} is there.")
            self.query_one(JobsPane).table.seek(job.id)

    @on(TasksPane.NewRequested)
    @work
    async def new_tasks(self, message: TasksPane.NewRequested) -> None:
        job_id = message.job.id

        async def add(tasks: tuple[TaskSpec, ...]) -> bool:
            if len(tasks) <= AT_ONCE:
                await self.controller.add_tasks(job_id, tasks, lambda _count: None)
                self._tell("New tasks", f"{many(len(tasks), 'task')} added to job {job_id}.")
                return True
            batch, traffic = self.controller.gateway.batch, self.controller.feeds.traffic
            bulk = TaskAdding(batch, job_id).bulk(tasks, traffic)
            title = f"Add {many(len(tasks), 'task')} to {job_id}"
            return await Desk(self.app, self.controller).go_on(title, bulk, "request", WAKES)

        await self.app.push_screen_wait(NewTasksScreen(job_id).doing(add))

    @on(ContainersPane.NewRequested)
    @work
    async def new_container(self) -> None:
        form = NewContainerScreen().doing(self.controller.create_container)
        container = await self.app.push_screen_wait(form)
        if container is not None:
            self._tell("New container", f"Container {container} is there.")
            self.query_one(ContainersPane).table.seek(container)

    @on(ContainersPane.UploadRequested)
    def upload(self, message: ContainersPane.UploadRequested) -> None:
        self.app.push_screen(UploadScreen(self.controller, message.container.name))

    @on(ContainersPane.OpenRequested)
    def open_container(self, message: ContainersPane.OpenRequested) -> None:
        container = message.container.name
        self.app.push_screen(BlobsScreen(self.controller, container, clock=self._clock))

    @on(TasksPane.OutputRequested)
    def open_output(self, message: TasksPane.OutputRequested) -> None:
        screen = OutputScreen(self.controller, message.job.id, message.task, clock=self._clock)
        self.app.push_screen(screen)

    def action_schedules(self, schedule_id: str = "") -> None:
        """Show the job schedules, that one highlighted."""
        screen = SchedulesScreen(self.controller, schedule_id, clock=self._clock)
        self.app.push_screen(screen)

    @on(OrderRequested)
    @work
    async def steer(self, message: OrderRequested) -> None:
        await steered(self.app, self.controller, message)

    def _tell(self, title: str, done: str) -> None:
        self.notify(done, title=title, markup=False)
