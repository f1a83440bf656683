"""What is answered about scaled pools, and what is refused."""

from typing import Any

import pytest
from azure.batch import models
from azure.batch.aio import BatchClient
from azure.core.exceptions import HttpResponseError

from tests.local.batch import job_options, nodes, pool_options, steady_pool, task_options, until
from tests.local.fakes import FakeExecutor
from tests.local.wire import ask

from .pools import FORMULA, RESULTS, enable, of_size, scaled


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


async def test_what_a_pool_without_a_formula_refuses(client: BatchClient, endpoint: str) -> None:
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
