"""Orders as they go over the wire, and what the service answers to them."""

from datetime import timedelta

import pytest

from batchtui.core.gateway import Batch, GatewayError
from batchtui.core.schedules import ScheduleState
from batchtui.core.specs import TaskConstraints
from batchtui.core.steering import Deallocation, DisableTasks
from batchtui.core.things import Kind, Thing

from .canned import Answer, CannedBatch


async def test_every_order_is_one_request(batch: Batch, service: CannedBatch) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        service.on(method, "*", Answer(status=202))
    pool, job = Thing(Kind.POOL, "p"), Thing(Kind.JOB, "j")
    await batch.resize_pool("p", dedicated=3, spot=2, deallocation=Deallocation.TASK_COMPLETION)
    await batch.stop_resize("p")
    await batch.enable_autoscale("p", "$TargetDedicatedNodes=1", timedelta(minutes=5))
    await batch.enable_autoscale("p", "$TargetDedicatedNodes=1", None)
    await batch.disable_autoscale("p")
    await batch.update(pool, {"startTask": {"commandLine": "true"}})
    await batch.enable_job("j")
    await batch.disable_job("j", DisableTasks.WAIT)
    await batch.update(job, {"priority": 7})
    await batch.terminate_task("j", "t")
    await batch.reactivate_task("j", "t")
    await batch.limit_task("j", "t", TaskConstraints(max_wall_clock_time=timedelta(hours=1)))
    await batch.create(Kind.TASK, {"id": "t2", "commandLine": "true"}, within="j")
    await batch.create(Kind.SCHEDULE, {"id": "s", "unheard": [1]})
    await batch.enable_schedule("s")
    await batch.disable_schedule("s")
    await batch.terminate_schedule("s")
    await batch.delete_schedule("s")
    assert [
        (asked.method, asked.path, asked.json if asked.body else None) for asked in service.asked
    ] == [
        (
            "POST",
            "/pools/p/resize",
            {
                "targetDedicatedNodes": 3,
                "targetLowPriorityNodes": 2,
                "nodeDeallocationOption": "taskcompletion",
            },
        ),
        ("POST", "/pools/p/stopresize", None),
        (
            "POST",
            "/pools/p/enableautoscale",
            {
                "autoScaleFormula": "$TargetDedicatedNodes=1",
                "autoScaleEvaluationInterval": "PT300S",
            },
        ),
        ("POST", "/pools/p/enableautoscale", {"autoScaleFormula": "$TargetDedicatedNodes=1"}),
        ("POST", "/pools/p/disableautoscale", None),
        ("PATCH", "/pools/p", {"startTask": {"commandLine": "true"}}),
        ("POST", "/jobs/j/enable", None),
        ("POST", "/jobs/j/disable", {"disableTasks": "wait"}),
        ("PATCH", "/jobs/j", {"priority": 7}),
        ("POST", "/jobs/j/tasks/t/terminate", None),
        ("POST", "/jobs/j/tasks/t/reactivate", None),
        ("PUT", "/jobs/j/tasks/t", {"constraints": {"maxWallClockTime": "PT3600S"}}),
        ("POST", "/jobs/j/tasks", {"id": "t2", "commandLine": "true"}),
        ("POST", "/jobschedules", {"id": "s", "unheard": [1]}),
        ("POST", "/jobschedules/s/enable", None),
        ("POST", "/jobschedules/s/disable", None),
        ("POST", "/jobschedules/s/terminate", None),
        ("DELETE", "/jobschedules/s", None),
    ]


async def test_a_formula_is_evaluated(batch: Batch, service: CannedBatch) -> None:
    service.on(
        "POST",
        "/pools/p/evaluateautoscale",
        Answer(
            {
                "timestamp": "2020-03-21T02:12:09.6139812Z",
                "results": "$TargetDedicatedNodes=3;$NodeDeallocationOption=requeue",
            }
        ),
        Answer(
            {
                "timestamp": "2020-03-21T02:12:10.048695Z",
                "results": "$TargetDedicatedNodes=2",
                "error": {
                    "code": "AutoScalingFormulaEvaluationError",
                    "message": "The specified auto-scaling formula has evaluation error",
                    "values": [{"name": "Message", "value": "Line 1, Col 1: Undefined symbol: x"}],
                },
            }
        ),
        Answer.error(409, "AutoScalingNotEnabled", "Autoscaling is not enabled on the pool."),
    )
    fine = await batch.evaluate_autoscale("p", "f")
    assert fine.error is None
    assert dict(fine.variables) == {
        "TargetDedicatedNodes": "3",
        "NodeDeallocationOption": "requeue",
    }
    wrong = (await batch.evaluate_autoscale("p", "x")).error
    assert wrong is not None
    assert wrong.sentence.endswith("evaluation error: Line 1, Col 1: Undefined symbol: x")
    with pytest.raises(GatewayError, match=r"^Could not evaluate .* pool p: autoscaling is not"):
        await batch.evaluate_autoscale("p", "f")


async def test_documents_come_whole(batch: Batch, service: CannedBatch) -> None:
    body = {"odata.metadata": "m", "id": "t", "unheard": {"of": [1, None]}}
    service.on("GET", "/jobs/j/tasks/t", Answer(body))
    service.on("GET", "/pools/p/nodes/n", Answer({"id": "n"}))
    assert await batch.document(Thing(Kind.TASK, "t", "j")) == {
        "id": "t",
        "unheard": {"of": [1, None]},
    }
    assert await batch.document(Thing(Kind.NODE, "n", "p")) == {"id": "n"}


async def test_schedules_and_their_jobs(batch: Batch, service: CannedBatch) -> None:
    schedule = {
        "id": "nightly",
        "state": "active",
        "schedule": {"recurrenceInterval": "P1D"},
        "jobSpecification": {"poolInfo": {"poolId": "p"}},
        "executionInfo": {
            "nextRunTime": "2026-01-02T00:00:00Z",
            "recentJob": {"id": "nightly:job-1", "url": "u"},
        },
    }
    service.on("GET", "/jobschedules", Answer({"value": [schedule]}))
    service.on("GET", "/jobschedules/nightly/jobs", Answer({"value": [{"id": "nightly:job-1"}]}))
    (found,) = await batch.schedules()
    assert (found.state, found.over) == (ScheduleState.ACTIVE, False)
    assert found.schedule.recurrence_interval == timedelta(days=1)
    assert found.job_specification.pool_info.pool_id == "p"
    assert found.execution_info.recent_job.id == "nightly:job-1"
    (job,) = await batch.jobs_of_schedule("nightly")
    assert job.id == "nightly:job-1"


async def test_a_start_task_is_removed_and_nothing_else(batch: Batch, service: CannedBatch) -> None:
    metadata = [{"name": "owner", "value": "lab"}]
    whole = {"id": "p", "startTask": {"commandLine": "x"}, "metadata": metadata}
    service.on("GET", "/pools/p", Answer(whole))
    service.on("POST", "/pools/p/updateproperties", Answer(status=204))
    await batch.remove_start_task("p")
    kept = {"applicationPackageReferences": [], "metadata": metadata}
    assert service.asked[-1].json == kept
