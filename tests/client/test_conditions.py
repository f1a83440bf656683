"""Queries as the service understands them."""

from datetime import UTC, datetime

from batchtui.client.conditions import condition
from batchtui.core.filters import Op
from batchtui.core.queries import EVERY_TASK, FAILED, FINISHED, TaskQuery


def test_conditions_are_written_as_the_service_reads_them() -> None:
    noon = datetime(2026, 1, 2, 12, 0, 1, 500, tzinfo=UTC)
    assert condition(EVERY_TASK) == ""
    assert condition(FAILED) == "executionInfo/result eq 'failure'"
    assert condition(FINISHED) == "state eq 'completed' and executionInfo/result eq 'success'"
    assert condition(TaskQuery(exit_code=(Op.MORE, -1), changed_after=noon)) == (
        "executionInfo/exitCode gt -1 and "
        "stateTransitionTime gt DateTime'2026-01-02T12:00:01.000500Z'"
    )


def test_a_text_cannot_say_more_than_it_is() -> None:
    prefix = "a') or startswith(id,'"
    assert condition(TaskQuery(id_prefix=prefix)) == ("startswith(id,'a'') or startswith(id,''')")
