"""What leads from the dashboard to files and outputs."""

from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from batchtui.core.controller import Controller
from batchtui.core.gateway import GatewayError
from batchtui.core.models import Container, Job, Node, Pool, Task
from batchtui.core.queries import TaskQuery
from batchtui.core.states import TaskState
from batchtui.core.things import Kind, Thing
from batchtui.ui.panes.containers import ContainersPane
from batchtui.ui.panes.nodes import NodesPane
from batchtui.ui.panes.tasks import TasksPane
from batchtui.ui.screens.following import Clock
from batchtui.ui.screens.inspectable import FilesWanted
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.screens.outputs import AT_ONCE, OutputsScreen
from batchtui.ui.screens.paned import PanedScreen

RUNNING = TaskQuery(state=TaskState.RUNNING)


class BrowsingScreen(PanedScreen):
    """Opens what is about files; the panes say of which task, node or container."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "files", "Browse files", show=False, id="files",
                tooltip="Look through the files of this task, node or container"),
        Binding("O", "outputs", "Side by side", show=False, id="outputs",
                tooltip=f"Read the outputs of up to {AT_ONCE} marked tasks beside each other"),
        Binding("o", "running_output", "Output", show=False, id="output.running",
                tooltip="Follow the output of the job's first running task"),
    ]  # fmt: skip

    controller: Controller
    _clock: Clock
    job: Job | None
    pool: Pool | None

    def action_files(self) -> None:
        match self.in_use:
            case TasksPane(job=Job() as job, highlighted=Task() as task):
                begin = "stderr.txt" if task.failed else "stdout.txt"
                self.post_message(FilesWanted(Thing(Kind.TASK, task.id, job.id), begin))
            case NodesPane(pool=Pool() as pool, highlighted=Node() as node):
                self.post_message(FilesWanted(Thing(Kind.NODE, node.id, pool.id)))
            case ContainersPane(highlighted=Container() as container):
                self.post_message(FilesWanted(Thing(Kind.CONTAINER, container.name)))
            case _:
                sentence = "Choose a task, a node or a container: they hold files."
                self.notify(sentence, title="Files", markup=False)

    def action_outputs(self) -> None:
        pane = self.query_one(TasksPane)
        if self.job is None or not pane.chosen:
            self.notify("Mark tasks with space to read them side by side.", title="Side by side")
            return
        tasks = pane.chosen[:AT_ONCE]
        self.app.push_screen(OutputsScreen(self.controller, self.job.id, tasks, clock=self._clock))

    @work(exclusive=True, group="running output")
    async def action_running_output(self) -> None:
        job = self.job_in_use
        if job is None:
            return
        try:
            running = await self.controller.gateway.batch.tasks(job.id, at_most=1, where=RUNNING)
        except GatewayError as error:
            self.notify(str(error), title="Output", severity="error", markup=False)
            return
        if running.items:
            screen = OutputScreen(self.controller, job.id, running.items[0], clock=self._clock)
            self.app.push_screen(screen)
        else:
            sentence = f"No task of job {job.id} runs at this moment."
            self.notify(sentence, title="Output", markup=False)
