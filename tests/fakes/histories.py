"""How the tasks of an account in memory went."""

from datetime import datetime

from msgspec.structs import replace

from batchtui.core.dependencies import Dependencies, Links
from batchtui.core.models import Task, Window
from batchtui.core.preparation_status import PreparationStatus
from batchtui.core.subtasks import Subtask
from tests.fakes import views
from tests.fakes.calls import refused
from tests.fakes.held import Held
from tests.fakes.world import FakeTask


class FakeHistories(Held):
    """`batchtui.core.histories.Histories` over the fake's world."""

    async def task_history(
        self, job_id: str, *, at_most: int, since: datetime | None = None
    ) -> Window[Task]:
        await self._calls.note("task_history", job_id, "all" if since is None else "changed")
        held = [
            replace(views.task(task), command_line="")
            for _, task in sorted(self._job(job_id).tasks.items())
            if since is None or task.since > since
        ]
        return Window(tuple(held[:at_most]), len(held) <= at_most)

    async def dependencies(self, job_id: str, *, at_most: int) -> Window[Links]:
        await self._calls.note("dependencies", job_id)
        held = [_links(task) for _, task in sorted(self._job(job_id).tasks.items())]
        return Window(tuple(held[:at_most]), len(held) <= at_most)

    async def subtasks(self, job_id: str, task_id: str) -> tuple[Subtask, ...]:
        await self._calls.note("subtasks", job_id, task_id)
        self._task(job_id, task_id)
        return ()

    async def preparation_status(
        self, job_id: str, *, at_most: int, failed: bool = False
    ) -> Window[PreparationStatus]:
        await self._calls.note("preparation_status", job_id, "failed" if failed else "all")
        prepared = self._job(job_id).prepared
        if prepared is None:
            raise refused(
                f"Could not look at the preparation of job {job_id}",
                code="JobPreparationTaskNotSpecified",
            )
        held = [each for each in prepared if not (failed and each.prepared)]
        return Window(tuple(held[:at_most]), len(held) <= at_most)


def _links(task: FakeTask) -> Links:
    wanted = task.spec.depends_on
    return Links(task.spec.id, Dependencies(wanted.task_ids) if wanted else None)
