"""What can be done to jobs."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from batchtui.core.durations import spelled
from batchtui.core.gateway import Batch, GatewayError
from batchtui.core.models import Job, TaskCounts
from batchtui.core.orders.limits import change, changed_limits, span, unlimited
from batchtui.core.orders.order import Order, Stake, gone
from batchtui.core.service_clock import Now, utc_now
from batchtui.core.states import JobState
from batchtui.core.steering import DisableTasks
from batchtui.core.things import Document, Kind, Thing
from batchtui.core.together import together
from batchtui.core.wording import many, some

COUNTED = 50
"""Jobs whose tasks are counted before the question settles for "at least"."""

LARGE = 1_000
"""Tasks from which deleting their job asks for more than a yes."""
LARGE_RUNNING = 100
"""Running tasks from which ending them does."""

WAKES = ("jobs", "tasks", "progress")
ENDED = (JobState.COMPLETED, JobState.TERMINATING, JobState.DELETING)


def job_orders(batch: Batch) -> Mapping[str, Order[Job]]:
    """The orders to jobs by the names that the panes know them by."""

    async def deleted(jobs: Sequence[Job]) -> Stake:
        return _deleted(jobs, *await _counted(batch, jobs))

    async def ended(jobs: Sequence[Job]) -> Stake:
        return _ended(*await _counted(batch, jobs))

    return {
        "delete": Order(
            title="Delete job", ask="Delete {}?", yes="Delete", done="{} is going.",
            noun="job", name=_id, act=lambda job: gone(batch.delete_job(job.id)), stake=deleted,
            applies=lambda job: job.state is not JobState.DELETING,
            unfit="deleted already", wakes=WAKES,
        ),
        "terminate": Order(
            title="Terminate job", ask="Terminate {}?", yes="Terminate", done="{} is ending.",
            noun="job", name=_id, act=lambda job: batch.terminate_job(job.id), stake=ended,
            applies=lambda job: job.state not in ENDED, unfit="ended already",
            already=frozenset({"JobBeingTerminated", "JobCompleted"}), wakes=WAKES,
        ),
        "enable": Order(
            title="Enable job", ask="Enable {}, so that tasks run again?", yes="Enable",
            done="{} is enabled.",
            noun="job", name=_id, act=lambda job: batch.enable_job(job.id),
            applies=lambda job: job.state in (JobState.DISABLED, JobState.DISABLING),
            unfit="not disabled", already=frozenset({"OperationInvalidForCurrentState"}),
            wakes=WAKES,
        ),
        **{f"disable_{tasks.value}": _disabling(batch, tasks) for tasks in DisableTasks},
    }  # fmt: skip


def changing(
    batch: Batch,
    changes: Document,
    constraints: Document | None = None,
    *,
    now: Now = utc_now,
) -> Order[Job]:
    """The order to give jobs another priority or other limits: the members to be changed.

    `constraints` are those of the job so far, where it is a single one. `now` tells the service's
    time of day.
    """
    limit = changes.get("constraints", {}).get("maxWallClockTime")
    lasting = msgspec.convert(limit, timedelta) if limit else None

    async def lost(jobs: Sequence[Job]) -> Stake:
        sentences = [f"Changes: {_changed(jobs, changes, constraints)}."]
        older = [] if lasting is None else _older(jobs, now() - lasting)
        if lasting is not None and older:
            sentences.append(
                f"Older than {spelled(lasting)}, and ended at once with all that runs in it: "
                f"{some(older)}."
            )
        return Stake(tuple(sentences), large=bool(older))

    return Order(
        title="Priority and limits", ask="Change priority and limits of {}?", yes="Change",
        done="Changed priority or limits of {}.", noun="job", name=_id,
        act=lambda job: batch.update(Thing(Kind.JOB, job.id), changes), stake=lost,
        applies=lambda job: job.state is not JobState.COMPLETED, unfit="over already",
        wakes=WAKES,
    )  # fmt: skip


def _changed(jobs: Sequence[Job], changes: Document, constraints: Document | None) -> str:
    """`priority 0 → 500, tasks at once unlimited → 4`."""
    parts = []
    if (priority := changes.get("priority")) is not None:
        parts.append(change("priority", span([job.priority for job in jobs]), f"{priority:,}"))
    if (most := changes.get("maxParallelTasks")) is not None:
        before = span([job.max_parallel_tasks for job in jobs])
        parts.append(change("tasks at once", before, unlimited(most)))
    limits = changes.get("constraints")
    if limits is not None:
        parts += changed_limits(constraints if len(jobs) == 1 else None, limits)
    return ", ".join(filter(None, parts))


DISABLED = {
    DisableTasks.REQUEUE: "The tasks that run are stopped, and start anew once it is enabled.",
    DisableTasks.TERMINATE: "The tasks that run are stopped, and do not run again.",
    DisableTasks.WAIT: "The tasks that run go on to their end.",
}
"""What becomes of the running tasks of a job that is disabled, as a sentence."""


def _disabling(batch: Batch, tasks: DisableTasks) -> Order[Job]:
    async def stake(jobs: Sequence[Job]) -> Stake:
        counts, _ = await _counted(batch, jobs)
        running = f"Running now: {many(counts.running, 'task')}."
        large = counts.running >= LARGE_RUNNING and tasks is not DisableTasks.WAIT
        return Stake(("No task of it starts until it is enabled.", running, DISABLED[tasks]), large)

    return Order(
        title="Disable job", ask="Disable {}?", yes="Disable", done="{} is being disabled.",
        noun="job", name=_id, act=lambda job: batch.disable_job(job.id, tasks), stake=stake,
        applies=lambda job: job.state in (JobState.ACTIVE, JobState.ENABLING),
        unfit="not active", wakes=WAKES,
    )  # fmt: skip


def _deleted(jobs: Sequence[Job], counts: TaskCounts, least: str) -> Stake:
    if not counts.total:
        return Stake(("It has no tasks." if len(jobs) == 1 else "They have no tasks.",))
    it = "it" if len(jobs) == 1 else "them"
    sentences = [
        f"Deleted with {it}: {least}{many(counts.total, 'task')}, and their files on the nodes."
    ]
    if counts.running:
        sentences.append(f"Still running, and ended: {least}{many(counts.running, 'task')}.")
    if counts.active:
        sentences.append(f"Still waiting, and never run: {least}{many(counts.active, 'task')}.")
    large = counts.total >= LARGE or counts.running >= LARGE_RUNNING
    return Stake(tuple(sentences), large)


def _ended(counts: TaskCounts, least: str) -> Stake:
    sentences = ["A job that has ended takes no more tasks, and cannot be taken up again."]
    if counts.running:
        sentences.append(f"Running now, and stopped: {least}{many(counts.running, 'task')}.")
    if counts.active:
        sentences.append(f"Waiting, and never run: {least}{many(counts.active, 'task')}.")
    return Stake(tuple(sentences), counts.running >= LARGE_RUNNING)


async def _counted(batch: Batch, jobs: Sequence[Job]) -> tuple[TaskCounts, str]:
    """The tasks of all these jobs together, and `at least ` where not all were counted."""
    asked = jobs[:COUNTED]
    found = await together(*(_count(batch, job) for job in asked))
    summed = TaskCounts(
        active=sum(counts.active for counts in found),
        running=sum(counts.running for counts in found),
        completed=sum(counts.completed for counts in found),
        succeeded=sum(counts.succeeded for counts in found),
        failed=sum(counts.failed for counts in found),
    )
    return summed, "at least " if len(jobs) > len(asked) else ""


async def _count(batch: Batch, job: Job) -> TaskCounts:
    try:
        return await batch.task_counts(job.id)
    except GatewayError as error:
        if error.missing:
            return TaskCounts()
        raise


def _older(jobs: Sequence[Job], than: datetime) -> list[str]:
    return [job.id for job in jobs if job.creation_time and job.creation_time < than]


def _id(job: Job) -> str:
    return job.id
