"""What can be done to job schedules."""

from collections.abc import Mapping, Sequence

from batchtui.core.gateway import Batch
from batchtui.core.orders.order import Order, Stake
from batchtui.core.schedules import JobSchedule, ScheduleState
from batchtui.core.states import JobState
from batchtui.core.together import together
from batchtui.core.wording import many

WAKES = ("jobs",)


def schedule_orders(batch: Batch) -> Mapping[str, Order[JobSchedule]]:
    """The orders to job schedules by the names that the panes know them by."""

    async def jobs_too(schedules: Sequence[JobSchedule]) -> Stake:
        listed = await together(*(batch.jobs_of_schedule(each.id) for each in schedules))
        jobs = [job for some in listed for job in some]
        open_jobs = sum(job.state is not JobState.COMPLETED for job in jobs)
        it = "it" if len(schedules) == 1 else "them"
        sentences = [f"Ended or deleted with {it}: {many(len(jobs), 'job')}, and all their tasks."]
        if open_jobs:
            sentences.append(f"Not over yet: {many(open_jobs, 'job')}.")
        return Stake(tuple(sentences) if jobs else ("No job was made by it yet.",), len(jobs) >= 10)

    return {
        "delete": Order(
            title="Delete job schedule", ask="Delete {}?", yes="Delete", done="{} is going.",
            noun="job schedule", name=_id, act=lambda each: batch.delete_schedule(each.id),
            stake=jobs_too, applies=lambda each: each.state is not ScheduleState.DELETING,
            unfit="deleted already", wakes=WAKES,
        ),
        "terminate": Order(
            title="Terminate job schedule", ask="Terminate {}?", yes="Terminate",
            done="{} is ending.",
            noun="job schedule", name=_id, act=lambda each: batch.terminate_schedule(each.id),
            stake=jobs_too, applies=lambda each: not each.over, unfit="ended already",
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


async def _paused(_schedules: Sequence[JobSchedule]) -> Stake:
    return Stake(("It makes no more jobs until it is enabled; those that are there go on.",))


def _id(schedule: JobSchedule) -> str:
    return schedule.id
