"""The strip of a pool's past."""

import random

import pytest
from textual.app import App, ComposeResult

from batchtui.core.history import Moment
from batchtui.ui.theme import FALLBACK
from batchtui.ui.widgets.past import LABEL, NOTE, Past, gathered, health, heights
from batchtui.ui.widgets.tones import Tone
from tests.ui.conftest import text_of


def test_heights_are_relative_and_something_is_never_nothing() -> None:
    assert "".join(heights([0, 1, 50, 100, None])) == " ▁▄▇ "
    assert heights([None, 0]) == [" ", " "]


def test_moments_take_columns_of_equal_time() -> None:
    moments = [Moment(10, 4), Moment(11, 5, broken=1), Moment(13, 6, tasks=3)]
    assert gathered(moments, 5) == [None, *moments[:2], None, moments[2]]
    assert gathered(moments, 2) == [Moment(11, 5, broken=1), Moment(13, 6, tasks=3)]
    assert gathered((), 2) == [None, None]


@pytest.mark.fault("1.1")
@pytest.mark.parametrize("width", [54, 1, 0, -3])
@pytest.mark.parametrize("slots", [(1, 3, 2), (2, 1), (5, 5), (9, 0, 4), (10**12, -(10**12)), (7,)])
def test_any_sequence_of_moments_can_be_drawn(slots: tuple[int, ...], width: int) -> None:
    columns = gathered([Moment(slot, 1) for slot in slots], width)
    assert len(columns) == max(0, width)
    assert not columns or columns[-1] == Moment(max(slots), 1)
    assert len(heights([column.nodes if column else None for column in columns])) == len(columns)


@pytest.mark.fault("1.1")
def test_moments_out_of_order_are_drawn_in_order() -> None:
    moments = [Moment(slot, slot + 1) for slot in range(9)]
    shuffled = random.Random(1).sample(moments, len(moments))
    assert gathered(shuffled, 5) == gathered(moments, 5)
    assert heights([-4, 0]) == [" ", " "]


class PastApp(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return FALLBACK

    def compose(self) -> ComposeResult:
        yield Past()


async def test_nodes_and_tasks_are_drawn_with_their_numbers() -> None:
    app = PastApp()
    async with app.run_test(size=(LABEL + 4 + NOTE, 4)) as pilot:
        past = app.query_one(Past)
        past.moments = tuple(Moment(i, 2 * i, tasks=4 - i) for i in range(4))
        await pilot.pause()
        nodes, tasks = text_of(past).splitlines()
        assert nodes == "nodes      6  ▃▅▇ max 6"
        assert tasks == "tasks      1 ▇▆▄▂ 20 s"
        past.moments = tuple(reversed(past.moments))
        await pilot.pause()
        assert text_of(past).splitlines()[1].endswith("20 s")


def test_some_broken_nodes_look_different_from_many() -> None:
    assert health(Moment(1, 600)) == Tone.MUTED
    assert health(Moment(1, 600, broken=2)) == Tone.WARNING
    assert health(Moment(1, 600, broken=61)) == Tone.BAD
