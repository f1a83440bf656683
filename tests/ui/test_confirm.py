"""Questions: answered by a letter, or by typing a name; what one types never goes astray."""

import pytest
from textual.widgets import Button, Input, Static

from batchtui.ui.screens.confirm import ConfirmScreen
from tests.fakes import FakeAccount
from tests.ui.conftest import TestedApp, settled
from tests.ui.stage import Stage
from tests.ui.stage import until as staged_until
from tests.ui.steering import SIZE, chosen, shows, steerable, top


async def test_a_large_loss_asks_for_the_name_which_is_typed_at_once() -> None:
    stage = Stage(ConfirmScreen("Delete pool n?", yes="Delete", typed="nightly-2"))
    async with stage.run_test() as pilot:
        typed = stage.screen.query_one("#typed", Input)
        verdict = stage.screen.query_one("#verdict", Static)
        assert typed.has_focus
        await pilot.press("enter")
        assert shows(verdict, "Type the name first")
        await pilot.press(*"nightl", "enter")
        assert shows(verdict, "not complete")
        await pilot.press("x", "enter")
        assert shows(verdict, "another one")
        await pilot.press("backspace", "tab")
        assert not typed.has_focus
        # Letters that answer other questions, and move elsewhere.
        await pilot.press(*"y-2")
        assert typed.value == "nightly-2"
        assert not stage.ended.is_set()
        await pilot.press("enter")
        await staged_until(pilot, stage.ended.is_set)
    assert stage.result is True


async def test_escape_and_the_safe_button_leave_a_question_that_wants_a_name() -> None:
    for keys in (("y", "escape"), ("y", "tab", "enter")):
        stage = Stage(ConfirmScreen("Delete pool y?", typed="y-n"))
        async with stage.run_test() as pilot:
            await pilot.press(*keys)
            await staged_until(pilot, stage.ended.is_set)
        assert stage.result is False


async def test_an_answer_typed_as_a_word_gives_no_other_command() -> None:
    account: FakeAccount = await steerable()
    app = TestedApp(account)
    app.WORD = 60.0  # type: ignore[misc]  # however slow the machine is
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("2")
        for word in ("no", "yes"):
            await chosen(pilot, app, "r")
            await top(app, ConfirmScreen)
            await pilot.press(*word, "enter")
            await pilot.pause()
            assert app.screen is app.dashboard, word
            assert ("disable_job night requeue" in account.calls.made) == (word == "yes")
        assert app.focused is not None
        assert "jobs" in {node.id for node in app.focused.ancestors}, "enter went nowhere"
        await pilot.press("e")
        await pilot.pause()
        assert app.screen is not app.dashboard, "the next key works as ever"


@pytest.mark.fault("3.13")
@pytest.mark.parametrize("typed", ["j1-2", "j", "l", "h", "k", "7", "-", "J1", "delete", " "])
async def test_letters_other_than_y_and_n_do_nothing_nor_does_enter_after_them(typed: str) -> None:
    stage = Stage(ConfirmScreen("Delete job j1-3?", yes="Delete"))
    async with stage.run_test() as pilot:
        await pilot.press(*("space" if letter == " " else letter for letter in typed))
        focused = stage.screen.focused
        assert isinstance(focused, Button)
        assert focused.id == "no", "the safe answer keeps the focus"
        await pilot.press("enter", "enter")
        assert not stage.ended.is_set()
        assert "Press y or n" in str(stage.screen.query_one("#stray", Static).render())
        await pilot.press("right", "enter")
        await staged_until(pilot, stage.ended.is_set)
    assert stage.result is True


@pytest.mark.fault("3.13")
@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("x", "y"), True), (("x", "n"), False), (("x", "escape"), False),
        (("x", "tab", "tab", "enter"), False), (("x", "tab", "enter"), True),
        (("x", "down", "enter"), True), (("x", "up", "enter"), True), (("enter",), False),
        (("right", "x", "enter", "left", "enter"), False),
    ],
)  # fmt: skip
async def test_after_letters_a_question_is_answered_as_before(
    keys: tuple[str, ...], answer: bool
) -> None:
    stage = Stage(ConfirmScreen("Delete job j1-3?", yes="Delete"))
    async with stage.run_test() as pilot:
        await pilot.press(*keys)
        await staged_until(pilot, stage.ended.is_set)
    assert stage.result is answer


@pytest.mark.fault("3.13")
async def test_a_button_is_still_clicked_after_letters() -> None:
    stage = Stage(ConfirmScreen("Delete job j1-3?", yes="Delete"))
    async with stage.run_test() as pilot:
        await pilot.press("j")
        await pilot.click("#yes")
        await staged_until(pilot, stage.ended.is_set)
    assert stage.result is True


@pytest.mark.fault("3.13")
async def test_a_name_with_a_y_that_is_typed_in_one_go_is_no_yes() -> None:
    account: FakeAccount = await steerable()
    app = TestedApp(account)
    app.WORD = 60.0  # type: ignore[misc]  # however slow the machine is
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("2")
        await chosen(pilot, app, "r")
        await top(app, ConfirmScreen)
        await pilot.press(*"key-1", "enter")
        await pilot.pause()
        assert isinstance(app.screen, ConfirmScreen)
        assert not any(call.startswith("disable_job") for call in account.calls.made)
