"""What leads from the dashboard to a closer look at the highlighted job."""

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType

from batchtui.core.controller import Controller
from batchtui.core.feed import Reading
from batchtui.core.models import Container, Job, Node, Pool, Task, TaskCounts
from batchtui.core.things import Kind, Thing
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.screens.following import Clock
from batchtui.ui.screens.inspectable import LookWanted
from batchtui.ui.screens.job import JobScreen
from batchtui.ui.screens.paned import PanedScreen
from batchtui.ui.screens.triage import TriageScreen


class LookingScreen(PanedScreen):
    """Opens screens about what is highlighted; the dashboard says what that is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "failures", "Failures", tooltip="Say why tasks of the job failed",
                id="failures"),
        Binding("i", "inspect", "Inspect", show=False,
                tooltip="Everything about the highlighted thing", id="inspect"),
        Binding("J", "job", "Job", show=False, tooltip="Look at the job closely", id="job"),
    ]  # fmt: skip

    controller: Controller
    _clock: Clock
    job: Job | None
    pool: Pool | None
    jobs: Reading[tuple[Job, ...]]
    progress: Reading[Mapping[str, TaskCounts]]

    def action_failures(self) -> None:
        if (job := self.failing) is not None:
            self.app.push_screen(TriageScreen(self.controller, job, clock=self._clock))
        else:
            self._say_absent("There is no job yet of which tasks could have failed.", "Failures")

    @property
    def failing(self) -> Job | None:
        """The highlighted job where jobs or tasks are in use, else the one with most failures."""
        if self.in_use.id in ("jobs", "tasks"):
            return self.job_in_use
        counts = self.progress.value
        failing = [job for job in self.jobs.value if job.id in counts and counts[job.id].failed]
        return max(failing, key=lambda job: counts[job.id].failed, default=self.job_in_use)

    def action_job(self) -> None:
        if (job := self.job_in_use) is not None:
            paces = self.query_one(JobsPane).paces
            self.app.push_screen(JobScreen(self.controller, job, paces=paces, clock=self._clock))
        else:
            self._say_absent("There is no job yet to look at.", "Job")

    def action_inspect(self) -> None:
        if (thing := self.thing) is not None:
            self.post_message(LookWanted(thing))
        else:
            self._say_absent("Nothing is highlighted of which there is more to know.", "Inspect")

    def _say_absent(self, sentence: str, title: str) -> None:
        self.notify(sentence, title=title, markup=False)

    @property
    def thing(self) -> Thing | None:
        """What is highlighted in the pane in use; None where the service knows no more of it."""
        match getattr(self.in_use, "highlighted", None):
            case Pool(id=pool_id):
                return Thing(Kind.POOL, pool_id)
            case Job(id=job_id):
                return Thing(Kind.JOB, job_id)
            case Node(id=node_id) if self.pool is not None:
                return Thing(Kind.NODE, node_id, self.pool.id)
            case Task(id=task_id) if self.job is not None:
                return Thing(Kind.TASK, task_id, self.job.id)
            case Container(name=name):
                return Thing(Kind.CONTAINER, name)
        return None
