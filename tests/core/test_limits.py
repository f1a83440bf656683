"""What a change of priority and limits changes, in words."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from batchtui.core.clone import UNLIMITED
from batchtui.core.models import Job, PoolInfo, Task
from batchtui.core.orders.jobs import changing
from batchtui.core.orders.schedules import schedule_orders
from batchtui.core.orders.tasks import limiting
from batchtui.core.schedules import JobSchedule
from batchtui.core.specs import JobSpec, TaskConstraints
from batchtui.core.states import JobState
from batchtui.core.things import Document
from tests.fakes import FakeAccount

pytestmark = pytest.mark.fault("3.13")
JOB = Job("j", JobState.ACTIVE)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"priority": 500}, "Changes: priority 0 → 500."),
        ({"priority": -10}, "Changes: priority 0 → -10."),
        ({"maxParallelTasks": 4}, "Changes: tasks at once unlimited → 4."),
        (
            {"priority": 1, "maxParallelTasks": 4},
            "Changes: priority 0 → 1, tasks at once unlimited → 4.",
        ),
        (
            {"constraints": {"maxTaskRetryCount": 3, "maxWallClockTime": "PT12H"}},
            "Changes: retries 1 → 3, time no limit → 12h.",
        ),
        ({"constraints": {"maxTaskRetryCount": 1, "maxWallClockTime": "PT90M"}},
         "Changes: time no limit → 1h30m."),
        ({"constraints": {"maxTaskRetryCount": -1}}, "Changes: retries 1 → unlimited."),
    ],
)  # fmt: skip
async def test_a_job_says_what_changes(changes: Document, told: str) -> None:
    before = {"maxTaskRetryCount": 1, "maxWallClockTime": UNLIMITED}
    order = changing(FakeAccount().batch, changes, before)
    assert (await order.stake((JOB,))).sentences[0] == told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"priority": 500}, "Changes: priority 0 to 100 → 500."),
        ({"maxParallelTasks": -1}, "Changes: tasks at once 4 to unlimited → unlimited."),
        (
            {"constraints": {"maxTaskRetryCount": 3, "maxWallClockTime": "PT12H"}},
            "Changes: retries → 3, time → 12h.",
        ),
    ],
)
async def test_so_do_several(changes: Document, told: str) -> None:
    other = replace(JOB, id="k", priority=100, max_parallel_tasks=4)
    order = changing(FakeAccount().batch, changes, {"maxTaskRetryCount": 1})
    assert (await order.stake((JOB, other))).sentences[0] == told


async def test_tasks_say_it_too() -> None:
    before = {"maxTaskRetryCount": 0, "maxWallClockTime": UNLIMITED, "retentionTime": "P7D"}
    batch = FakeAccount().batch
    task = Task("t")
    order = limiting(batch, "j", TaskConstraints(max_task_retry_count=2), before)
    told = (await order.stake((task,))).sentences[0]
    assert told == "Changes: retries 0 → 2, files kept 7d → no limit."
    assert (await order.stake((task, task))).sentences[0] == "Changes: retries → 2."


@pytest.mark.parametrize(
    ("order", "jobs", "told"),
    [
        ("delete", 0, "Deleted with it: no job."),
        ("delete", 1, "Deleted with it: 1 job, and its tasks."),
        ("delete", 3, "Deleted with it: 3 jobs, and their tasks."),
        ("terminate", 0, "Terminated with it: no job."),
        ("terminate", 1, "Terminated with it: no job."),
        ("terminate", 3, "Terminated with it: 2 jobs, and their tasks."),
    ],
)
async def test_a_schedule_says_whether_its_jobs_are_terminated_or_deleted(
    order: str, jobs: int, told: str
) -> None:
    batch = FakeAccount().batch
    schedule = JobSchedule("s")
    batch.job_schedules["s"] = schedule
    for number in range(jobs):
        await batch.create_job(JobSpec(id=f"s:job-{number}", pool_info=PoolInfo("p")))
    if jobs:
        batch.world.jobs["s:job-0"].state = JobState.COMPLETED
    stake = await schedule_orders(batch)[order].stake((schedule,))
    assert stake.sentences[0] == told


@pytest.mark.fault("2.5")
async def test_how_old_a_job_is_goes_by_the_services_clock() -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    job = replace(JOB, creation_time=noon)
    changes = {"constraints": {"maxTaskRetryCount": 0, "maxWallClockTime": "PT1H"}}
    for passed, ended in ((50, False), (70, True)):
        later = noon + timedelta(minutes=passed)
        order = changing(FakeAccount().batch, changes, {}, now=lambda at=later: at)  # type: ignore[misc]
        assert (await order.stake((job,))).large == ended
