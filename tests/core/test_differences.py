"""What two entities do not have in common, whatever they are."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from batchtui.core.differences import as_json, compared, differing
from batchtui.core.things import Kind, Thing

NAMES = st.text("abcXYZ", min_size=1, max_size=3)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
DOCUMENTS = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES,
        lambda each: st.lists(each, max_size=3) | st.dictionaries(NAMES, each, max_size=3),
        max_leaves=12,
    ),
    max_size=5,
)

GOOD: dict[str, Any] = {
    "id": "t-1",
    "url": "https://h/jobs/j/tasks/t-1",
    "creationTime": "2026-11-20T12:00:00Z",
    "commandLine": "render 1",
    "state": "completed",
    "environmentSettings": [{"name": "FRAME", "value": "1"}, {"name": "LANG", "value": "C"}],
    "resourceFiles": [{"filePath": "scene"}],
    "executionInfo": {
        "startTime": "2026-11-20T12:01:00Z",
        "endTime": "2026-11-20T12:01:30Z",
        "exitCode": 0,
    },
    "nodeInfo": {"nodeId": "n-1", "nodeUrl": "https://h/n-1"},
}
BAD: dict[str, Any] = GOOD | {
    "id": "t-2",
    "creationTime": "2026-11-20T12:00:07Z",
    "commandLine": "render 2",
    "environmentSettings": [{"name": "LANG", "value": "C"}, {"name": "FRAME", "value": "2"}],
    "resourceFiles": [{"filePath": "scene"}, {"filePath": "texture"}],
    "executionInfo": {
        "startTime": "2026-11-20T12:01:00Z",
        "endTime": "2026-11-20T12:01:02Z",
        "exitCode": 7,
        "failureInfo": {"code": "FailureExitCode"},
    },
    "nodeInfo": {"nodeId": "n-2", "nodeUrl": "https://h/n-2"},
}


@given(DOCUMENTS)
def test_a_thing_does_not_differ_from_itself(document: dict[str, Any]) -> None:
    assert not differing(compared(document, document))


@given(DOCUMENTS, DOCUMENTS)
def test_both_sides_are_told_the_same_way(left: dict[str, Any], right: dict[str, Any]) -> None:
    there = {(m.path, repr(m.left), repr(m.right), m.differs) for m in compared(left, right)}
    back = {(m.path, repr(m.right), repr(m.left), m.differs) for m in compared(right, left)}
    assert there == back


@given(DOCUMENTS, NAMES, st.integers(), st.integers())
def test_one_change_is_one_difference(
    document: dict[str, Any], name: str, one: int, other: int
) -> None:
    found = differing(compared(document | {name: one}, document | {name: other}))
    assert [(m.path, m.left, m.right) for m in found] == [((name,), one, other)] * (one != other)


@given(DOCUMENTS)
def test_against_nothing_every_member_stands_alone(document: dict[str, Any]) -> None:
    members = compared(document, {})
    assert all(m.differs and m.right is UNSET and m.left is not None for m in members)
    assert len({m.path for m in members}) == len(members)


def test_how_they_went_comes_first_and_what_never_is_the_same_last() -> None:
    found = differing(compared(GOOD, BAD))
    names = [member.dotted for member in found]
    assert names == [
        "executionInfo.exitCode",
        "executionInfo.elapsed",
        "executionInfo.failureInfo.code",
        "commandLine",
        "environmentSettings.FRAME",
        "resourceFiles[1].filePath",
        "nodeInfo.nodeId",
        "creationTime",
        "executionInfo.endTime",
        "nodeInfo.nodeUrl",
    ]
    assert found[1].left == "PT30S"
    assert found[5].words == "resource files · 2 · file path"


def test_a_truth_value_is_no_number() -> None:
    assert len(differing(compared({"a": True}, {"a": 1}))) == 1


def test_as_json_it_says_which_and_where() -> None:
    things = (Thing(Kind.TASK, "t-1", "j"), Thing(Kind.TASK, "t-2", "j"))
    told = json.loads(as_json(things, differing(compared(GOOD, BAD))))
    assert told["a"] == {"kind": "task", "id": "t-1", "within": "j"}
    assert told["members"][0] == {"path": "executionInfo.exitCode", "a": 0, "b": 7}
    assert told["members"][2] == {"path": "executionInfo.failureInfo.code", "b": "FailureExitCode"}
