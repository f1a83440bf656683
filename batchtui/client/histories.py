"""How the tasks of a job went, over `azure.batch.aio`."""

from datetime import UTC, datetime
from typing import Final

from batchtui.client.wire import Page, Wire, members, path_of
from batchtui.core.dependencies import Links
from batchtui.core.models import Task, Window
from batchtui.core.preparation_status import PreparationStatus
from batchtui.core.subtasks import Subtask

NEEDS = ("required_slots", "depends_on", "exit_conditions", "multi_instance_settings")
HISTORY: Final = members(Task, without=("command_line", *NEEDS))
LINKS: Final = members(Links)
PREPARATION_FAILED = "jobPreparationTaskExecutionInfo/result eq 'failure'"


class HistoryAccount:
    """`core.histories.Histories`, spoken to Azure Batch."""

    _wire: Wire

    async def task_history(
        self, job_id: str, *, at_most: int, since: datetime | None = None
    ) -> Window[Task]:
        moment = since and f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        return await self._wire.window(
            f"list when the tasks of job {job_id} ran",
            path_of("jobs", job_id, "tasks"),
            Page[Task],
            at_most=at_most,
            select=HISTORY,
            condition=f"stateTransitionTime gt DateTime'{moment}'" if moment else "",
        )

    async def dependencies(self, job_id: str, *, at_most: int) -> Window[Links]:
        return await self._wire.window(
            f"list what the tasks of job {job_id} wait for",
            path_of("jobs", job_id, "tasks"),
            Page[Links],
            at_most=at_most,
            select=LINKS,
        )

    async def subtasks(self, job_id: str, task_id: str) -> tuple[Subtask, ...]:
        found = await self._wire.window(
            f"list the subtasks of task {task_id} of job {job_id}",
            path_of("jobs", job_id, "tasks", task_id, "subtasksinfo"),
            Page[Subtask],
            sized=False,
        )
        return found.items

    async def preparation_status(
        self, job_id: str, *, at_most: int, failed: bool = False
    ) -> Window[PreparationStatus]:
        return await self._wire.window(
            f"look at the preparation of job {job_id}",
            path_of("jobs", job_id, "jobpreparationandreleasetaskstatus"),
            Page[PreparationStatus],
            at_most=at_most,
            condition=PREPARATION_FAILED if failed else "",
        )
