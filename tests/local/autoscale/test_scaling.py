"""Pools that are scaled by their formula, through the SDK, in stepped time."""

from datetime import timedelta

from azure.batch import models
from azure.batch.aio import BatchClient

from batchtui.local.server import serve
from batchtui.local.settings import Settings
from tests.local.batch import job_options, nodes, pool_options, steady_pool, task_options, until
from tests.local.conftest import connect
from tests.local.fakes import FakeExecutor
from tests.local.wire import ask

from .pools import FORMULA, RESULTS, enable, enabling, of_size, scaled
from .stepped import StepPace

PENDING = "$TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));"
MINUTES = 60


async def test_a_pool_is_made_as_large_as_its_formula_says(
    client: BatchClient, endpoint: str
) -> None:
    await client.create_pool(scaled())
    pool = await of_size(client, 2)
    assert (pool.enable_auto_scale, pool.auto_scale_formula) == (True, FORMULA)
    assert pool.auto_scale_evaluation_interval == timedelta(minutes=15)
    assert pool.target_dedicated_nodes == 2
    assert pool.auto_scale_run
    assert (pool.auto_scale_run.results, pool.auto_scale_run.error) == (RESULTS, None)
    filtered = client.list_pools(filter="enableAutoScale eq true")
    assert [found.id async for found in filtered] == ["pool"]


async def test_the_size_follows_the_tasks(
    client: BatchClient, executor: FakeExecutor, pace: StepPace
) -> None:
    await client.create_pool(scaled(PENDING, auto_scale_evaluation_interval=timedelta(minutes=5)))
    await of_size(client, 0)
    await client.create_job(job_options())
    for number in range(3):
        await client.create_task("job", task_options(f"t{number}", "wait"))
    pace.step(4.9 * MINUTES)
    assert (await client.get_pool("pool")).target_dedicated_nodes == 0
    pace.step(0.2 * MINUTES)
    tag = (await of_size(client, 3)).etag
    executor.release.set()
    await until(
        lambda: client.get_job_task_counts("job"),
        lambda found: found.task_counts.succeeded == 3,
    )
    pace.step(5 * MINUTES)
    assert (await of_size(client, 0)).etag == tag


async def test_tasks_that_cannot_run_are_not_active(client: BatchClient, pace: StepPace) -> None:
    await client.create_pool(scaled("$TargetDedicatedNodes = 0;"))
    await client.create_job(job_options(uses_task_dependencies=True))
    await client.create_task("job", task_options("a"))
    needs = models.BatchTaskDependencies(task_ids=["a"])
    await client.create_task("job", task_options("b", depends_on=needs))
    await client.create_job(job_options("off"))
    await client.create_task("off", task_options("c"))
    disable = models.BatchJobDisableOptions(disable_tasks="requeue")
    await client.begin_disable_job("off", disable)
    counting = "a = $ActiveTasks; s = $ActiveTasks.GetSample(1); r = $RunningTasks;"
    body = models.BatchPoolEvaluateAutoScaleOptions(auto_scale_formula=counting)
    pace.step(30)
    run = await client.evaluate_pool_auto_scale("pool", body)
    assert run.results
    assert run.results.endswith("a=1;r=0;s=[1]")


async def test_samples_are_taken_each_thirty_seconds(client: BatchClient, pace: StepPace) -> None:
    await client.create_pool(scaled())
    await until(lambda: nodes(client), lambda found: [node.state for node in found] == ["idle"] * 2)
    pace.step(10 * MINUTES)
    looking = (
        "n = $UsableNodeCount.Count(); p = $UsableNodeCount.GetSamplePercent(TimeInterval_Hour);"
        "v = min($UsableNodeCount.GetSample(5 * TimeInterval_Minute, 90)); t = $TaskSlotsPerNode;"
        "c = $CPUPercent >= 0"
    )
    body = models.BatchPoolEvaluateAutoScaleOptions(auto_scale_formula=looking)
    run = await client.evaluate_pool_auto_scale("pool", body)
    assert run.error is None
    assert run.results
    assert run.results.endswith("c=1;n=21;p=17.5;t=1;v=2")


