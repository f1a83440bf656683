"""Many things at once, and the question before that."""

import asyncio

from textual.widgets import Input, Static

from batchtui.core.bulk import Bulk, Fate
from batchtui.core.traffic import Traffic
from batchtui.ui.screens.bulk import BulkScreen
from batchtui.ui.screens.confirm import ConfirmScreen
from tests.fakes import refused
from tests.ui.stage import Stage
from tests.ui.stage import until as staged_until


async def test_throttling_slows_a_bulk_down_and_what_failed_can_be_tried_again() -> None:
    busy, bad = [3], {"t7"}
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    async def act(name: str) -> None:
        if busy[0]:
            busy[0] -= 1
            raise refused("Too many", status=429)
        if name in bad:
            raise refused(f"Could not delete {name}: it is held")

    names = [f"t{number}" for number in range(30)]
    bulk = Bulk(names, str, act, Traffic(), rest=rest)
    woken: list[int] = []
    stage = Stage(BulkScreen("Delete task: 30 tasks", bulk, lambda: woken.append(1)))
    async with stage.run_test() as pilot:
        await staged_until(pilot, lambda: woken)
        counts = stage.screen.query_one("#counts", Static)
        await staged_until(pilot, lambda: "29 of 30 done   1 failed" in str(counts.render()))
        assert max(rests) > 1
        bad.clear()
        await pilot.press("r")
        await staged_until(pilot, lambda: bulk.counts == {Fate.DONE: 30})
        await pilot.press("enter")
        await staged_until(pilot, stage.ended.is_set)
    assert stage.result is True


async def test_a_bulk_that_is_stopped_leaves_the_rest_as_it_was() -> None:
    async def act(_name: str) -> None:
        await asyncio.Event().wait()

    bulk = Bulk(["a", "b"], str, act, Traffic())
    stage = Stage(BulkScreen("Delete", bulk, lambda: None))
    async with stage.run_test() as pilot:
        await staged_until(pilot, lambda: bulk.counts[Fate.UNDER_WAY])
        await pilot.press("escape")
        counts = stage.screen.query_one("#counts", Static)
        await staged_until(pilot, lambda: "2 left as they were" in str(counts.render()))
        await pilot.press("escape")
        await staged_until(pilot, stage.ended.is_set)
    assert stage.result is False


async def test_a_large_loss_asks_for_the_name() -> None:
    stage = Stage(ConfirmScreen("Delete pool p?", yes="Delete", typed="render-farm"))
    async with stage.run_test() as pilot:
        assert stage.focused is not None
        assert stage.focused.id == "no"
        await pilot.press("y")
        assert isinstance(stage.focused, Input)
        await pilot.press(*"render", "enter")
        await pilot.pause()
        assert not stage.ended.is_set()
        await pilot.press(*"-farm", "enter")
        await staged_until(pilot, stage.ended.is_set)
    assert stage.result is True
