"""Orders from the panes: asked about once, carried out on all that is marked, told of."""

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static, TextArea

from batchtui.core.bulk import Bulk, Fate
from batchtui.core.models import PoolInfo
from batchtui.core.schedules import JobSchedule, JobSpecification, ScheduleState
from batchtui.core.specs import JobSpec, TaskConstraints
from batchtui.core.states import TaskState
from batchtui.core.traffic import Traffic
from batchtui.ui.panes.tasks import TasksPane
from batchtui.ui.screens.actions import ActionsScreen
from batchtui.ui.screens.autoscale import AutoscaleScreen, Formula
from batchtui.ui.screens.blobs import BlobsScreen
from batchtui.ui.screens.bulk import BulkScreen
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.document import DocumentScreen
from batchtui.ui.screens.fetch import FetchScreen
from batchtui.ui.screens.job_limits import JobLimitsScreen
from batchtui.ui.screens.resize import ResizeScreen
from batchtui.ui.screens.sas import SasScreen
from batchtui.ui.screens.schedules import SchedulesScreen
from batchtui.ui.screens.start_task import StartTaskScreen
from batchtui.ui.screens.task_limits import TaskLimitsScreen
from batchtui.ui.widgets.form import NumberField, TextField
from tests.fakes import FakeAccount, Outcome, pool_spec, refused, task_spec
from tests.fakes.storage import SIGNATURE
from tests.ui.conftest import TestedApp, settled, until
from tests.ui.stage import Stage
from tests.ui.stage import until as staged_until

SIZE = (120, 40)


@pytest.fixture
async def account() -> FakeAccount:
    """A pool of three nodes, a job with two failed, one running and one waiting task."""
    account = FakeAccount()
    batch = account.batch
    batch.by_itself = False
    batch.outcomes = {"bad-*": Outcome(exit_code=7), "long": Outcome(steps=99)}
    await batch.create_pool(pool_spec("cpu", dedicated=3, start_task="/bin/prepare"))
    await batch.create_pool(pool_spec("gpu", dedicated=0))
    batch.step(4)
    await batch.create_job(JobSpec(id="night", pool_info=PoolInfo("cpu"), priority=3))
    specs = [task_spec("bad-1"), task_spec("bad-2"), task_spec("long")]
    await batch.add_tasks("night", specs, added=lambda _count: None)
    batch.step(3)
    await batch.add_tasks("night", [task_spec("waits")], added=lambda _count: None)
    account.storage.put("out", {"a.txt": b"aaa", "run/b.txt": b"b", "run/c.bin": b"cc"})
    account.calls.made.clear()
    return account


async def top(app: TestedApp | Stage[Any], screen: type[Screen[Any]]) -> None:
    await until(lambda: isinstance(app.screen, screen) and app.screen.is_mounted,
                what=screen.__name__)  # fmt: skip


async def chosen(pilot: Pilot[Any], app: TestedApp, letter: str) -> None:
    """Choose from the menu of the pane in use."""
    await pilot.press("x")
    await top(app, ActionsScreen)
    await pilot.press(letter)


async def agreed(pilot: Pilot[Any], app: TestedApp) -> str:
    """Say yes to the question; what it said."""
    await top(app, ConfirmScreen)
    await pilot.pause()
    said = " ".join(str(each.render()) for each in app.screen.query(Static))
    await pilot.press("y")
    return said


def shows(words: Static, part: str) -> bool:
    return part in str(words.render())


async def called(app: TestedApp, call: str) -> None:
    await until(partial(app.account.calls.made.__contains__, call), what=call)


