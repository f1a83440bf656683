"""Recipes that are carried out below the dashboard: it follows them, and puts their questions."""

from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot

from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.recipe_run import RecipeRun
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.run import Herald
from tests.core.recipes import GOOD, planned
from tests.core.runs import QUICK
from tests.fakes import FakeAccount, Outcome, pool_spec
from tests.ui.conftest import TestedApp, settled, until
from tests.ui.stage import words


@pytest.fixture
def busy() -> FakeAccount:
    """An account with two other pools, in which the tasks of a run succeed."""
    account = FakeAccount()
    account.batch.outcomes["*"] = Outcome(blobs={"a_OUT.txt": b"a: 10\n"})
    return account


@pytest.fixture
def app(busy: FakeAccount, monkeypatch: pytest.MonkeyPatch) -> TestedApp:
    monkeypatch.setattr(TestedApp, "QUIET", 0.05)
    return TestedApp(busy)


def started(app: TestedApp, folder: Path) -> RecipeRun:
    """A run that goes on while the dashboard is on the screen."""
    assert app.workshop is not None
    run = RecipeRun(
        planned(folder / "recipe", GOOD),
        app.workshop.session,
        app.workshop.controller,
        app.workshop.ledger,
        profile="fake",
        output=folder / "out",
        pace=QUICK,
    )
    Herald(app.screen.app, app.runs, run)
    app.runs.start(run)
    return run


def pool(app: TestedApp) -> str:
    highlighted = app.panes.query_one(PoolsPane).highlighted
    return highlighted.id if highlighted is not None else ""


def job(app: TestedApp) -> str:
    highlighted = app.panes.query_one(JobsPane).highlighted
    return highlighted.id if highlighted is not None else ""


async def asked(app: TestedApp) -> None:
    await until(lambda: isinstance(app.screen, ConfirmScreen), what="a question")


async def answer(pilot: Pilot[int], app: TestedApp, key: str) -> None:
    await asked(app)
    asking = app.screen
    await pilot.press(key)
    await until(partial(lambda screen: app.screen is not screen, asking))


async def test_the_cursors_follow_the_run_and_its_questions_come_to_the_dashboard(
    app: TestedApp, busy: FakeAccount, tmp_path: Path
) -> None:
    await busy.batch.create_pool(pool_spec("another"))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot, app)
        assert pool(app) == "another"
        run = started(app, tmp_path)
        await until(lambda: (pool(app), job(app)) == ("count-r1", "count-r1"))
        await asked(app)
        await pilot.pause()
        assert "Delete job count-r1?" in words(app)
        assert not app._notifications
        await answer(pilot, app, "n")
        await answer(pilot, app, "n")
        await until(lambda: not app.runs.live)
        assert run.story.succeeded
        assert app.screen is app.dashboard


async def test_a_cursor_that_was_moved_stays_and_who_types_is_not_broken_in_upon(
    app: TestedApp, busy: FakeAccount, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        await busy.batch.create_pool(pool_spec(name))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot, app)
        hold = busy.calls.hold("create_pool")
        run = started(app, tmp_path)
        await hold.reached.wait()
        await pilot.press("j", "slash")
        moved = pool(app)
        hold.release()
        await until(lambda: run.question is not None, what="the run asks")
        await settled(pilot, app)
        assert "count-r1" in {each.id for each in app.panes.pools.value}
        assert (pool(app), job(app) == "count-r1") == (moved, True)
        (note,) = app._notifications
        assert "Go to the dashboard to answer" in note.message
        assert app.screen is app.dashboard
        await pilot.press("escape")
        await answer(pilot, app, "n")
        await answer(pilot, app, "n")
        await until(lambda: not app.runs.live)
