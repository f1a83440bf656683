"""Node-hours, as far as anybody can know them."""

import pytest

from batchtui.core.meter import NodeHours
from batchtui.core.models import NodeCounts, PoolNodeCounts


def test_node_hours_add_up_while_somebody_watches() -> None:
    meter = NodeHours()
    busy = (PoolNodeCounts("p", NodeCounts(running=60), NodeCounts(idle=60, preempted=9)),)
    for minute in range(4):
        meter.note(minute * 60.0, busy)
    assert meter.hours == 6.0
    meter.note(1e6, busy)
    assert meter.hours == 6.0, "what happened meanwhile nobody saw"
    meter.note(1e6 + 60, ())
    meter.note(1e6 + 120, ())
    assert meter.hours == 8.0


@pytest.mark.fault("1.1")
def test_what_was_counted_before_is_no_news() -> None:
    meter = NodeHours()
    busy = (PoolNodeCounts("p", NodeCounts(running=60)),)
    for at in (0.0, 60.0, 0.0, 60.0, 30.0, 120.0):
        meter.note(at, busy)
    assert meter.hours == pytest.approx(2.0)
