"""Orders against the local Batch service: it does what the gateway asks, and shows it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from batchtui.client.connect import connect
from batchtui.core.bulk import Fate
from batchtui.core.clone import clone
from batchtui.core.copying import Copying
from batchtui.core.gateway import Batch, GatewayError
from batchtui.core.models import PoolInfo
from batchtui.core.profile import Profile
from batchtui.core.schedules import ScheduleState
from batchtui.core.specs import (
    JobSpec,
    ResourceFile,
    TaskConstraints,
    TaskDependencies,
    TaskSpec,
)
from batchtui.core.states import AllocationState, JobState, TaskState
from batchtui.core.steering import Deallocation, DisableTasks
from batchtui.core.things import Kind, Thing
from batchtui.core.traffic import Traffic
from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .canned import KEY
from .test_local_account import Scripted, a_pool, until

POOL = Thing(Kind.POOL, "p")


@pytest.fixture
async def batch(tmp_path: Path) -> AsyncIterator[Batch]:
    settings = Settings(account="local", key=KEY, data_dir=tmp_path, boot=0)
    async with serve(settings, executor=Scripted()) as endpoint:
        profile = Profile("local", endpoint, "local", KEY, local=True)
        async with connect(profile, Traffic()) as gateway:
            yield gateway.batch


async def steady(batch: Batch) -> bool:
    return (await batch.pool("p")).allocation_state is AllocationState.STEADY


async def test_a_pool_is_resized_cloned_and_given_another_start_task(batch: Batch) -> None:
    await a_pool(batch, nodes=0)
    await until(lambda: steady(batch))
    await batch.update(POOL, {"startTask": {"commandLine": "other 0", "waitForSuccess": True}})
    assert (await batch.document(POOL))["startTask"]["commandLine"] == "other 0"
    await batch.remove_start_task("p")
    assert "startTask" not in await batch.document(POOL)
    await batch.resize_pool("p", dedicated=2, spot=1, deallocation=Deallocation.REQUEUE)

    async def grown() -> bool:
        pool = await batch.pool("p")
        return pool.current_nodes == 3 and pool.allocation_state is AllocationState.STEADY

    await until(grown)
    with pytest.raises(GatewayError, match=r"^Could not stop resizing pool p: "):
        await batch.stop_resize("p")
    await batch.create(Kind.POOL, clone(Kind.POOL, await batch.document(POOL), "p2"))
    twin = await batch.pool("p2")
    assert (twin.target_dedicated_nodes, twin.target_low_priority_nodes) == (2, 1)


async def test_a_pool_scales_by_a_formula_until_it_does_not(batch: Batch) -> None:
    await a_pool(batch, nodes=0)
    await until(lambda: steady(batch))
    with pytest.raises(GatewayError) as caught:
        await batch.evaluate_autoscale("p", "$TargetDedicatedNodes = 1;")
    assert caught.value.status == 409
    await batch.enable_autoscale("p", "$TargetDedicatedNodes = 1;", timedelta(minutes=5))
    assert (await batch.document(POOL))["enableAutoScale"] is True
    run = await batch.evaluate_autoscale("p", "$TargetDedicatedNodes = 2 + 2;")
    assert run.error is None
    assert dict(run.variables)["TargetDedicatedNodes"] == "4"
    wrong = await batch.evaluate_autoscale("p", "$TargetDedicatedNodes = nonsense;")
    assert wrong.error is not None
    assert "nonsense" in wrong.error.sentence
    await until(lambda: steady(batch))
    await batch.disable_autoscale("p")
    assert (await batch.document(POOL))["enableAutoScale"] is False


async def test_a_job_is_disabled_enabled_changed_and_cloned(batch: Batch) -> None:
    await a_pool(batch, nodes=0)
    await batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p"), priority=3))
    for way in DisableTasks:
        await batch.disable_job("j", way)

        async def disabled() -> bool:
            return (await batch.job("j")).state is JobState.DISABLED

        await until(disabled)
        await batch.enable_job("j")
        assert (await batch.job("j")).state is JobState.ACTIVE
    job = Thing(Kind.JOB, "j")
    await batch.update(job, {"priority": 70, "constraints": {"maxTaskRetryCount": 2}})
    assert (await batch.job("j")).priority == 70
    await batch.create(Kind.JOB, clone(Kind.JOB, await batch.document(job), "j2"))
    assert (await batch.document(Thing(Kind.JOB, "j2")))["constraints"]["maxTaskRetryCount"] == 2


async def test_tasks_run_again_are_limited_ended_and_cloned(batch: Batch) -> None:
    await a_pool(batch, nodes=1)
    await batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    await batch.add_tasks("j", [TaskSpec(id="t", command_line="run 7")], added=lambda _: None)

    async def failed() -> bool:
        return (await batch.task("j", "t")).failed

    await until(failed)
    before = (await batch.task("j", "t")).state_transition_time
    await batch.reactivate_task("j", "t")

    async def failed_again() -> bool:
        task = await batch.task("j", "t")
        return task.failed and task.state_transition_time != before

    await until(failed_again)
    await batch.disable_job("j", DisableTasks.WAIT)
    task = Thing(Kind.TASK, "t", "j")
    twin = clone(Kind.TASK, await batch.document(task), "t2")
    await batch.create(Kind.TASK, twin, within="j")
    await batch.limit_task("j", "t2", TaskConstraints(max_task_retry_count=4))
    whole = await batch.document(Thing(Kind.TASK, "t2", "j"))
    assert whole["constraints"]["maxTaskRetryCount"] == 4
    await batch.terminate_task("j", "t2")
    assert (await batch.task("j", "t2")).state is TaskState.COMPLETED


async def test_a_jobs_tasks_are_copied_with_what_they_depend_on(batch: Batch) -> None:
    """More than a page, the dependent task first by its id, and the SAS in it as it was."""
    await a_pool(batch, nodes=0)
    for job in ("old", "new"):
        spec = JobSpec(id=job, pool_info=PoolInfo("p"), uses_task_dependencies=True)
        await batch.create_job(spec)
    file = ResourceFile(http_url="http://127.0.0.1/x?sig=abc%3D", file_path="x")
    tasks = [
        TaskSpec(id="a", command_line="last", depends_on=TaskDependencies(("t0000",))),
        *(TaskSpec(id=f"t{n:04}", command_line=f"{n}", resource_files=(file,)) for n in range(620)),
    ]
    await batch.add_tasks("old", tasks, added=lambda _: None)
    copy = Copying(batch, "old", "new", total=621, traffic=Traffic())
    await copy.run()
    assert copy.counts == {Fate.DONE: 621}
    for task_id in ("a", "t0619"):
        made, model = [
            clone(Kind.TASK, await batch.document(Thing(Kind.TASK, task_id, job)), task_id)
            for job in ("new", "old")
        ]
        assert made == model
    assert made["resourceFiles"][0]["httpUrl"].endswith("sig=abc%3D")


async def test_a_schedule_makes_jobs_until_it_is_disabled_and_goes_with_them(
    batch: Batch,
) -> None:
    await a_pool(batch, nodes=0)
    await batch.create(
        Kind.SCHEDULE,
        {
            "id": "s",
            "schedule": {"recurrenceInterval": "PT1H"},
            "jobSpecification": {"poolInfo": {"poolId": "p"}, "priority": 5},
        },
    )

    async def made() -> bool:
        return len(await batch.jobs_of_schedule("s")) == 1

    await until(made)
    (schedule,) = await batch.schedules()
    assert schedule.schedule.recurrence_interval == timedelta(hours=1)
    assert schedule.job_specification.pool_info.pool_id == "p"
    assert schedule.execution_info.recent_job.id == "s:job-1"
    await batch.disable_schedule("s")
    assert (await batch.schedules())[0].state is ScheduleState.DISABLED
    await batch.enable_schedule("s")
    twin = clone(Kind.SCHEDULE, await batch.document(Thing(Kind.SCHEDULE, "s")), "s2")
    await batch.create(Kind.SCHEDULE, twin)
    await batch.terminate_schedule("s2")
    await batch.delete_schedule("s")
    await batch.delete_schedule("s2")

    async def gone() -> bool:
        return not await batch.schedules() and not await batch.jobs()

    await until(gone)
