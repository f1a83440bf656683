"""Terminals down to three rows and a few columns, with whatever is open in them."""

import random

import pytest
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from batchtui.ui.widgets import narrow
from tests.fakes import FakeAccount
from tests.ui.conftest import TestedApp, settled
from tests.ui.scene import render_farm

pytestmark = pytest.mark.slow

SIZES = ((80, 3), (80, 4), (10, 3), (3, 3), (1, 1), (30, 6), (80, 10), (80, 24))
OPENS = ("x", "C", "colon", "i", "s", "d")
KEYS = ("pageup", "pagedown", "home", "end", "up", "down", "tab", "enter", "j", "k", "z", "2", "5")


@pytest.fixture
async def account() -> FakeAccount:
    return await render_farm(8, 12)


@pytest.mark.fault("1.9")
@pytest.mark.parametrize("size", [(80, 3), (3, 3)])
async def test_the_palette_in_three_rows_takes_every_key(
    app: TestedApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app)
        await pilot.press("ctrl+p")
        await pilot.resize_terminal(*size)
        await pilot.press("pageup", "pagedown", "down", "pageup", "end", "pagedown", "home")
        await pilot.resize_terminal(80, 24)
        await pilot.press("pagedown", "pageup", "escape")


@pytest.mark.fault("1.9")
@pytest.mark.parametrize("opens", OPENS)
async def test_what_is_open_is_drawn_at_every_size(app: TestedApp, opens: str) -> None:
    dice = random.Random(opens)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app)
        await pilot.press("2", opens)
        for size in dice.sample(SIZES, 3):
            await pilot.resize_terminal(*size)
            await pilot.press(*dice.choices(KEYS[:7], k=2))
        await pilot.resize_terminal(80, 24)
        await pilot.press("escape", "escape")


@pytest.mark.fault("1.9")
async def test_lists_and_text_without_room_do_nothing() -> None:
    narrow.mend()
    narrow.mend()
    options = OptionList(*(Option(f"option {number}") for number in range(9)))
    options.highlighted = 3
    options._move_page(-1)
    options._move_page(1)
    assert options.highlighted == 3
    for width in (0, -3, 1):
        assert Content("two words").get_height({}, width) > 1