async def test_enabling_changing_and_disabling(
    client: BatchClient, endpoint: str, pace: StepPace
) -> None:
    before = await steady_pool(client, target_dedicated_nodes=1)
    await client.enable_pool_auto_scale(
        "pool", enabling(auto_scale_evaluation_interval=timedelta(minutes=6))
    )
    pool = await of_size(client, 2)
    assert pool.etag != before.etag
    assert pool.auto_scale_evaluation_interval == timedelta(minutes=6)

    early = await enable(endpoint, autoScaleFormula="$TargetDedicatedNodes = 3")
    assert (early.status, early.code) == (503, "TooManyEnableAutoScaleRequests")
    pace.step(31)
    await client.enable_pool_auto_scale("pool", enabling("$TargetDedicatedNodes = 3"))
    pool = await of_size(client, 3)
    assert pool.auto_scale_evaluation_interval == timedelta(minutes=6)

    await client.disable_pool_auto_scale("pool")
    shown = (await ask(endpoint, "GET", "/pools/pool")).json
    assert shown["enableAutoScale"] is False
    assert not {"autoScaleFormula", "autoScaleEvaluationInterval", "autoScaleRun"} & shown.keys()
    pace.step(60 * MINUTES)
    assert len(await nodes(client)) == 3
    none = models.BatchPoolResizeOptions(target_dedicated_nodes=0)
    await (await client.begin_resize_pool("pool", none, polling_interval=0)).result()
    again = await ask(endpoint, "POST", "/pools/pool/disableautoscale")
    assert again.status == 200


async def test_a_formula_that_fails_leaves_the_pool_alone(
    client: BatchClient, pace: StepPace
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    formula = "$TargetDedicatedNodes = 0; x = avg($RunningTasks.GetSample(TimeInterval_Hour, 50));"
    await client.enable_pool_auto_scale("pool", enabling(formula))
    pool = await until(lambda: client.get_pool("pool"), lambda pool: pool.auto_scale_run)
    assert pool.auto_scale_run
    assert pool.auto_scale_run.error
    assert pool.auto_scale_run.error.code == "InsufficientSampleData"
    assert pool.target_dedicated_nodes == 1
    pace.step(31 * MINUTES)
    assert (await of_size(client, 0)).target_dedicated_nodes == 0


async def test_a_new_evaluation_overtakes_a_resize_that_waits(
    client: BatchClient, executor: FakeExecutor, pace: StepPace
) -> None:
    await client.create_pool(scaled())
    await of_size(client, 2)
    await client.create_job(job_options())
    for number in range(2):
        await client.create_task("job", task_options(f"t{number}", "wait"))
    await until(
        lambda: client.get_job_task_counts("job"), lambda found: found.task_counts.running == 2
    )
    pace.step(31)
    patient = "$TargetDedicatedNodes = 0; $NodeDeallocationOption = taskcompletion;"
    await client.enable_pool_auto_scale("pool", enabling(patient))
    await until(lambda: client.get_pool("pool"), lambda pool: pool.allocation_state == "resizing")
    pace.step(31)
    await client.enable_pool_auto_scale("pool", enabling("$TargetDedicatedNodes = 3"))
    await of_size(client, 3)
    assert (await client.get_job_task_counts("job")).task_counts.running == 2
    executor.release.set()


async def test_scaling_goes_on_after_a_restart(
    pace: StepPace, settings: Settings, executor: FakeExecutor
) -> None:
    async with serve(settings, executor=executor) as endpoint, connect(endpoint) as client:
        await client.create_pool(scaled(PENDING))
        await of_size(client, 0)
        await client.create_job(job_options())
        await client.create_task("job", task_options("t", "wait"))
    pace.step(16 * MINUTES)
    async with serve(settings, executor=executor) as endpoint, connect(endpoint) as client:
        await of_size(client, 1)


async def counted(client: BatchClient) -> str:
    """How many samples the pool has."""
    body = models.BatchPoolEvaluateAutoScaleOptions(auto_scale_formula="n = $ActiveTasks.Count()")
    run = await client.evaluate_pool_auto_scale("pool", body)
    return str(run.results).partition(";n=")[2]


async def test_a_pool_that_is_gone_is_no_more_scaled(client: BatchClient, pace: StepPace) -> None:
    await client.create_pool(scaled())
    await of_size(client, 2)
    pace.step(14.9 * MINUTES)
    await (await client.begin_delete_pool("pool", polling_interval=0)).result()
    pace.step(0.2 * MINUTES)
    await client.create_pool(pool_options())
    pace.step(60 * MINUTES)
    assert await nodes(client) == []


async def test_samples_are_of_one_pool_and_of_one_time(client: BatchClient, pace: StepPace) -> None:
    await client.create_pool(scaled())
    await of_size(client, 2)
    pace.step(2 * MINUTES)
    assert await counted(client) == "5"
    await (await client.begin_delete_pool("pool", polling_interval=0)).result()
    await client.create_pool(scaled())
    assert await counted(client) == "1"
    await of_size(client, 2)
    pace.step(2 * MINUTES)
    await client.disable_pool_auto_scale("pool")
    await client.enable_pool_auto_scale("pool", enabling())
    assert await counted(client) == "1"
