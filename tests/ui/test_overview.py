"""What the dashboard says of the account as a whole, of its pools' costs and its jobs' pace."""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from batchtui.core.advice import trouble
from batchtui.core.autoscale import AutoScaleError, AutoScaleRun
from batchtui.core.models import Pool
from batchtui.core.prices import Price, Prices
from batchtui.core.session import Session
from batchtui.core.states import AllocationState, NodeState, TaskState
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.widgets.glyphs import of_pool
from batchtui.ui.widgets.nodegroups import GROUPS
from batchtui.ui.widgets.pauseline import PauseLine
from batchtui.ui.widgets.statusline import StatusLine
from batchtui.ui.widgets.tones import Tone
from tests.fakes import FakeAccount, pool_spec
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm

PRICES = Prices("EUR", {"standard_d2s_v3": Price(0.1, 0.02)})


@pytest.fixture
async def account() -> FakeAccount:
    return await render_farm(nodes=40, tasks=60)


class SimulatedApp(TestedApp):
    """Its account says that nothing really runs."""

    async def _live(self, session: Session) -> None:
        await super()._live(replace(session, local=True, simulated=True))


class PricedApp(TestedApp):
    """Knows what its nodes cost."""

    async def _live(self, session: Session) -> None:
        await super()._live(replace(session, prices=PRICES))


def row(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.lstrip("▌ ").startswith(start))


async def test_the_header_sums_up_the_account(account: FakeAccount) -> None:
    app = PricedApp(account)
    async with app.run_test(size=(220, 40)) as pilot:
        await settled(pilot, app)
        await settled(pilot, app)
        header = text_of(app.panes.header)
        counts = [await account.batch.task_counts(job) for job in account.batch.world.jobs]
        assert f"{sum(each.running for each in counts)} running tasks" in header
        assert f"✗ {sum(each.failed for each in counts)} failed in 1 h" in header
        assert "EUR/h" in header
        assert "EUR/h" not in text_of(app.panes.query_one(PoolsPane))
        costs = row(text_of(app.panes.query_one(PoolsPane).table), "topn-pool")
        assert "0.30" in costs


