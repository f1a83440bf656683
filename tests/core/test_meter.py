"""Node-hours, as far as anybody can know them."""

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
