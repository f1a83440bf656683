"""Going by name, the way back, and the log of requests."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from batchtui.core.gateway import GatewayError
from batchtui.core.places import Place
from batchtui.core.schedules import JobSchedule
from batchtui.core.states import NodeState
from batchtui.core.window import PAGE
from batchtui.logs import RecentLines, start_logging, stop_logging
from batchtui.ui.panes.sent import SentPane
from batchtui.ui.screens.goto import GotoScreen
from batchtui.ui.screens.log import LogScreen
from batchtui.ui.screens.schedules import SchedulesScreen
from batchtui.ui.widgets.textview import TextView
from tests.fakes import task_spec, unreachable
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm


async def test_a_few_letters_lead_to_a_record_and_back() -> None:
    app = TestedApp(await render_farm(nodes=16, tasks=20))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        start = app.panes.here
        await pilot.press("colon", *"job night")
        await until(lambda: isinstance(app.screen, GotoScreen))
        assert app.screen.query_one(OptionList).option_count == 1
        await pilot.press("tab")
        assert app.screen.query_one(Input).value == "job nightly-sweep"
        await pilot.press("enter")
        await until(lambda: app.panes.here == Place("jobs", "nightly-sweep"))
        await settled(pilot, app)
        await pilot.press("left_square_bracket")
        await until(lambda: app.panes.here == start)
        await pilot.press("right_square_bracket")
        await until(lambda: app.panes.here == Place("jobs", "nightly-sweep"))


async def test_the_way_back_leads_through_panes_too() -> None:
    app = TestedApp(await render_farm(nodes=16, tasks=20))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("left_square_bracket")
        await until(lambda: any("nowhere to go back" in n.message for n in app._notifications))
        await pilot.press("down")
        start = app.panes.here
        await pilot.press("enter", "2")
        assert app.panes.in_use.id == "jobs"
        await pilot.press("left_square_bracket")
        await until(lambda: app.panes.in_use.id == "nodes")
        await pilot.press("left_square_bracket")
        await until(lambda: app.panes.here == start)
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until(lambda: app.panes.in_use.id == "jobs")


@pytest.mark.slow
async def test_going_leaves_other_screens_and_takes_a_filter_away() -> None:
    app = TestedApp(await render_farm(nodes=16, tasks=20))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("1", "slash", *"topn", "enter", "f2")
        await until(lambda: isinstance(app.screen, LogScreen))
        await pilot.press("colon", *"pool render-farm", "enter")
        await until(lambda: app.screen is app.panes)
        await until(lambda: app.panes.here == Place("pools", "render-farm"))
        await pilot.press("colon", *"no such thing", "enter", "escape")
        assert app.panes.here == Place("pools", "render-farm")


@pytest.mark.slow
async def test_what_is_not_known_is_looked_for_or_a_sentence() -> None:
    account = await render_farm(nodes=16, tasks=20)
    account.batch.job_schedules["each-night"] = JobSchedule("each-night")
    specs = [task_spec(f"a-{number:04d}") for number in range(PAGE)]
    app = TestedApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("colon", *"nosuch", "enter")
        assert isinstance(app.screen, GotoScreen), "there is nowhere to go"
        names = app.screen.query_one(OptionList)
        nothing = "Nothing is called nosuch in 2 pools and 4 jobs."
        await until(lambda: str(names.get_option_at_index(0).prompt) == nothing)
        app.screen.query_one(Input).value = "sched night"
        await until(lambda: "each-night" in str(names.get_option_at_index(0).prompt))
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, SchedulesScreen))
        await account.batch.add_tasks("frames-0412", specs, added=lambda _count: None)
        await pilot.press("colon", *"job frames-0412", "enter")
        await until(lambda: app.panes.here == Place("jobs", "frames-0412"))
        await settled(pilot, app)
        await pilot.press("colon", *"frame-08119")
        names = app.screen.query_one(OptionList)
        assert "look for frame-08119 among all tasks of frames-0412" in str(
            names.get_option_at_index(0).prompt
        )
        await pilot.press("enter")
        await settled(pilot, app)
        assert app.panes.here == Place("tasks", "frame-08119", "frames-0412")


@pytest.mark.slow
async def test_the_log_shows_requests_with_status_and_time(tmp_path: Path) -> None:
    kept = start_logging(tmp_path)
    try:
        await _read_log(kept)
    finally:
        stop_logging()


async def _read_log(kept: RecentLines) -> None:
    app = TestedApp(await render_farm(nodes=4, tasks=4), clock=lambda: 100.0)
    app.traffic.record("GET", "/pools", 200, 0.25)
    app.traffic.record("POST", "/jobs/a/terminate", 503, 3.0)
    app.traffic.record("GET", "/jobs", None, 8.0)
    logging.getLogger("batchtui").warning("Something odd")
    assert kept.lines
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("f2")
        await until(lambda: isinstance(app.screen, LogScreen) and app.screen.query(SentPane))
        pane = app.screen.query_one(SentPane)
        await until(lambda: "/jobs/a/terminate" in text_of(pane.table))
        rows = text_of(pane.table).splitlines()
        assert "lost" in rows[1]
        assert "503" in rows[2]
        assert "0.25" in rows[3]
        assert "3 requests, 2 refused or lost" in str(pane.border_subtitle)
        await pilot.press("slash", *"status:>499", "enter")
        assert len(pane.table.records) == 1
        view = app.screen.query_one(TextView)
        await until(lambda: "Something odd" in text_of(view))
        await pilot.press("f2")
        assert app.screen is app.panes


@pytest.mark.slow
@pytest.mark.fault("2.24")
@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("task-08100", ""),
        ("topn-7f3a/task-08101", "tasks task-08101 topn-7f3a"),
        ("TOPN-7F3A/task-08101", "tasks task-08101 topn-7f3a"),
        ("tvm-d-2", "nodes tvm-d-2 topn-pool"),
        ("node tvm-d-2", "nodes tvm-d-2 topn-pool"),
        ("topn-pool/tvm-d-2", "nodes tvm-d-2 topn-pool"),
        ("task-08125", "tasks task-08125 variants-chr1"),
        ("task task-08125", "tasks task-08125 variants-chr1"),
    ],
)
async def test_nodes_and_tasks_of_what_is_not_highlighted_are_asked_for(
    typed: str, place: str
) -> None:
    app = TestedApp(await render_farm(nodes=16, tasks=20))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "j", "1", "j")
        await settled(pilot, app)
        assert app.panes.feeds.job_id == "frames-0412"
        assert app.panes.feeds.pool_id == "render-farm"
        await pilot.press("colon")
        await until(lambda: isinstance(app.screen, GotoScreen))
        app.screen.query_one(Input).value = typed
        await pilot.pause()
        await pilot.press("enter")
        if not place:
            names = app.screen.query_one(OptionList)
            await until(lambda: names.option_count == 3, what="a choice of three jobs")
            return
        await until(lambda: app.screen is app.panes)
        pane, name, within = place.split()
        await settled(pilot, app)
        await until(lambda: app.panes.here == Place(pane, name, within))


@pytest.mark.fault("2.24")
async def test_a_task_beyond_the_first_ones_of_another_job_is_found() -> None:
    account = await render_farm(nodes=16, tasks=20)
    specs = [task_spec(f"a-{number:04d}") for number in range(PAGE)]
    await account.batch.add_tasks("topn-7f3a", specs, added=lambda _count: None)
    app = TestedApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("colon")
        await until(lambda: isinstance(app.screen, GotoScreen))
        app.screen.query_one(Input).value = "topn-7f3a/task-08101"
        await pilot.pause()
        await pilot.press("enter")
        await until(lambda: app.screen is app.panes)
        await settled(pilot, app)
        await until(lambda: app.panes.here == Place("tasks", "task-08101", "topn-7f3a"))


@pytest.mark.fault("2.24")
async def test_a_service_that_cannot_be_asked_for_a_name_is_told_of() -> None:
    account = await render_farm(nodes=16, tasks=20)
    app = TestedApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("colon")
        await until(lambda: isinstance(app.screen, GotoScreen))
        account.calls.fail("task", unreachable("Could not reach the service"), times=9)
        app.screen.query_one(Input).value = "topn-7f3a/nosuch"
        await pilot.pause()
        await pilot.press("enter")
        box = app.screen.query_one("#goto")
        await until(lambda: "Could not reach the service" in str(box.border_subtitle))


@pytest.mark.fault("2.4")
async def test_f_goes_on_to_the_next_pool_that_has_trouble() -> None:
    account = await render_farm(nodes=16, tasks=20)
    pools = account.batch.world.pools
    for pool in pools.values():
        for node in pool.nodes:
            node.state, node.since = NodeState.IDLE, account.batch.world.now
    broken = pools["render-farm"].nodes[3], pools["render-farm"].nodes[7]
    for node in broken:
        node.state = NodeState.UNUSABLE
    stuck = pools["topn-pool"].nodes[1]
    stuck.state, stuck.since = NodeState.STARTING, stuck.since - timedelta(hours=24)
    app = TestedApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("1", "j", "4")
        await settled(pilot, app)
        for key, pool_id, node in (
            ("f", "render-farm", broken[0]),
            ("f", "render-farm", broken[1]),
            ("f", "topn-pool", stuck),
            ("f", "render-farm", broken[0]),
            ("F", "topn-pool", stuck),
            ("F", "render-farm", broken[1]),
        ):
            await pilot.press(key)
            await settled(pilot, app)
            assert app.panes.here == Place("nodes", node.id, pool_id)


@pytest.mark.fault("2.4")
async def test_f_says_that_no_node_is_in_trouble_and_goes_round_in_the_only_pool_that_is() -> None:
    account = await render_farm(nodes=16, tasks=20)
    for pool in account.batch.world.pools.values():
        for node in pool.nodes:
            node.state, node.since = NodeState.IDLE, account.batch.world.now
    app = TestedApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("1", "j", "4")
        await settled(pilot, app)
        await pilot.press("f")
        await until(lambda: any("No node failed" in n.message for n in app._notifications))
        broken = account.batch.world.pools["render-farm"].nodes[2]
        broken.state = NodeState.UNUSABLE
        await settled(pilot, app)
        for _ in range(3):
            await pilot.press("f")
            await settled(pilot, app)
            assert app.panes.here == Place("nodes", broken.id, "render-farm")


@pytest.mark.parametrize("refusal", [None, unreachable()])
async def test_an_answer_that_comes_after_the_line_is_closed_is_nobodys(
    refusal: GatewayError | None,
) -> None:
    account = await render_farm(nodes=16, tasks=20)
    app = TestedApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        hold = account.calls.hold("schedules")
        if refusal is not None:
            account.calls.fail("schedules", refusal)
        await pilot.press("colon")
        await hold.reached.wait()
        await pilot.press("escape")
        await until(lambda: not isinstance(app.screen, GotoScreen))
        hold.release()
        await pilot.pause()
        assert app.is_running
        assert app.return_code is None
