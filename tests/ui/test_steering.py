"""Orders to pools, jobs and tasks: asked about once, and carried out on all that is marked."""

import json
from datetime import timedelta
from functools import partial

import pytest
from msgspec.structs import replace
from textual.command import CommandList, CommandPalette
from textual.widgets import OptionList, Static, TextArea

from batchtui.core.autoscale import AutoScaleRun
from batchtui.core.models import NameValue, PoolInfo
from batchtui.core.specs import JobSpec, TaskConstraints
from batchtui.core.states import TaskState
from batchtui.core.things import Document, Thing
from batchtui.ui.panes.tasks import TasksPane
from batchtui.ui.screens.actions import ActionsScreen
from batchtui.ui.screens.autoscale import AutoscaleScreen
from batchtui.ui.screens.bulk import BulkScreen
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.document import DocumentScreen
from batchtui.ui.screens.job_limits import JobLimitsScreen
from batchtui.ui.screens.resize import ResizeScreen
from batchtui.ui.screens.start_task import StartTaskScreen
from batchtui.ui.screens.task_limits import TaskLimitsScreen
from batchtui.ui.widgets.form import ChoiceField, NumberField, TextField
from batchtui.ui.widgets.verdict import Verdict
from tests.fakes import FakeAccount, refused
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.steering import SIZE, agreed, called, chosen, shows, steerable, top


@pytest.fixture
async def account() -> FakeAccount:
    return await steerable()


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
        assert app.screen.query_one("#actions").border_title == "Pools · cpu"
        await pilot.press("escape")
        await until(lambda: app.screen is app.dashboard)
        await pilot.press("4")
        await settled(pilot, app)
        await pilot.press("ctrl+a", "x")
        await top(app, ActionsScreen)
        await pilot.pause()
        assert app.screen.query_one("#actions").border_title == "Nodes · 3 marked"
        menu = app.screen.query_one(OptionList)
        longest = max((str(o.prompt).rstrip() for o in menu.options), key=len)
        assert longest in text_of(menu), "nothing is cut"
        await pilot.press("escape", "2", "x", "x")
        await until(lambda: app.screen is app.dashboard, what="x opens the menu and closes it")


