"""A user who looks elsewhere is called."""

import pytest

from batchtui.core.models import ResizeError
from batchtui.core.states import JobState
from batchtui.core.watch import Callings
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.watching import to_desktop
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm


async def test_the_end_of_a_watched_job_is_told_on_and_off_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = await render_farm(nodes=16, tasks=20)
    app = TestedApp(account)
    outside: list[str] = []
    monkeypatch.delenv("TMUX", raising=False)
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


def test_tmux_hands_on_what_is_wrapped_with_its_escapes_doubled() -> None:
    assert to_desktop("done\x1b", in_tmux=False) == "\x1b]9;done␛\x07"
    assert to_desktop("done", in_tmux=True) == "\x1bPtmux;\x1b\x1b]9;done\x07\x1b\\"


async def test_bell_and_desktop_are_left_alone_where_the_user_wants_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = TestedApp(await render_farm(nodes=4, tasks=4), callings=Callings(bell=False, osc9=False))
    heard: list[str] = []
    async with app.run_test() as pilot:
        await settled(pilot, app)
        assert app._driver is not None
        monkeypatch.setattr(app, "bell", lambda: heard.append("bell"))
        monkeypatch.setattr(app._driver, "write", heard.append)
        app.say_outside("Job a has ended.")
        assert not heard
        app.callings = Callings(bell=True, osc9=False)
        app.say_outside("Job a has ended.")
        assert heard == ["bell"]
