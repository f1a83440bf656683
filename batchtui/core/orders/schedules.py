"""What can be done to job schedules."""

from collections.abc import Mapping, Sequence

from batchtui.core.gateway import Batch
from batchtui.core.models import Job
from batchtui.core.orders.order import Order, Stake, gone
from batchtui.core.schedules import JobSchedule, ScheduleState
from batchtui.core.together import together
from batchtui.core.wording import many

WAKES = ("jobs",)
LARGE = 10
"""Jobs from which ending them with their schedule asks for more than a yes."""


def schedule_orders(batch: Batch) -> Mapping[str, Order[JobSchedule]]:
    """The orders to job schedules by the names that the panes know them by."""

    async def jobs_of(schedules: Sequence[JobSchedule]) -> list[Job]:
        listed = await together(*(batch.jobs_of_schedule(each.id) for each in schedules))
        return [job for some in listed for job in some]

    async def deleted(schedules: Sequence[JobSchedule]) -> Stake:
        jobs = await jobs_of(schedules)
        active = sum(not job.over for job in jobs)
        sentences = [_with(schedules, "Deleted", len(jobs))]
        if active:
            sentences.append(f"Still active: {many(active, 'job')}.")
        return Stake(tuple(sentences), len(jobs) >= LARGE)

    async def terminated(schedules: Sequence[JobSchedule]) -> Stake:
        jobs = [job for job in await jobs_of(schedules) if not job.over]
        return Stake((_with(schedules, "Terminated", len(jobs)),), len(jobs) >= LARGE)

    return {
        "delete": Order(
            title="Delete job schedule", ask="Delete {}?", yes="Delete", done="{} is going.",
            noun="job schedule", name=_id, act=lambda each: gone(batch.delete_schedule(each.id)),
            stake=deleted, applies=lambda each: each.state is not ScheduleState.DELETING,
            unfit="deleted already", wakes=WAKES,
        ),
        "terminate": Order(
            title="Terminate job schedule", ask="Terminate {}?", yes="Terminate",
            done="{} is ending.",
            noun="job schedule", name=_id, act=lambda each: batch.terminate_schedule(each.id),
            stake=terminated, applies=lambda each: not each.over, unfit="ended already",
            already=frozenset({"JobScheduleBeingTerminated", "JobScheduleCompleted"}),
            wakes=WAKES,
        ),
        "disable": Order(
            title="Disable job schedule", ask="Disable {}?", yes="Disable", done="{} is disabled.",
            noun="job schedule", name=_id, act=lambda each: batch.disable_schedule(each.id),
            stake=_paused, applies=lambda each: each.state is ScheduleState.ACTIVE,
            unfit="not active", wakes=WAKES,
        ),
        "enable": Order(
            title="Enable job schedule", ask="Enable {}?", yes="Enable", done="{} is enabled.",
            noun="job schedule", name=_id, act=lambda each: batch.enable_schedule(each.id),
            applies=lambda each: each.state is ScheduleState.DISABLED,
            unfit="not disabled", wakes=WAKES,
        ),
    }  # fmt: skip


def _with(schedules: Sequence[JobSchedule], done: str, jobs: int) -> str:
    """`Deleted with it: 3 jobs, and their tasks.`"""
    it = "it" if len(schedules) == 1 else "them"
    if not jobs:
        return f"{done} with {it}: no job."
    return f"{done} with {it}: {many(jobs, 'job')}, and {'its' if jobs == 1 else 'their'} tasks."


async def _paused(_schedules: Sequence[JobSchedule]) -> Stake:
    return Stake(("It makes no more jobs until it is enabled; those that are there go on.",))


def _id(schedule: JobSchedule) -> str:
    return schedule.id
