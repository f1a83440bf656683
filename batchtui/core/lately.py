"""How many tasks failed in the last hour, in jobs that may still matter."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from batchtui.core.gateway import Batch, GatewayError
from batchtui.core.models import Job, Task, TaskCounts, Window
from batchtui.core.queries import FAILED, TaskQuery
from batchtui.core.together import together
from batchtui.core.window import PAGE

HOUR = timedelta(hours=1)
JOBS_AT_MOST = 20
"""Jobs that are asked about: a request each, which is why it is not done often."""


class FailedLately(Struct, frozen=True):
    """`complete` tells a total from a minimum."""

    tasks: int = 0
    complete: bool = True


async def failed_lately(
    batch: Batch, jobs: Iterable[Job], progress: Mapping[str, TaskCounts], now: datetime
) -> FailedLately:
    """Counted by listing; jobs without failures and jobs that ended before are not asked about.

    A job that cannot be listed makes it a minimum. Raises `GatewayError` where none can.

    The service has no count of this: its task counts know no time.
    """
    since = now - HOUR
    asked = [
        job.id
        for job in jobs
        if progress.get(job.id, TaskCounts()).failed
        and (job.execution_info.end_time or now) >= since
    ]
    query = TaskQuery(state=FAILED.state, result=FAILED.result, changed_after=since)
    errors: list[GatewayError] = []
    windows = await together(
        *(_failed(batch, job_id, query, errors) for job_id in asked[:JOBS_AT_MOST])
    )
    if errors and len(errors) == len(windows):
        raise errors[0]
    whole = len(asked) <= JOBS_AT_MOST and all(window.complete for window in windows)
    return FailedLately(sum(len(window.items) for window in windows), whole)


async def _failed(
    batch: Batch, job_id: str, query: TaskQuery, errors: list[GatewayError]
) -> Window[Task]:
    try:
        return await batch.tasks(job_id, at_most=PAGE, where=query)
    except GatewayError as error:
        if error.missing:
            # Deleted since the listing that it was in.
            return Window()
        errors.append(error)
        return Window(complete=False)
