"""Records of a newer service, with nulls, or odd ones: one costs its row at the most."""

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from batchtui.client.wire import Page, decode
from batchtui.core.autoscale import AutoScaleRun
from batchtui.core.gateway import Batch, GatewayError
from batchtui.core.models import Job, Node, NodeFile, Pool, PoolNodeCounts, Task
from batchtui.core.schedules import JobSchedule
from batchtui.core.states import JobState, NodeState, PoolState, Result, TaskState
from batchtui.core.subtasks import Subtask
from batchtui.core.things import Kind, Thing
from batchtui.core.wire import NameValue

from .canned import Answer, CannedBatch

GOOD = {"id": "good", "state": "active"}


def page(kind: Any, *records: object) -> tuple[Any, ...]:
    found = decode(json.dumps({"value": records}).encode(), Page[kind])
    return found.value


@pytest.mark.fault("2.16")
@pytest.mark.parametrize(
    ("kind", "members"),
    [
        (Task, ("nodeInfo", "executionInfo", "commandLine", "stateTransitionTime", "state")),
        (Task, ("requiredSlots", "dependsOn", "exitConditions", "multiInstanceSettings")),
        (Job, ("poolInfo", "executionInfo", "priority", "metadata", "creationTime")),
        (Pool, ("resizeErrors", "metadata", "autoScaleRun", "currentDedicatedNodes", "vmSize")),
        (Node, ("errors", "recentTasks", "startTaskInfo", "isDedicated", "schedulingState")),
        (JobSchedule, ("schedule", "executionInfo", "state", "jobSpecification")),
    ],
)
def test_null_is_absent(kind: Any, members: tuple[str, ...]) -> None:
    odd = {"id": "odd"} | dict.fromkeys(members)
    assert page(kind, odd, {"id": "b"}) == (kind("odd"), kind("b"))
    assert decode(json.dumps(odd).encode(), kind) == kind("odd")


@pytest.mark.fault("2.16")
def test_null_is_absent_at_every_depth() -> None:
    failure = {"category": None, "code": "X", "details": [None, {"name": "n", "value": None}]}
    info = {"exitCode": None, "failureInfo": failure, "result": "failure"}
    (task,) = page(Task, {"id": "t", "executionInfo": info})
    assert task.failed
    assert task.execution_info.failure_info.details == (NameValue("n", ""),)


@pytest.mark.fault("2.16")
@pytest.mark.parametrize("word", ["hibernated", "Paused", "some new state"])
def test_an_unknown_state_keeps_its_word(word: str) -> None:
    (node,) = page(Node, {"id": "n", "state": word})
    assert f"{node.state}" == word
    assert node.state not in tuple(NodeState)
    assert node.state is not NodeState.UNKNOWN
    assert node.state.familiar is NodeState.UNKNOWN
    (pool, job, task) = (
        page(kind, {"id": "x", "state": word, "executionInfo": {"result": word}})[0]
        for kind in (Pool, Job, Task)
    )
    assert {f"{each.state}" for each in (pool, job, task)} == {word}
    assert not job.over
    assert not task.failed
    assert task.execution_info.result is not Result.UNKNOWN
    assert page(Node, {"id": "n", "state": word})[0] == node, "no news for a pane"


@pytest.mark.fault("2.16")
@pytest.mark.parametrize("odd", ["", "a\x1b[31m", "x" * 500, "‮evil", 5, [], {"a": 1}])
def test_what_is_no_word_is_unknown(odd: object) -> None:
    assert page(Node, {"id": "n", "state": odd}, GOOD)[0].state is NodeState.UNKNOWN


@pytest.mark.fault("2.16")
def test_known_states_are_themselves() -> None:
    assert NodeState("idle") is NodeState.IDLE
    assert NodeState.IDLE.familiar is NodeState.IDLE
    assert PoolState("unknown") is PoolState.UNKNOWN
    assert JobState("x") == JobState("x")
    assert {NodeState("hibernated"): 1}[NodeState("hibernated")] == 1


@pytest.mark.fault("2.16")
def test_never_is_the_last_moment_of_the_calendar() -> None:
    never = "9999-12-31T23:59:59.9999999Z"
    record = {"id": "s", "schedule": {"doNotRunAfter": never, "startWindow": "PT5M"}}
    (schedule, other) = page(JobSchedule, record, {"id": "b"})
    assert schedule.schedule.do_not_run_after == datetime(9999, 12, 31, 23, 59, 59, 999999, UTC)
    assert schedule.schedule.start_window == timedelta(minutes=5)
    assert other.id == "b"


@pytest.mark.fault("2.16", "1.12")
def test_a_time_without_a_zone_is_in_utc() -> None:
    """It could be compared with no other time."""
    (task,) = page(Task, {"id": "t", "stateTransitionTime": "2026-11-20T09:00:00.1234567"})
    assert task.state_transition_time == datetime(2026, 11, 20, 9, 0, 0, 123456, UTC)


