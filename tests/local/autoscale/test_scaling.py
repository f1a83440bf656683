"""Pools that are scaled by their formula, through the SDK, in stepped time."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient
from azure.core.exceptions import HttpResponseError

from batchtui.local.server import serve
from batchtui.local.settings import Settings
from tests.local.batch import job_options, nodes, pool_options, steady_pool, task_options, until
from tests.local.conftest import connect
from tests.local.fakes import FakeExecutor
from tests.local.wire import Answer, ask

from .stepped import StepPace

FORMULA = "$TargetDedicatedNodes = 2;"
PENDING = "$TargetDedicatedNodes = min(10, $PendingTasks.GetSample(1));"
MINUTES = 60
RESULTS = "$TargetDedicatedNodes=2;$TargetLowPriorityNodes=0;$NodeDeallocationOption=requeue"


@pytest.fixture
def pace(monkeypatch: pytest.MonkeyPatch) -> StepPace:
    pace = StepPace()
    monkeypatch.setattr("batchtui.local.world.world.SteadyPace", lambda: pace)
    return pace


@pytest.fixture
async def endpoint(
    pace: StepPace, settings: Settings, executor: FakeExecutor
) -> AsyncIterator[str]:
    async with serve(settings, executor=executor) as address:
        yield address


def scaled(formula: str = FORMULA, **more: Any) -> models.BatchPoolCreateOptions:
    return pool_options(enable_auto_scale=True, auto_scale_formula=formula, **more)


def enabling(formula: str = FORMULA, **more: Any) -> models.BatchPoolEnableAutoScaleOptions:
    return models.BatchPoolEnableAutoScaleOptions(auto_scale_formula=formula, **more)


async def of_size(client: BatchClient, size: int) -> models.BatchPool:
    """Wait until the pool rests with so many dedicated nodes."""
    return await until(
        lambda: client.get_pool("pool"),
        lambda pool: pool.allocation_state == "steady" and pool.current_dedicated_nodes == size,
    )


async def enable(endpoint: str, **body: object) -> Answer:
    return await ask(endpoint, "POST", "/pools/pool/enableautoscale", body)


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


async def test_what_a_scaled_pool_refuses(client: BatchClient, endpoint: str) -> None:
    await client.create_pool(scaled())
    await of_size(client, 2)
    node = str((await nodes(client))[0].id)
    for path, body in (
        ("resize", {"targetDedicatedNodes": 1}),
        ("removenodes", {"nodeList": [node]}),
    ):
        answer = await ask(endpoint, "POST", f"/pools/pool/{path}", body)
        assert (answer.status, answer.code) == (409, "OperationInvalidForCurrentState")


async def test_a_user_s_resize_comes_first(client: BatchClient, endpoint: str) -> None:
    await client.create_pool(pool_options())
    missing = await enable(endpoint, autoScaleEvaluationInterval="PT5M")
    assert (missing.status, missing.code) == (400, "MissingRequiredProperty")
    evaluate = await ask(
        endpoint, "POST", "/pools/pool/evaluateautoscale", {"autoScaleFormula": FORMULA}
    )
    assert (evaluate.status, evaluate.code) == (409, "OperationInvalidForCurrentState")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"autoScaleFormula": "$TargetDedicatedNodes = "}, "AutoScalingFormulaSyntaxError"),
        ({"autoScaleFormula": ""}, "AutoScalingFormulaSyntaxError"),
        ({"autoScaleFormula": "x=1;" * 2049}, "AutoScalingFormulaTooLong"),
        ({"autoScaleFormula": "x=1", "autoScaleEvaluationInterval": "PT4M59S"}, "InvalidProperty"),
        ({"autoScaleFormula": "x=1", "autoScaleEvaluationInterval": "PT169H"}, "InvalidProperty"),
    ],
)
async def test_wrong_settings_are_refused(
    client: BatchClient, endpoint: str, body: dict[str, str], code: str
) -> None:
    await steady_pool(client)
    answer = await enable(endpoint, **body)
    assert answer.status == 400
    assert answer.code.startswith(code)
    with pytest.raises(HttpResponseError, match=code):
        await client.create_pool(
            pool_options(
                "other",
                enable_auto_scale=True,
                auto_scale_formula=body["autoScaleFormula"],
                auto_scale_evaluation_interval=body.get("autoScaleEvaluationInterval"),
            )
        )
    assert (await client.get_pool("pool")).enable_auto_scale is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"auto_scale_formula": FORMULA},
        {"enable_auto_scale": True},
        {"enable_auto_scale": True, "auto_scale_formula": FORMULA, "target_dedicated_nodes": 1},
    ],
)
async def test_contradictory_pools_are_refused(client: BatchClient, wrong: dict[str, Any]) -> None:
    with pytest.raises(HttpResponseError, match="InvalidAutoScalingSettings"):
        await client.create_pool(pool_options(**wrong))


async def test_evaluating_changes_nothing(client: BatchClient, endpoint: str) -> None:
    await client.create_pool(scaled())
    before = await of_size(client, 2)
    body = {"autoScaleFormula": "$TargetDedicatedNodes=3"}
    answer = await ask(endpoint, "POST", "/pools/pool/evaluateautoscale", body)
    assert answer.status == 200
    assert "etag" not in answer.headers
    assert answer.headers["dataserviceid"] == f"{endpoint}/pools/pool/evaluateautoscale"
    assert answer.json["results"] == RESULTS.replace("=2", "=3")
    assert answer.json["odata.metadata"].endswith(
        "#Microsoft.Azure.Batch.Protocol.Entities.AutoScaleRun"
    )
    after = await client.get_pool("pool")
    assert (after.etag, after.target_dedicated_nodes) == (before.etag, 2)
    assert after.auto_scale_run == before.auto_scale_run


@pytest.mark.parametrize(
    ("formula", "code", "detail"),
    [
        (
            "something_useless",
            "AutoScalingFormulaEvaluationError",
            "Line 1, Col 1: Undefined symbol: something_useless",
        ),
        ("x = ", "AutoScalingFormulaSyntaxError", "Line 1, Col 5: Expected a value, found the end"),
    ],
)
async def test_a_wrong_formula_is_evaluated_to_an_error(
    client: BatchClient, formula: str, code: str, detail: str
) -> None:
    await client.create_pool(scaled())
    await of_size(client, 2)
    body = models.BatchPoolEvaluateAutoScaleOptions(auto_scale_formula=formula)
    run = await client.evaluate_pool_auto_scale("pool", body)
    assert run.results == RESULTS
    assert run.error
    assert run.error.code == code
    assert run.error.error_values
    assert run.error.error_values[0].name == "Message"
    assert str(run.error.error_values[0].value).startswith(detail)


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
    """How many samples there are of the pool, and when they begin."""
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


async def test_a_pool_that_is_being_resized_is_not_scaled_yet(
    client: BatchClient, executor: FakeExecutor, endpoint: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "wait"))
    await until(lambda: client.get_task("job", "t"), lambda task: task.state == "running")
    patient = models.BatchPoolResizeOptions(
        target_dedicated_nodes=0, node_deallocation_option="taskcompletion"
    )
    await client.begin_resize_pool("pool", patient)
    answer = await enable(endpoint, autoScaleFormula=FORMULA)
    assert (answer.status, answer.code) == (409, "PoolBeingResized")
    executor.release.set()
