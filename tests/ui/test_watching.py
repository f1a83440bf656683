"""A user who looks elsewhere is called."""

import pytest

from batchtui.core.models import ResizeError
from batchtui.core.states import JobState
from batchtui.ui.panes.jobs import JobsPane
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm


async def test_the_end_of_a_watched_job_is_told_on_and_off_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = await render_farm(nodes=16, tasks=20)
    app = TestedApp(account)
    outside: list[str] = []
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", outside.append)
        app.panes.query_one(JobsPane).table.seek("frames-0412")
        await settled(pilot, app)
        await pilot.press("2", "w")
        await until(lambda: "◉ frames-0412" in text_of(app.panes.query_one(JobsPane).table))
        await pilot.press("f2")
        app.panes.look()
        assert app.panes.feeds.jobs.looked_at
        assert not app.panes.feeds.nodes.looked_at
        account.batch.world.jobs["frames-0412"].state = JobState.COMPLETED
        await app.panes.feeds.jobs.poll()
        said = "Job frames-0412 has ended with 20 tasks"
        await until(lambda: any(said in each.message for each in app._notifications))
        assert any(text.startswith(f"\x1b]9;batchtui: {said}") for text in outside)
        assert not app.panes.watched


async def test_a_pool_that_goes_bad_is_told_of() -> None:
    account = await render_farm(nodes=16, tasks=20)
    app = TestedApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        assert not app._notifications
        account.batch.world.pools["topn-pool"].resize_errors = (ResizeError("AllocationTimedout"),)
        await app.panes.feeds.pools.poll()
        await until(
            lambda: any("topn-pool could not be" in each.message for each in app._notifications)
        )
