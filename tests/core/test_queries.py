"""What of a filter goes to the service."""

import pytest

from batchtui.core.filters import Kind, Op, parse
from batchtui.core.queries import EVERY_TASK, FAILED, FINISHED, TaskQuery, asked, beginning
from batchtui.core.states import TaskState

COLUMNS = {"task": Kind.WORD, "state": Kind.WORD, "exit": Kind.NUMBER, "why": Kind.WORD}


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", EVERY_TASK),
        ("frame", EVERY_TASK),
        ("state:failed", FAILED),
        ("state:fai why:texture", FAILED),
        ("state:completed", FINISHED),
        ("state:=running", TaskQuery(state=TaskState.RUNNING)),
        ("state:e", EVERY_TASK),
        ("!state:failed", EVERY_TASK),
        ("exit:>0", TaskQuery(exit_code=(Op.MORE, 0))),
        ("exit:137 task:^Frame-", TaskQuery(exit_code=(Op.WHOLE, 137), id_prefix="frame-")),
        ("exit:>0.5", EVERY_TASK),
        ("task:frame", EVERY_TASK),
        ("/frame/", EVERY_TASK),
    ],
)
def test_what_the_service_can_apply_goes_to_it(text: str, query: TaskQuery) -> None:
    assert asked(parse(text, COLUMNS)) == query


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("", ""),
        ("Frame-08", "frame-08"),
        ("^frame", "frame"),
        ("state:failed task:frame", "frame"),
        ("task:^frame more", ""),
        ("!frame", ""),
        ("why:texture", ""),
        ("/frame/", ""),
        ("exit:137", ""),
    ],
)
def test_a_plain_text_may_be_what_an_id_begins_with(text: str, begin: str) -> None:
    assert beginning(parse(text, COLUMNS)) == begin
