"""What of a filter goes to the service."""

import pytest

from batchtui.core.filters import Kind, Op, parse
from batchtui.core.queries import EVERY_TASK, FAILED, FINISHED, TaskQuery, asked
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
