"""What leads from the dashboard to a closer look at the highlighted job."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from batchtui.core.controller import Controller
from batchtui.core.models import Job
from batchtui.ui.screens.following import Clock
from batchtui.ui.screens.job import JobScreen
from batchtui.ui.screens.triage import TriageScreen


class LookingScreen(Screen[None]):
    """Opens screens about what is highlighted; the dashboard says what that is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "failures", "Failures", tooltip="Say why tasks of the job failed",
                id="failures"),
        Binding("J", "job", "Job", show=False, tooltip="Look at the job closely", id="job"),
    ]  # fmt: skip

    controller: Controller
    _clock: Clock
    job: Job | None

    def action_failures(self) -> None:
        if self.job is not None:
            self.app.push_screen(TriageScreen(self.controller, self.job, clock=self._clock))

    def action_job(self) -> None:
        if self.job is not None:
            self.app.push_screen(JobScreen(self.controller, self.job, clock=self._clock))