async def test_a_pause_shows_and_nothing_is_fetched_but_what_is_asked_for(
    account: FakeAccount,
) -> None:
    app = TestedApp(account)
    async with app.run_test(size=(160, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("p")
        await until(lambda: "paused" in text_of(app.panes.header))
        before = account.calls.count("jobs")
        await pilot.press("r")
        await until(lambda: account.calls.count("jobs") > before)
        assert app.traffic.paused
        await pilot.press("J")
        await until(lambda: app.screen.query(PauseLine))
        await until(lambda: "paused, as it was" in text_of(app.screen.query_one(PauseLine)))
        assert "paused" not in text_of(app.screen.query_one(StatusLine))
        await pilot.press("p")
        await until(lambda: not app.screen.query(PauseLine))
        await pilot.press("p")
        await until(lambda: app.screen.query(PauseLine))
        await pilot.press("escape", "p")
        await until(lambda: "paused" not in text_of(app.panes.header))
        assert not app.traffic.paused


async def test_the_header_tells_failed_nodes_from_preempted_ones_and_says_so_in_words() -> None:
    account = FakeAccount()
    account.batch.by_itself = False
    await account.batch.create_pool(pool_spec("p", dedicated=30))
    account.batch.step(4)
    nodes = list(account.batch.world.pools["p"].nodes)
    for state in (NodeState.START_TASK_FAILED, NodeState.UNUSABLE, NodeState.PREEMPTED,
                  NodeState.REBOOTING, NodeState.OFFLINE):  # fmt: skip
        nodes.pop().state = state
    app = PricedApp(account)
    async with app.run_test(size=(200, 40)) as pilot:
        await settled(pilot, app)
        header = text_of(app.panes.header)
        for words in ("30 nodes", "✗ 2 broken", "⊘ 1 preempted", "▲ 1 coming up", "○ 1 offline"):
            assert words in header
        table = app.panes.query_one(PoolsPane).table
        assert "✗ 2 broken" in row(text_of(table), "p ")
        assert "steady" not in row(text_of(table), "p ")
        await pilot.resize_terminal(100, 40)
        await until(lambda: "✗2 ⊘1 ▲1" in text_of(app.panes.header))


def test_every_state_of_a_node_is_in_one_group() -> None:
    states = [state for *_, group in GROUPS for state in group]
    assert sorted(states) == sorted(NodeState)


async def test_at_usual_widths_the_header_leaves_out_remarks_before_facts() -> None:
    account = await render_farm(nodes=40, tasks=60)
    app = SimulatedApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        header = text_of(app.panes.header)
        for part in ("SIMULATED", "nodes", "▶ 4 ", "✗ 7 ", "in 1 h", "req/min", "live"):
            assert part in header
        await pilot.resize_terminal(80, 24)
        await until(lambda: "req/min" not in text_of(app.panes.header))
        header = text_of(app.panes.header)
        for part in ("SIMULATED", "nodes", "▶ 4", "✗ 7 ", "in 1 h", "live"):
            assert part in header
        assert "nothing really runs" not in header


def test_a_formula_that_fails_shows_in_the_state_of_its_pool() -> None:
    failed = AutoScaleRun(error=AutoScaleError("X", "Line 1 is wrong"))
    pool = Pool("p", allocation_state=AllocationState.STEADY, auto_scale_run=failed)
    assert of_pool(pool).words == "steady"
    pool = structs.replace(pool, enable_auto_scale=True)
    assert of_pool(pool).spans == (("! autoscale", Tone.BAD),)
    assert trouble(pool)[0].startswith("Correct its autoscale formula"), "what to do is not cut off"


async def test_a_short_header_leaves_out_nothing_that_one_must_know(account: FakeAccount) -> None:
    app = TestedApp(account, local=True, read_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app)
        header = text_of(app.panes.header)
        assert "LOCAL read-only" in header
        assert "nodes" in header
        assert "live" in header
        assert "on this machine" not in header
        app.traffic.record("GET", "/jobs", 429, 0.1, retry_after=30)
        await pilot.press("p")
        await until(lambda: "paused" in text_of(app.panes.header))
        header = text_of(app.panes.header)
        assert "LOCAL read-only" in header
        assert "throttled until 12:" in header
        assert "live" not in header


async def test_a_pool_that_did_not_get_its_nodes_says_what_to_do(account: FakeAccount) -> None:
    app = TestedApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        pools = app.panes.query_one(PoolsPane)
        await until(lambda: "Ask for more spot cores" in " ".join(text_of(pools.banner).split()))
        await pilot.press("j")
        await until(lambda: not pools.banner.display)


async def test_an_idle_pool_says_for_how_long(account: FakeAccount) -> None:
    world = account.batch.world
    for job in world.jobs.values():
        job.tasks.clear()
    app = TestedApp(account)
    async with app.run_test(size=(200, 40)) as pilot:
        await settled(pilot, app)
        world.now += timedelta(minutes=20)
        await settled(pilot, app)
        table = app.panes.query_one(PoolsPane).table
        await until(lambda: "20 min+" in row(text_of(table), "topn-pool"))


async def test_jobs_tell_their_pace_and_that_they_are_left_open(account: FakeAccount) -> None:
    app = TestedApp(account)
    async with app.run_test(size=(220, 40)) as pilot:
        await settled(pilot, app)
        table = app.panes.query_one(JobsPane).table
        assert "◍ all done" in row(text_of(table), "topn-7f3a")
        assert "3 open (1 all done), 1 over" in str(app.panes.query_one(JobsPane).border_subtitle)
        under_way = account.batch.world.jobs["frames-0412"].tasks.values()
        left = [task for task in under_way if task.state is not TaskState.COMPLETED]
        assert len(left) == 12
        for number, task in enumerate(left[1:]):
            if number < 5:
                assert "/min" not in row(text_of(table), "frames-0412"), "a few ends are no rate"
            task.state = TaskState.COMPLETED
            account.batch.world.now += timedelta(seconds=60)
            await settled(pilot, app)
        await until(lambda: "1.0/min 1 min" in " ".join(row(text_of(table), "frames-0412").split()))
