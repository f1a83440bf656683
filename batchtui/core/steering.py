"""The part of the seam that changes what an account does: orders that happen once."""

from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from batchtui.core.autoscale import AutoScaleRun
from batchtui.core.copies import Copies
from batchtui.core.models import Job
from batchtui.core.schedules import JobSchedule
from batchtui.core.specs import TaskConstraints
from batchtui.core.things import Document, Kind, Thing


class Deallocation(StrEnum):
    """What becomes of the tasks on nodes that go."""

    REQUEUE = "requeue"
    TERMINATE = "terminate"
    TASK_COMPLETION = "taskcompletion"
    RETAINED_DATA = "retaineddata"


class DisableTasks(StrEnum):
    """What becomes of the running tasks of a job that is disabled."""

    REQUEUE = "requeue"
    TERMINATE = "terminate"
    WAIT = "wait"


class Steering(Copies, Protocol):
    """What the user may have changed. Every method raises `GatewayError` when it is refused."""

    async def document(self, thing: Thing) -> Document:
        """The whole entity as the service spells it; may hold secrets."""
        ...

    async def create(self, kind: Kind, document: Document, *, within: str = "") -> None:
        """Create an entity that is written as the service spells it; `within`: a task's job."""
        ...

    async def update(self, thing: Thing, changes: Document) -> None:
        """Replace the members that `changes` names, of a pool, a job or a job schedule."""
        ...

    async def remove_start_task(self, pool_id: str) -> None:
        """Have nodes that come, or are rebooted, run nothing first."""
        ...

    async def resize_pool(
        self, pool_id: str, *, dedicated: int, spot: int, deallocation: Deallocation
    ) -> None: ...
    async def stop_resize(self, pool_id: str) -> None: ...
    async def evaluate_autoscale(self, pool_id: str, formula: str) -> AutoScaleRun:
        """What the formula comes to now, nothing being changed; its `error` says what is wrong.

        The service refuses it for a pool that has autoscaling off.
        """
        ...

    async def enable_autoscale(
        self, pool_id: str, formula: str, interval: timedelta | None
    ) -> None:
        """Turn autoscaling on, or change its formula; None leaves the interval as it is."""
        ...

    async def disable_autoscale(self, pool_id: str) -> None: ...

    async def enable_job(self, job_id: str) -> None: ...
    async def disable_job(self, job_id: str, tasks: DisableTasks) -> None: ...

    async def terminate_task(self, job_id: str, task_id: str) -> None: ...
    async def reactivate_task(self, job_id: str, task_id: str) -> None:
        """Have a task that failed run again, from its start and with all its retries."""
        ...

    async def limit_task(self, job_id: str, task_id: str, limits: TaskConstraints) -> None:
        """Give a task other limits; those not given go back to the job's."""
        ...

    async def schedules(self) -> tuple[JobSchedule, ...]: ...
    async def jobs_of_schedule(self, schedule_id: str) -> tuple[Job, ...]: ...
    async def enable_schedule(self, schedule_id: str) -> None: ...
    async def disable_schedule(self, schedule_id: str) -> None: ...
    async def terminate_schedule(self, schedule_id: str) -> None: ...
    async def delete_schedule(self, schedule_id: str) -> None: ...
