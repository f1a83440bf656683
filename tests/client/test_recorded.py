"""What the real service sent is understood: recorded answers, decoded into the models."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from batchtui.client.wire import Page, decode
from batchtui.core.models import Job, Node, NodeFile, Pool, PoolNodeCounts, SupportedImage, Task
from batchtui.core.states import NodeState, Result, TaskState

RECORDED = Path(__file__).parents[2].parent / "shared" / "recorded"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded traffic is not here")

ENTITIES: dict[str, type[msgspec.Struct]] = {
    "pool.get": Pool,
    "job.get": Job,
    "task.get": Task,
    "node.get": Node,
}
LISTINGS: dict[str, Any] = {
    "pool.list": Page[Pool],
    "job.list": Page[Job],
    "task.list": Page[Task],
    "node.list": Page[Node],
    "account.nodecounts": Page[PoolNodeCounts],
    "account.supportedimages": Page[SupportedImage],
    "file.list_task": Page[NodeFile],
    "file.list_node": Page[NodeFile],
}


def answers(operation: str) -> Iterator[dict[str, Any]]:
    """The bodies of an operation's answers that hold what the models call for."""
    for file in sorted(RECORDED.glob("*.jsonl")):
        if file.name == "errors.jsonl":
            continue
        for line in file.read_text("utf-8").splitlines():
            recorded = json.loads(line)
            selected = recorded["query"].get("$select", "id")
            if recorded["op"] == operation and "id" in selected.split(","):
                yield recorded["response_body"]


@pytest.mark.parametrize("operation", ENTITIES)
def test_entities(operation: str) -> None:
    found = list(answers(operation))
    assert found
    for body in found:
        entity = decode(json.dumps(body).encode(), ENTITIES[operation])
        assert getattr(entity, "id") == body["id"]  # noqa: B009
        assert str(getattr(entity, "state")) == body.get("state", "unknown")  # noqa: B009


@pytest.mark.parametrize("operation", LISTINGS)
def test_listings(operation: str) -> None:
    found = list(answers(operation))
    assert found
    for body in found:
        page = decode(json.dumps(body).encode(), LISTINGS[operation])
        assert len(page.value) == len(body["value"])
        assert page.next_link == body.get("odata.nextLink")


def test_no_state_is_unknown_to_us() -> None:
    states = {
        NodeState(node["state"]) for body in answers("node.list") for node in body["value"]
    } | {TaskState(task["state"]) for body in answers("task.list") for task in body["value"]}
    assert NodeState.UNKNOWN not in states
    assert TaskState.UNKNOWN not in states


def test_a_failed_task() -> None:
    tasks = [decode(json.dumps(body).encode(), Task) for body in answers("task.get")]
    failed = [task for task in tasks if task.execution_info.result is Result.FAILURE]
    assert failed
    assert all(task.execution_info.failure_info for task in failed)
