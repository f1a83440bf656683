"""Keys that come faster than the app gets around to: each is about what the cursor is on."""

import pytest
from textual.events import Key

from batchtui.core.states import NodeState
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.refusing import NOTHING
from batchtui.ui.screens.actions import ActionsScreen
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.job import JobScreen
from batchtui.ui.screens.node import NodeScreen
from batchtui.ui.screens.resize import ResizeScreen
from tests.fakes import FakeAccount
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm
from tests.ui.steering import SIZE, top


@pytest.fixture
async def account() -> FakeAccount:
    return await render_farm(nodes=40, tasks=60)


@pytest.fixture(autouse=True)
def _rest(monkeypatch: pytest.MonkeyPatch) -> None:
    # As long as it takes outside of tests.
    monkeypatch.setattr(TablePane, "REST", 0.15)


def typed(app: TestedApp, keys: str) -> None:
    """Have these letters typed at once, as when they come in one packet."""
    for key in keys:
        name = {"\n": "enter"}.get(key, key)
        app.post_message(Key(name, None if name == "enter" else key))


async def test_what_is_deleted_is_what_the_cursor_went_to(app: TestedApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        typed(app, "jjd")
        await top(app, ConfirmScreen)
        assert "Delete pool topn-pool?" in text_of(app.screen.query_one("#question"))
        await pilot.press("escape")
        typed(app, "2jjd")
        await top(app, ConfirmScreen)
        assert "Delete job topn-7f3a?" in text_of(app.screen.query_one("#question"))


async def test_what_opens_is_what_the_cursor_went_to(app: TestedApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        typed(app, "2jjkJ")
        await top(app, JobScreen)
        assert isinstance(app.screen, JobScreen)
        assert app.screen.job.id == "frames-0412"
        await pilot.press("escape")
        typed(app, "2j\n")
        await until(lambda: app.panes.in_use.id == "tasks")
        assert app.panes.job is not None
        assert app.panes.job.id == "topn-7f3a"
        typed(app, "1j")
        await until(lambda: app.panes.pool is not None and app.panes.pool.id == "render-farm")
        await settled(pilot, app)
        typed(app, "4f\n")
        await top(app, NodeScreen)
        assert isinstance(app.screen, NodeScreen)
        nodes = app.account.batch.world.pools["render-farm"].nodes
        failed = (node.id for node in nodes if node.state is NodeState.START_TASK_FAILED)
        assert app.screen.thing.id == next(failed)


async def test_a_dialog_that_is_left_twice_takes_nothing_else_with_it(app: TestedApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("x")
        await top(app, ActionsScreen)
        typed(app, "rh")
        await top(app, ResizeScreen)
        await pilot.press("escape")
        await until(lambda: app.screen is app.dashboard)


async def test_a_key_that_does_nothing_says_why(app: TestedApp, account: FakeAccount) -> None:
    account.storage.held.clear()
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("3", "u")
        await until(lambda: any(NOTHING in news.message for news in app._notifications))
