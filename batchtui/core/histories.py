"""The part of the seam that tells how the tasks of a job went, rather than how they are."""

from datetime import datetime
from typing import Protocol

from batchtui.core.dependencies import Links
from batchtui.core.models import Task, Window
from batchtui.core.preparation_status import PreparationStatus
from batchtui.core.subtasks import Subtask


class Histories(Protocol):
    """Every method raises `GatewayError` as all of the gateway does."""

    async def task_history(
        self, job_id: str, *, at_most: int, since: datetime | None = None
    ) -> Window[Task]:
        """The job's first tasks by id, without their command lines; with `since`, only those
        whose state has changed after that moment."""
        ...

    async def dependencies(self, job_id: str, *, at_most: int) -> Window[Links]:
        """What the job's first tasks, by id, wait for."""
        ...

    async def subtasks(self, job_id: str, task_id: str) -> tuple[Subtask, ...]:
        """The other parts of a multi-instance task; none of any other task."""
        ...

    async def preparation_status(
        self, job_id: str, *, at_most: int, failed: bool = False
    ) -> Window[PreparationStatus]:
        """What the nodes that ran the job's preparation or release task say of it, by node.

        With `failed` only the nodes whose preparation failed. The service refuses it (409) for a
        job that has no such tasks.
        """
        ...
