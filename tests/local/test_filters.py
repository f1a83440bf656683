"""Filters: what they mean in memory and in SQLite, and what is none."""

import sqlite3
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchtui.local.errors import ServiceError
from batchtui.local.wire.filters import Filter, Kind, parse
from batchtui.local.wire.matching import matches, to_sql

PROPERTIES = {
    "id": Kind.TEXT,
    "state": Kind.WORD,
    "stateTransitionTime": Kind.TIME,
    "executionInfo/exitCode": Kind.NUMBER,
    "enableAutoScale": Kind.FLAG,
}
COLUMNS = {
    "id": "id",
    "state": "state",
    "stateTransitionTime": "changed",
    "executionInfo/exitCode": "code",
}
THING: dict[str, Any] = {
    "id": "Task-7",
    "state": "running",
    "stateTransitionTime": 1_304_844_577_000_000,
    "enableAutoScale": False,
}


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("state eq 'running'", True),
        ("state eq 'RUNNING'", True),
        ("state ne 'active'", True),
        ("id ge 'task-7' and id lt 'task-8'", True),
        ("startswith(id, 'TASK')", True),
        ("startswith(id,'x') or state eq 'running'", True),
        ("state eq 'active' or state eq 'running' and id eq 'x'", False),
        ("(state eq 'active' or state eq 'running') and id eq 'task-7'", True),
        ("stateTransitionTime lt DateTime'2011-05-08T08:49:38Z'", True),
        ("stateTransitionTime eq DateTime'Sun, 08 May 2011 08:49:37 GMT'", True),
        ("stateTransitionTime ge DateTime'2011-05-08T08:49:37.0000001Z'", True),
        ("stateTransitionTime gt DateTime'2011-05-08T10:49:37+02:00'", False),
        ("executionInfo/exitCode eq 0", False),
        ("executionInfo/exitCode ne 0", True),
        ("executionInfo/exitCode gt -1", False),
        ("enableAutoScale eq false", True),
    ],
)
def test_filters_mean_what_they_say(text: str, passes: bool) -> None:
    assert matches(parse(text, PROPERTIES), THING.get) is passes


@pytest.mark.parametrize(
    "text",
    [
        "state",
        "state eq",
        "state is 'active'",
        "state gt 'active'",
        "State eq 'active'",
        "colour eq 'red'",
        "state eq active",
        "state eq 'active",
        "state eq 'active' and",
        "state eq 'active' state eq 'running'",
        "(state eq 'active'",
        "startswith(state, 'a')",
        "startswith(id 'a')",
        "stateTransitionTime gt 'yesterday'",
        "stateTransitionTime gt DateTime'yesterday'",
        "executionInfo/exitCode eq 'x'",
        "enableAutoScale eq 1",
        "id eq 1; drop table tasks",
        "(" * 100 + "id eq 'x'",
    ],
)
def test_what_is_no_filter_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(ServiceError) as caught:
        parse(text, PROPERTIES)
    assert caught.value.code == "InvalidQueryParameterValue"
    assert dict(caught.value.values)["Reason"].startswith("The filter is not valid: ")


LEAVES = st.one_of(
    st.builds(
        lambda op, value: f"id {op} '{value}'",
        st.sampled_from(("eq", "ne", "gt", "ge", "lt", "le")),
        st.sampled_from(("a", "b", "AB", "b1", "%", "_")),
    ),
    st.builds(lambda value: f"startswith(id, '{value}')", st.sampled_from(("", "a", "%", "B"))),
    st.builds(
        lambda op, value: f"executionInfo/exitCode {op} {value}",
        st.sampled_from(("eq", "ne", "gt", "le")),
        st.integers(-2, 2),
    ),
    st.sampled_from(("state eq 'active'", "state ne 'active'")),
)
FILTERS = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda left, word, right: f"({left} {word} {right})",
        inner,
        st.sampled_from(("and", "or")),
        inner,
    ),
    max_leaves=6,
)


@given(
    FILTERS,
    st.sampled_from(("a", "ab", "b", "b1", "x%")),
    st.sampled_from(("active", "running")),
    st.one_of(st.none(), st.integers(-2, 2)),
)
def test_memory_and_sqlite_agree(text: str, id_: str, state: str, code: int | None) -> None:
    tree = parse(text, PROPERTIES)
    thing: dict[str, Any] = {"id": id_, "state": state, "executionInfo/exitCode": code}
    assert matches(tree, thing.get) == in_sqlite(tree, id_, state, code)


def in_sqlite(tree: Filter, id_: str, state: str, code: int | None) -> bool:
    where, parameters = to_sql(tree, COLUMNS)
    with sqlite3.connect(":memory:") as db:
        sql = f"SELECT {where} FROM (SELECT ? AS id, ? AS state, ? AS code, 0 AS changed)"
        # The values come after those of the condition, in the order of the text.
        row = db.execute(sql, (*parameters, id_, state, code)).fetchone()
    db.close()
    return bool(row[0])