async def test_the_menu_lists_what_can_be_done_with_the_pane_in_use(app: TestedApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("x")
        await top(app, ActionsScreen)
        menu = app.screen.query_one(OptionList)
        lines = [str(option.prompt) for option in menu.options]
        assert any(line.split()[:2] == ["r", "Resize"] for line in lines)
        assert any(line.split()[:2] == ["d", "Delete"] for line in lines)
        assert not any("Filter" in line for line in lines)
        await pilot.press("escape")
        await until(lambda: app.screen is app.dashboard)


async def test_a_read_only_menu_is_dimmed_and_does_nothing(account: FakeAccount) -> None:
    app = TestedApp(account, read_only=True)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        assert str(app.panes.query_one("#pools").border_subtitle).startswith("read-only")
        await pilot.press("x")
        await top(app, ActionsScreen)
        menu = app.screen.query_one(OptionList)
        assert all(o.disabled for o in menu.options if "Nodes" not in str(o.prompt))
        await pilot.press("r")
        await pilot.pause()
        assert isinstance(app.screen, ActionsScreen)


async def test_a_pool_is_resized_and_the_question_says_what_that_costs(app: TestedApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await chosen(pilot, app, "r")
        await top(app, ResizeScreen)
        app.screen.query_one("#dedicated", NumberField).input.value = "1"
        await pilot.press("enter")
        said = await agreed(pilot, app)
        assert "Resize pool cpu?" in said
        assert "Gone with every file on them: 2 nodes." in said
        await called(app, "resize_pool cpu 1 0 requeue")


async def test_what_is_for_one_pool_is_not_done_to_the_first_of_many(app: TestedApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("ctrl+a")
        await chosen(pilot, app, "r")
        await until(lambda: any("one at a time" in note.message for note in app._notifications))
        assert app.screen is app.dashboard


async def test_a_formula_is_evaluated_before_it_is_turned_on(
    app: TestedApp, account: FakeAccount
) -> None:
    account.batch.world.pools["cpu"].formula = "$TargetDedicatedNodes=3"
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await chosen(pilot, app, "a")
        await top(app, AutoscaleScreen)
        area = app.screen.query_one(TextArea)
        assert area.text == "$TargetDedicatedNodes=3"
        area.text = "nonsense"
        await pilot.press("ctrl+s")
        verdict = app.screen.query_one("#verdict", Static)
        await until(lambda: "Undefined symbol" in str(verdict.render()))
        area.text = "$TargetDedicatedNodes=4"
        await pilot.press("ctrl+s")
        assert "scale by this formula" in await agreed(pilot, app)
        await called(app, "enable_autoscale cpu $TargetDedicatedNodes=4")
        await settled(pilot, app)
        await chosen(pilot, app, "A")
        await agreed(pilot, app)
        await called(app, "disable_autoscale cpu")


async def test_autoscaling_of_a_pool_that_does_not_scale_yet_is_checked_when_it_is_turned_on() -> (
    None
):
    async def refuse(_formula: str) -> Any:
        raise refused("It is off", code="AutoScalingNotEnabled")

    stage = Stage(AutoscaleScreen("p", Formula(""), refuse, scales=False))
    async with stage.run_test() as pilot:
        await pilot.press("ctrl+s")
        await staged_until(pilot, stage.ended.is_set)
    assert stage.result is not None
    assert "$TargetDedicatedNodes" in stage.result.text


async def test_a_start_task_is_changed_with_and_without_nodes(
    app: TestedApp, account: FakeAccount
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        for key, pool_id, told in (("", "cpu", "rebooted"), ("j", "gpu", "no nodes")):
            await pilot.press(*key, "e")
            await top(app, StartTaskScreen)
            app.screen.query_one("#command", TextField).input.value = "/bin/new"
            await pilot.press("enter")
            assert told in await agreed(pilot, app)
            await called(app, f"update pool {pool_id} startTask")
            await until(lambda: app.screen is app.dashboard)
            start = account.batch.world.pools[pool_id].spec.start_task
            assert start is not None
            assert start.command_line == "/bin/new"


async def test_a_pool_is_cloned_and_a_wrong_document_stays_to_be_put_right(
    app: TestedApp, account: FakeAccount
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await chosen(pilot, app, "c")
        await top(app, DocumentScreen)
        area = app.screen.query_one(TextArea)
        document = json.loads(area.text)
        assert document["id"] == "cpu-2"
        assert "state" not in document
        verdict = app.screen.query_one("#verdict", Static)
        for text, fault in (
            ("{", "no JSON object"),
            ("{}", 'needs an "id"'),
            (json.dumps(document | {"id": "gpu"}), "exists already"),
        ):
            area.text = text
            await pilot.press("ctrl+s")
            await until(partial(shows, verdict, fault), what=fault)
        area.text = json.dumps(document)
        await pilot.press("ctrl+s")
        await until(lambda: "cpu-2" in account.batch.world.pools)


async def test_a_job_is_disabled_in_its_three_ways_and_enabled(app: TestedApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("2")
        for letter, way in (("r", "requeue"), ("x", "terminate"), ("w", "wait")):
            await chosen(pilot, app, letter)
            assert "Running now: 1 task." in await agreed(pilot, app)
            await called(app, f"disable_job night {way}")
            await settled(pilot, app)
            await chosen(pilot, app, "b")
            await agreed(pilot, app)
            await called(app, "enable_job night")
            app.account.calls.made.clear()
            await settled(pilot, app)


async def test_a_jobs_priority_and_limits_are_changed_together(
    app: TestedApp, account: FakeAccount
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "e")
        await top(app, JobLimitsScreen)
        assert app.screen.query_one("#priority", NumberField).number == 3
        app.screen.query_one("#priority", NumberField).input.value = "50"
        app.screen.query_one("#time", TextField).input.value = "2h"
        await pilot.press("enter")
        await agreed(pilot, app)
        await called(app, "update job night priority maxParallelTasks constraints")
        job = account.batch.world.jobs["night"].spec
        assert job.priority == 50
        assert job.constraints is not None
        assert job.constraints.max_wall_clock_time is not None


async def test_marked_tasks_run_again_together_and_those_that_did_not_fail_are_left_out(
    app: TestedApp, account: FakeAccount
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("5", "ctrl+a")
        await chosen(pilot, app, "r")
        said = await agreed(pilot, app)
        assert "Run 2 tasks again?" in said
        assert "bad-1 and bad-2." in said
        assert "Left out: 2 tasks (not failed)." in said
        await top(app, BulkScreen)
        await until(lambda: "2 of 2 done" in str(app.screen.query_one("#counts", Static).render()))
        await pilot.press("enter")
        await until(lambda: app.screen is app.dashboard)
        assert not app.panes.query_one(TasksPane).marked
        tasks = account.batch.world.jobs["night"].tasks
        assert tasks["bad-1"].state is tasks["bad-2"].state is TaskState.ACTIVE


async def test_a_task_gets_other_limits_and_one_is_ended(
    app: TestedApp, account: FakeAccount
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("5", "j", "j")
        await settled(pilot, app)
        await pilot.press("e")
        await top(app, TaskLimitsScreen)
        app.screen.query_one("#retries", NumberField).input.value = "4"
        await pilot.press("enter")
        await agreed(pilot, app)
        await called(app, "limit_task night long")
        tasks = account.batch.world.jobs["night"].tasks
        assert tasks["long"].spec.constraints == TaskConstraints(max_task_retry_count=4)
        await until(lambda: app.screen is app.dashboard)
        await pilot.press("t")
        assert "Running now, and stopped: 1 task." in await agreed(pilot, app)
        await called(app, "terminate_task night long")


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


async def test_a_sas_is_copied_and_never_shown(app: TestedApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("3")
        await chosen(pilot, app, "a")
        await top(app, SasScreen)
        app.screen.query_one("#lasting", TextField).input.value = "30m"
        await pilot.press("enter")
        await called(app, "container_url out rl")
        await until(lambda: SIGNATURE in app.clipboard)
        notes = [note.message for note in app._notifications]
        assert any("with the rights rl" in note for note in notes)
        assert not any(SIGNATURE in note for note in notes)


async def test_blobs_are_downloaded_by_a_pattern_with_their_tree(
    app: TestedApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("3")
        await chosen(pilot, app, "o")
        await top(app, FetchScreen)
        app.screen.query_one("#pattern", TextField).input.value = "*.txt"
        await pilot.press("enter")
        await until(lambda: (tmp_path / "out/run/b.txt").exists())
        await until(lambda: app.screen is app.dashboard)
        assert (tmp_path / "out/a.txt").read_bytes() == b"aaa"
        assert not (tmp_path / "out/run/c.bin").exists()


async def test_marked_blobs_are_deleted_together(app: TestedApp, account: FakeAccount) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("3", "enter")
        await top(app, BlobsScreen)
        await until(lambda: app.panes.feeds.blobs.reading.known)
        await pilot.pause()
        await pilot.press("space", "j", "space", "d")
        assert "Delete 2 blobs?" in await agreed(pilot, app)
        await until(lambda: len(account.storage.held["out"]) == 1)


async def test_job_schedules_are_listed_with_their_jobs_and_steered(
    app: TestedApp, account: FakeAccount
) -> None:
    batch = account.batch
    batch.job_schedules["nightly"] = JobSchedule(
        "nightly", ScheduleState.ACTIVE, job_specification=JobSpecification(PoolInfo("cpu"))
    )
    await batch.create_job(JobSpec(id="nightly:job-1", pool_info=PoolInfo("cpu")))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("6")
        await top(app, SchedulesScreen)
        screen = app.screen
        assert isinstance(screen, SchedulesScreen)
        await until(lambda: [job.id for job in screen.scheduled.value] == ["nightly:job-1"])
        await chosen(pilot, app, "w")
        await agreed(pilot, app)
        await called(app, "disable_schedule nightly")
        await until(lambda: screen.schedules.value[0].state is ScheduleState.DISABLED)
        await pilot.press("n")
        await top(app, DocumentScreen)
        area = app.screen.query_one(TextArea)
        area.text = json.dumps(json.loads(area.text) | {"id": "weekly"})
        await pilot.press("ctrl+s")
        await until(lambda: "weekly" in batch.job_schedules)
        await until(lambda: len(screen.schedules.value) == 2)
        await pilot.press("d")
        assert "Not over yet: 1 job." in await agreed(pilot, app)
        await called(app, "delete_schedule nightly")