@pytest.mark.fault("2.16")
@pytest.mark.parametrize(
    "odd",
    [
        {"stateTransitionTime": "yesterday"},
        {"stateTransitionTime": 5},
        {"stateTransitionTime": "99999-01-01T00:00:00Z"},
        {"executionInfo": []},
        {"executionInfo": "completed"},
        {"nodeInfo": 3},
        {"executionInfo": {"exitCode": "many"}},
        {"executionInfo": {"exitCode": 1e300}},
        {"dependsOn": {"taskIdRanges": [{"start": 1}]}},
        {"dependsOn": {"taskIds": "a"}},
        {"commandLine": {"a": 1}},
    ],
)
def test_an_odd_member_costs_itself(odd: dict[str, Any]) -> None:
    tasks = page(Task, {"id": "odd", "state": "running"} | odd, {"id": "b", "state": "completed"})
    assert [(task.id, task.state) for task in tasks] == [
        ("odd", TaskState.RUNNING),
        ("b", TaskState.COMPLETED),
    ]


@pytest.mark.fault("2.16")
@pytest.mark.parametrize("odd", [{"state": "active"}, {"id": None}, 3, "x", [], None, {}])
def test_a_record_that_is_none_costs_its_row(odd: object, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    assert [job.id for job in page(Job, {"id": "a"}, odd, {"id": "b"})] == ["a", "b"]


@pytest.mark.fault("2.16")
def test_what_is_left_out_is_logged_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batchtui.client.lenient._said", set())
    odd = [{"id": f"p{number}", "autoScaleRun": 7} for number in range(3)]
    for _ in range(3):
        page(Pool, *odd, GOOD)
    assert [record.getMessage() for record in caplog.records] == [
        "Took Pool.autoScaleRun as absent, first of p0: Pool.autoScaleRun is not an object"
    ]


@pytest.mark.fault("2.16")
def test_a_page_of_which_nothing_can_be_read_is_no_page() -> None:
    """An empty pane would say that the account has no jobs."""
    with pytest.raises(msgspec.ValidationError):
        page(Job, {"name": "a"}, {"name": "b"})
    assert page(Job) == ()


@pytest.mark.fault("1.12")
@pytest.mark.parametrize(
    ("details", "read"),
    [
        (["no disk", "no net"], (NameValue("", "no disk"), NameValue("", "no net"))),
        ({"Message": "no disk"}, (NameValue("Message", "no disk"),)),
        ("no disk", (NameValue("", "no disk"),)),
        ([{"name": "n", "value": 5}], (NameValue("n", "5"),)),
        ([{"name": "n", "value": {"a": 1}}], (NameValue("n", '{"a":1}'),)),
        ({"name": "n", "value": "v"}, (NameValue("n", "v"),)),
    ],
)
def test_details_of_a_failure_in_another_shape(details: object, read: Any) -> None:
    info = {"failureInfo": {"code": "X", "details": details}}
    (task,) = page(Task, {"id": "t", "executionInfo": info})
    assert task.execution_info.failure_info.details == read


@pytest.mark.fault("1.12")
def test_a_length_as_text() -> None:
    (file, odd) = page(
        NodeFile,
        {"name": "a", "properties": {"contentLength": "12"}},
        {"name": "b", "properties": {"contentLength": "many"}},
    )
    assert (file.properties.content_length, odd.properties.content_length) == (12, 0)


@pytest.mark.fault("2.16")
async def test_one_odd_record_costs_no_pane(batch: Batch, service: CannedBatch) -> None:
    service.on("GET", "/jobs", Answer({"value": [{"id": "a", "executionInfo": None}, {"x": 1}]}))
    assert [job.id for job in await batch.jobs()] == ["a"]
    service.on("GET", "/jobs/j", Answer({"id": "j", "state": "dreaming", "executionInfo": None}))
    assert f"{(await batch.job('j')).state}" == "dreaming"
    service.on("GET", "/jobs/j", Answer({"state": "active"}))
    with pytest.raises(GatewayError, match="another shape"):
        await batch.job("j")


@pytest.mark.fault("2.16")
def test_counts_that_do_not_add_up_have_the_rest_as_unknown() -> None:
    counts = {"poolId": "p", "dedicated": {"idle": 2, "running": 1, "hibernated": 4, "total": 7}}
    (found,) = page(PoolNodeCounts, counts | {"lowPriority": {"idle": 1, "total": 0}})
    assert found.by_state() == {NodeState.RUNNING: 1, NodeState.IDLE: 3, NodeState.UNKNOWN: 4}
    (found,) = page(PoolNodeCounts, {"poolId": "p", "dedicated": None, "lowPriority": {"idle": 1}})
    assert found.by_state() == {NodeState.IDLE: 1}


@pytest.mark.fault("2.16")
def test_other_kinds_of_records() -> None:
    run = {"timestamp": "2026-11-20T09:00:00Z", "error": {"code": "X", "values": None}}
    found = decode(json.dumps(run | {"results": None}).encode(), AutoScaleRun)
    assert (found.results, found.error is not None) == ("", True)
    (subtask,) = page(Subtask, {"id": 1, "nodeInfo": None, "result": None, "state": "parked"})
    assert f"{subtask.state}" == "parked"


@pytest.mark.fault("2.16")
async def test_a_whole_entity_has_no_nulls(batch: Batch, service: CannedBatch) -> None:
    whole = {"id": "j", "constraints": None, "metadata": [{"name": "a", "value": None}]}
    service.on("GET", "/jobs/j", Answer(whole))
    assert await batch.document(Thing(Kind.JOB, "j")) == {"id": "j", "metadata": [{"name": "a"}]}
