"""States of a newer service are shown by their own word, with no advice."""

from datetime import UTC, datetime, timedelta

import pytest

from batchtui.core.models import Job, Node, Pool, Task
from batchtui.core.schedules import ScheduleState
from batchtui.core.states import AllocationState, JobState, NodeState, TaskState
from batchtui.core.stuck import advice, is_stuck
from batchtui.ui.panes.schedules import SIGNS
from batchtui.ui.widgets.glyphs import of_job, of_pool, of_task
from batchtui.ui.widgets.legend import Legend
from batchtui.ui.widgets.nodegroups import in_glyphs, in_words
from batchtui.ui.widgets.nodelines import state_words
from batchtui.ui.widgets.tiles import NAMED, SMALL, Lens, tile

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ASLEEP = NodeState("hibernated")


@pytest.mark.fault("2.16")
def test_a_node_in_a_state_that_is_new() -> None:
    node = Node("n", ASLEEP, NOW - timedelta(days=3))
    assert not is_stuck(node, NOW)
    assert advice(node, NOW) == ""
    assert "".join(text for text, _ in state_words(node)) == "? hibernated"
    drawn = tile([node], NAMED, Lens(now=NOW))
    assert "hibernated" in "".join(text for text, _ in drawn)
    assert tile([node], SMALL, Lens(now=NOW))[0][1] == ("$node-unknown",)


@pytest.mark.fault("2.16")
def test_the_legend_has_states_that_are_new() -> None:
    legend = Legend()
    legend.set_reactive(Legend.counts, {ASLEEP: 2, NodeState.IDLE: 1})
    assert legend.keys == ("idle", "hibernated")


@pytest.mark.fault("2.16")
def test_other_things_in_states_that_are_new() -> None:
    signs = [
        of_pool(Pool("p", allocation_state=AllocationState("shrinking"))),
        of_job(Job("j", JobState("dreaming"))),
        of_task(Task("t", TaskState("parked"))),
        SIGNS[ScheduleState("paused")],
    ]
    assert [sign.words for sign in signs] == ["shrinking", "dreaming", "parked", "paused"]


@pytest.mark.fault("2.16")
def test_groups_count_them_as_unknown() -> None:
    states = {ASLEEP: 2, NodeState.UNKNOWN: 1, NodeState.RUNNING: 3}
    assert "".join(text for text, _ in in_words(states)) == "  ▇ 3 running  ? 3 unknown"
    assert "".join(text for text, _ in in_glyphs(states)) == " ▇3 ?3"
