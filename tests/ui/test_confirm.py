"""Questions: answered by a letter, or by typing a name; what one types never goes astray."""

from textual.widgets import Input, Static

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