async def test_the_palette_has_the_key_beside_the_command(app: TestedApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("ctrl+p")
        await top(app, CommandPalette)
        found = app.screen.query_one(CommandList)
        await until(lambda: found.option_count > 20)
        assert "Filter   /" in text_of(found)
        await pilot.press(*"resi")
        await until(lambda: 0 < found.option_count < 9)
        first, second = str(found.options[0].prompt).split("\n")
        assert (first.split(), second) == (["Resize", "x", "r"], "Set how many nodes it has")


async def test_a_read_only_menu_leaves_out_what_is_refused_and_says_why(
    account: FakeAccount,
) -> None:
    app = TestedApp(account, read_only=True)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        assert str(app.panes.query_one("#pools").border_subtitle).startswith("read-only")
        await pilot.press("x")
        await top(app, ActionsScreen)
        menu = app.screen.query_one(OptionList)
        assert [str(option.prompt).split()[1] for option in menu.options] == ["Nodes"]
        left_out = app.screen.query_one("#left-out", Static)
        assert shows(left_out, "read-only: batchtui was started with --read-only")
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


async def test_a_formula_that_is_refused_stays_to_be_put_right(
    app: TestedApp, account: FakeAccount
) -> None:
    batch = account.batch
    turn_on = batch.enable_autoscale

    async def off(pool_id: str, formula: str) -> AutoScaleRun:
        raise refused(f"{pool_id} is off: {formula}", code="AutoScalingNotEnabled")

    async def picky(pool_id: str, formula: str, interval: timedelta | None) -> None:
        if "=" not in formula:
            raise refused("Could not turn it on: a syntax error: Line 1, Col 4: no such thing")
        await turn_on(pool_id, formula, interval)

    batch.evaluate_autoscale = off  # type: ignore[method-assign]  # the pool does not scale yet
    batch.enable_autoscale = picky  # type: ignore[method-assign]  # the fake takes anything
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await chosen(pilot, app, "a")
        await top(app, AutoscaleScreen)
        screen = app.screen
        area, verdict = screen.query_one(TextArea), screen.query_one("#verdict", Static)
        assert "$TargetDedicatedNodes" in area.text
        await pilot.press("ctrl+t")
        await until(partial(shows, verdict, "Azure evaluates formulas only for pools that scale"))
        area.text = "xx ;"
        await pilot.press("ctrl+s")
        await agreed(pilot, app)
        await until(partial(shows, verdict, "Line 1, Col 4"))
        assert app.screen is screen
        assert area.text == "xx ;"
        await pilot.press("ctrl+s")
        await top(app, ConfirmScreen)
        await pilot.press("escape")
        await top(app, AutoscaleScreen)
        area.text = "$TargetDedicatedNodes=4"
        await pilot.press("ctrl+s")
        await agreed(pilot, app)
        await called(app, "enable_autoscale cpu $TargetDedicatedNodes=4")
        await until(lambda: app.screen is app.dashboard)


@pytest.mark.slow
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
            await chosen(pilot, app, "e")
            await top(app, StartTaskScreen)
            app.screen.query_one("#command", TextField).input.value = ""
            await pilot.press("enter")
            assert "kept nowhere else" in await agreed(pilot, app)
            await called(app, f"remove_start_task {pool_id}")
            assert account.batch.world.pools[pool_id].spec.start_task is None
            await until(lambda: app.screen is app.dashboard)


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
        await pilot.press("escape")
        await top(app, ConfirmScreen)
        await pilot.press("enter")
        await top(app, DocumentScreen)
        area.text = json.dumps(document)
        await pilot.press("ctrl+s")
        await until(lambda: "cpu-2" in account.batch.world.pools)


async def test_a_job_is_cloned_with_its_tasks_and_ends_with_them(
    app: TestedApp, account: FakeAccount
) -> None:
    batch = account.batch
    whole = batch.document

    async def document(thing: Thing) -> Document:
        return {**await whole(thing), "onAllTasksComplete": "terminatejob"}

    batch.document = document  # type: ignore[method-assign]  # the fake's jobs do not end
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("2")
        await chosen(pilot, app, "c")
        await top(app, DocumentScreen)
        field = app.screen.query_one("#tasks", ChoiceField)
        assert field.choice is False
        field.select.value = True
        assert "onAllTasksComplete" not in app.screen.query_one(TextArea).text
        await pilot.press("ctrl+s")
        await top(app, BulkScreen)
        assert "Copy tasks to night-2: 4 tasks" in str(app.screen.query_one("#bulk").border_title)
        await until(lambda: "4 of 4 done" in str(app.screen.query_one("#counts", Static).render()))
        await called(app, "update job night-2 onAllTasksComplete")
    assert set(batch.world.jobs["night-2"].tasks) == set(batch.world.jobs["night"].tasks)


async def test_a_job_is_disabled_in_more_than_one_way_and_enabled(app: TestedApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("2")
        for letter, way in (("r", "requeue"), ("w", "wait")):
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
    account.batch.world.now += timedelta(hours=3)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "e")
        await top(app, JobLimitsScreen)
        assert app.screen.query_one("#priority", NumberField).number == 3
        await pilot.press("enter")
        verdict = app.screen.query_one("#verdict", Static)
        await until(lambda: shows(verdict, "Nothing is changed yet."))
        app.screen.query_one("#priority", NumberField).input.value = "50"
        app.screen.query_one("#time", TextField).input.value = "2h"
        await pilot.press("enter")
        await top(app, ConfirmScreen)
        await pilot.pause()
        said = " ".join(str(each.render()) for each in app.screen.query(Static))
        assert "Older than 2h, and ended at once with all that runs in it: night." in said
        await pilot.press(*"night", "enter")
        await called(app, "update job night priority constraints")
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
        assert "Changes: retries 0 → 4." in await agreed(pilot, app)
        await called(app, "limit_task night long")
        tasks = account.batch.world.jobs["night"].tasks
        assert tasks["long"].spec.constraints == TaskConstraints(max_task_retry_count=4)
        await until(lambda: app.screen is app.dashboard)
        await pilot.press("t")
        assert "Running now, and stopped: 1 task." in await agreed(pilot, app)
        await called(app, "terminate_task night long")


async def test_of_several_jobs_only_what_was_edited_is_changed(
    app: TestedApp, account: FakeAccount
) -> None:
    await account.batch.create_job(JobSpec(id="day", pool_info=PoolInfo("cpu"), priority=9))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "ctrl+a", "e")
        await top(app, JobLimitsScreen)
        app.screen.query_one("#priority", NumberField).input.value = "1"
        await pilot.press("enter")
        said = await agreed(pilot, app)
        assert "Changes: priority 3 to 9 → 1." in said
        await called(app, "update job day priority")
        await called(app, "update job night priority")
        assert {job.spec.priority for job in account.batch.world.jobs.values()} == {1}


@pytest.mark.fault("2.26")
async def test_bad_json_is_told_by_line_and_column_where_the_cursor_goes(
    app: TestedApp, account: FakeAccount
) -> None:
    pool = account.batch.world.pools["cpu"]
    pool.spec = replace(pool.spec, metadata=(NameValue("label", "exe\u202etxt"),))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("1")
        await chosen(pilot, app, "c")
        await top(app, DocumentScreen)
        area = app.screen.query_one(TextArea)
        assert "\u202e" not in area.text
        assert "exe\\u202etxt" in area.text
        area.text = '{\n  "id": "p",\n  "vmSize": ]\n}'
        await pilot.press("ctrl+s")
        verdict = app.screen.query_one(Verdict)
        await until(partial(shows, verdict, "line 3, column 13"))
        assert area.cursor_location == (2, 12)
