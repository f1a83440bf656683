"""Many things at once, and the question before that."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from batchtui.core.bulk import Bulk, Fate
from batchtui.core.models import PoolInfo
from batchtui.core.specs import JobSpec
from batchtui.core.traffic import Traffic
from batchtui.ui.bulk_run import BulkRun
from batchtui.ui.screens.bulk import BulkScreen
from batchtui.ui.screens.bulks import BulksScreen
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.fetch import FetchScreen
from batchtui.ui.screens.new_tasks import NewTasksScreen
from batchtui.ui.screens.transfer import TransferScreen
from batchtui.ui.widgets.form import NumberField
from tests.fakes import FakeAccount, refused, task_spec
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.stage import Stage
from tests.ui.stage import until as staged_until
from tests.ui.steering import SIZE, agreed, chosen, steerable, top


def shown(bulk: Bulk[Any], ended: list[int]) -> Stage[bool]:
    run = BulkRun("Delete task", bulk, noun="task", ended=lambda _run: ended.append(1))
    return Stage(BulkScreen(run))


def begin(stage: Stage[bool]) -> BulkRun:
    """Start what the screen shows."""
    assert isinstance(stage.screen, BulkScreen)
    run = stage.screen.run_shown
    stage.runs.start(run)
    return run


async def test_throttling_slows_a_bulk_down_and_what_failed_can_be_tried_again() -> None:
    busy, bad = [3], {"t7"}
    rests: list[float] = []
    reason = "Could not delete t7: it is held by another job, which has to be ended before it"

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    async def act(name: str) -> None:
        if busy[0]:
            busy[0] -= 1
            raise refused("Too many", status=429)
        if name in bad:
            raise refused(reason)

    names = [f"t{number}" for number in range(30)]
    bulk = Bulk(names, str, act, Traffic(), rest=rest)
    ended: list[int] = []
    stage = shown(bulk, ended)
    async with stage.run_test(size=(80, 24)) as pilot:
        begin(stage)
        await staged_until(pilot, lambda: ended)
        counts = stage.screen.query_one("#counts", Static)
        await staged_until(pilot, lambda: "29 of 30 done   1 failed" in str(counts.render()))
        # The row is too short for the reason, which stands below it in full.
        why = stage.screen.query_one("#why", Static)
        await staged_until(pilot, lambda: reason in " ".join(text_of(why).split()))
        assert max(rests) > 1
        bad.clear()
        await pilot.press("r")
        await staged_until(pilot, lambda: bulk.counts == {Fate.DONE: 30})
        await staged_until(pilot, lambda: len(ended) == 2)
        await pilot.press("enter")
        await staged_until(pilot, stage.ended.is_set)
    assert stage.result is True


async def test_a_bulk_that_is_stopped_leaves_the_rest_as_it_was() -> None:
    async def act(_name: str) -> None:
        await asyncio.Event().wait()

    bulk = Bulk(["a", "b"], str, act, Traffic())
    stage = shown(bulk, [])
    async with stage.run_test() as pilot:
        begin(stage)
        await staged_until(pilot, lambda: bulk.counts[Fate.UNDER_WAY])
        await pilot.press("t")
        counts = stage.screen.query_one("#counts", Static)
        await staged_until(pilot, lambda: "2 left as they were" in str(counts.render()))
        await pilot.press("escape")
        await staged_until(pilot, stage.ended.is_set)
    assert stage.result is False


@pytest.fixture
async def account() -> FakeAccount:
    """Two jobs of three tasks each, on a pool without nodes."""
    account = FakeAccount()
    account.batch.by_itself = False
    for job in ("day", "night"):
        await account.batch.create_job(JobSpec(id=job, pool_info=PoolInfo("cpu")))
        specs = [task_spec(f"t{number}") for number in range(3)]
        await account.batch.add_tasks(job, specs, added=lambda _count: None)
    account.calls.made.clear()
    return account


async def test_orders_that_are_left_go_on_and_are_told_of_at_their_end(
    app: TestedApp, account: FakeAccount
) -> None:
    """Two at once: the first is held up, and left; both are come back to."""
    calls = account.calls
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        held = calls.hold("delete_task")
        for keys in ("5", "2j5"):
            await pilot.press(*keys)
            await settled(pilot, app)
            await pilot.press("ctrl+a", "d")
            assert "Delete 3 tasks?" in await agreed(pilot, app)
            await top(app, BulkScreen)
            await pilot.press("escape")
            await until(lambda: app.screen is app.dashboard)
        await until(lambda: "Deleting tasks 2/3" in text_of(app.panes.header))
        await until(lambda: len(app.runs.live) == 1, what="the other one is through")

        await pilot.press("q")
        await top(app, ConfirmScreen)
        assert "Quit while 1 order is under way?" in text_of(app.screen.query_one("#question"))
        await pilot.press("enter", "B")
        await top(app, BulksScreen)
        await pilot.press("j", "enter")
        await top(app, BulkScreen)
        assert "2 of 3 done" in text_of(app.screen.query_one("#counts"))
        await pilot.press("escape")
        calls.fail("delete_task", refused("Could not delete t0: it is held"))
        held.release()
        await until(lambda: any("1 failed. Press B" in n.message for n in app._notifications))
        assert not app.runs.live
        await until(lambda: "Delete task" not in text_of(app.panes.header))


async def test_many_new_tasks_are_added_with_progress(app: TestedApp, account: FakeAccount) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("5", "n")
        await top(app, NewTasksScreen)
        app.screen.query_one("#count", NumberField).input.value = "230"
        await pilot.press("enter")
        await top(app, BulkScreen)
        title = str(app.screen.query_one("#bulk").border_title)
        assert title.startswith("Add 230 tasks to ")
        await until(lambda: "3 of 3 done" in text_of(app.screen.query_one("#counts")))
    assert {len(job.tasks) for job in account.batch.world.jobs.values()} == {3, 233}


def test_an_order_to_many_is_headed_by_what_it_is_done_to() -> None:
    async def act(_name: str) -> None: ...

    def heading(title: str, noun: str) -> str:
        bulk = Bulk(["a", "b"], str, act, Traffic())
        return BulkRun(title, bulk, noun=noun, ended=lambda _run: None).heading

    assert heading("Terminate job", "job") == "Terminate 2 jobs"
    assert heading("Take node offline", "node") == "Take 2 nodes offline"
    assert heading("Copy tasks to night-2", "task") == "Copy tasks to night-2: 2 tasks"


async def test_a_question_with_much_to_say_keeps_its_answers_in_sight() -> None:
    sentences = tuple(f"Loss {number} is {'very ' * 30}large." for number in range(9))
    stage = Stage(ConfirmScreen("Delete pool p?", consequences=sentences, yes="Delete"))
    async with stage.run_test(size=(80, 24)) as pilot:
        no, screen = stage.screen.query_one("#no"), stage.screen
        await staged_until(pilot, lambda: no.region and screen.region.contains_region(no.region))


async def test_a_transfer_comes_back_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = TestedApp(await steerable())
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        hold = app.account.calls.hold("download")
        await pilot.press("3")
        await chosen(pilot, app, "o")
        await top(app, FetchScreen)
        await pilot.press("enter")
        await until(hold.reached.is_set)
        await top(app, TransferScreen)
        await pilot.press("escape")
        await until(lambda: "Download from out 2/3" in app.panes.running)
        await pilot.press("B")
        await top(app, TransferScreen)
        hold.release()
        await until(lambda: app.screen is app.dashboard, what="it is through")
        assert (tmp_path / "out" / "run" / "b.txt").read_bytes() == b"b"
        app.clear_notifications()
        await pilot.press("B")
        await until(lambda: any("3 of 3 files" in news.message for news in app._notifications))
