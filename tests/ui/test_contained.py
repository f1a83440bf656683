"""A bug in one pane stays in that pane, which says so and tries again."""

import importlib
import pkgutil
from typing import Any

import pytest
from textual.geometry import Size
from textual.widget import Widget

import batchtui.ui
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.widgets.contained import INSTEAD, SENTENCE, Contained
from batchtui.ui.widgets.records import RecordTable
from tests.ui.conftest import Faults, TestedApp, settled, text_of


def fails(*_: Any) -> Any:
    raise ZeroDivisionError("broken on purpose")


def _widgets(cls: type[Widget] = Widget) -> set[type[Widget]]:
    below = {sub for sub in cls.__subclasses__() if sub is not cls}
    return below.union(*(_widgets(sub) for sub in below))


def test_every_widget_that_draws_or_watches_contains_what_it_raises() -> None:
    for module in pkgutil.walk_packages(batchtui.ui.__path__, "batchtui.ui."):
        importlib.import_module(module.name)
    ours = {cls for cls in _widgets() if cls.__module__.startswith("batchtui.ui.")}
    assert len(ours) > 100
    for cls in ours - {Contained}:
        named = {name for name in vars(cls) if name in INSTEAD or name.startswith("watch_")}
        assert not named or issubclass(cls, Contained), (cls, named)


@pytest.mark.fault("1.1", "1.10")
async def test_a_table_that_cannot_be_drawn_says_so_and_comes_back(
    app: TestedApp, monkeypatch: pytest.MonkeyPatch, faults: Faults
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        pane = app.panes.query_one(PoolsPane)
        jobs = app.panes.query_one(JobsPane)
        with monkeypatch.context() as patch:
            patch.setattr(pane.table, "line", fails)
            pane.table.refresh()
            jobs.table.refresh()
            await pilot.pause()
            shown = text_of(pane.table)
            assert shown.splitlines()[0] == SENTENCE[: pane.table.size.width].rstrip()
            assert shown.count(SENTENCE[:40]) == 1
            assert SENTENCE[:20] not in text_of(jobs.table)
            pane.table.refresh()
            await pilot.pause()
        assert len(faults.texts) == 1
        faults.texts.clear()
        pane.table.refresh()
        await pilot.pause()
        assert SENTENCE[:20] not in text_of(pane.table)


@pytest.mark.fault("1.1", "1.10")
async def test_a_watcher_that_raises_stops_no_other_pane_and_its_frame_says_so(
    app: TestedApp, monkeypatch: pytest.MonkeyPatch, faults: Faults
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        pane = app.panes.query_one(PoolsPane)
        jobs = app.panes.query_one(JobsPane)
        with monkeypatch.context() as patch:
            patch.setattr(pane, "show", fails)
            pane.mutate_reactive(PoolsPane.pools)
            await settled(pilot, app)
            (fault,) = pane.query(".fault")
            assert str(fault.render()) == SENTENCE
            assert not jobs.query(".fault")
            pane.mutate_reactive(PoolsPane.pools)
            await pilot.pause()
            assert len(pane.query(".fault")) == 1
        assert any("PoolsPane.watch_pools failed" in text for text in faults.texts)
        assert len([text for text in faults.texts if "PoolsPane" in text]) == 1
        faults.texts.clear()
        pane.mutate_reactive(PoolsPane.pools)
        await pilot.pause()
        assert not pane.query(".fault")


@pytest.mark.fault("1.10")
async def test_a_timer_that_raises_ends_nothing_and_ticks_on(
    app: TestedApp, monkeypatch: pytest.MonkeyPatch, faults: Faults
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        ticked = 0

        def tick() -> None:
            nonlocal ticked
            ticked += 1
            raise ZeroDivisionError("broken on purpose")

        app.panes.set_interval(0.01, tick)
        while ticked < 3:
            await pilot.pause(0.01)
        assert len(faults.texts) == 1
        assert len(app._notifications) == 1
        faults.texts.clear()


class Broken(Contained):
    """Fails to be measured and drawn as a whole."""

    def render(self) -> Any:
        raise ZeroDivisionError("broken on purpose")

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        raise ZeroDivisionError("broken on purpose")


@pytest.mark.fault("1.10")
async def test_a_widget_that_cannot_be_measured_has_one_row_that_says_so(
    app: TestedApp, faults: Faults
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        broken = Broken()
        broken.styles.height = "auto"
        await app.panes.mount(broken)
        await pilot.pause()
        assert broken.size.height == 1
        assert text_of(broken).startswith(SENTENCE[:40])
        assert len(faults.texts) == 2
        faults.texts.clear()


async def test_the_dashboard_itself_is_contained() -> None:
    assert issubclass(DashboardScreen, Contained)
    assert issubclass(RecordTable, Contained)
