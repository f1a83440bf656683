"""Tables as their users want them: filtered, sorted, marked, with chosen columns, taken along."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from batchtui.core.states import JobState, TaskState
from batchtui.core.view import View
from batchtui.core.window import PAGE
from batchtui.ui.choices import Choices
from batchtui.ui.panes.frame import fitting
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.panes.tasks import TasksPane
from batchtui.ui.screens.columns import ColumnsScreen
from batchtui.ui.widgets.filterline import FilterLine
from batchtui.ui.widgets.keybar import KeyBar
from tests.fakes import FakeAccount, task_spec
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm


@pytest.fixture
async def account() -> FakeAccount:
    return await render_farm(nodes=8, tasks=40)


async def looking_at_tasks(pilot: Pilot[Any], app: TestedApp) -> TasksPane:
    await settled(pilot, app)
    await pilot.press("2", "j", "5")
    await settled(pilot, app)
    return app.panes.query_one(TasksPane)


def ids(pane: TablePane[Any]) -> list[str]:
    return [pane.key(record) for record in pane.table.records]


async def test_what_to_type_fits_the_line_that_it_is_typed_in(app: TestedApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        for key, size, shown in (
            ("1", (120, 40), "a text, column:text, !not, /expression/"),
            ("z", (200, 40), "a text, column:text, !not, /expression/; columns: pool state"),
        ):
            await pilot.press(key, "slash")
            await pilot.resize_terminal(*size)
            await pilot.pause()
            line = app.screen.query_one(FilterLine)
            assert shown in text_of(line.input)
            assert text_of(line.input).strip() == line.input.placeholder, "it is whole"
            await pilot.press("escape")


async def test_a_filter_works_while_it_is_typed_and_says_what_is_wrong(app: TestedApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        tasks = await looking_at_tasks(pilot, app)
        everything = ids(tasks)
        await pilot.press("slash", *"07")
        await until(lambda: "Keep" in [key.verb for key in app.panes.query_one(KeyBar).keys])
        assert ids(tasks) == [one for one in everything if "07" in one]
        app.focused.value = "sate:failed"  # type: ignore[union-attr]  # the line has the focus
        await until(lambda: "no column sate" in text_of(tasks.query_one(".verdict")))
        app.focused.value = "why:texture !state:active"  # type: ignore[union-attr]  # as above
        await until(lambda: 0 < len(tasks.table.records) < 10)
        await until(lambda: not tasks.query_one(".verdict").display)
        failed = ids(tasks)
        await pilot.press("enter")
        assert app.focused is tasks.table
        assert "/ why:texture" in str(tasks.border_title)
        assert f"{len(failed)} of {len(everything)} pass" in str(tasks.border_subtitle)
        await settled(pilot, app)
        assert ids(tasks) == failed, "new readings are filtered too"
        await pilot.press("escape")
        assert ids(tasks) == everything
        await pilot.press("slash", *"nothing", "enter")
        await pilot.pause()
        assert "Nothing passes the filter" in text_of(tasks.table)


async def test_one_key_sorts_and_the_heading_shows_by_what(app: TestedApp) -> None:
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot, app)
        jobs = app.panes.query_one(JobsPane)
        before = ids(jobs)
        await pilot.press("2", "full_stop")
        assert ids(jobs) == sorted(before)
        assert "JOB▲" in text_of(jobs.table)
        assert jobs.table.highlighted.id == before[0] == "variants-chr1", "it is still looked at"  # type: ignore[union-attr]  # there are records
        await pilot.press("S")
        assert ids(jobs) == sorted(before, reverse=True)
        assert "JOB▼" in text_of(jobs.table)
        await pilot.press("comma")
        assert ids(jobs) == before
        heading = text_of(jobs.table).splitlines()[0]
        await pilot.click(jobs.table, offset=(heading.index("FAIL"), 0))
        await pilot.pause()
        assert ids(jobs)[0] == "frames-0412"
        assert "FAIL▼" in text_of(jobs.table)


async def test_a_table_is_sorted_by_what_is_on_screen_and_says_what_is_not(app: TestedApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await settled(pilot, app)
        jobs = app.panes.query_one(JobsPane)
        await pilot.press("2")
        await pilot.pause()
        seen = []
        for _ in range(len(jobs.table.fitting) + 1):
            await pilot.press("full_stop")
            seen.append(jobs.view.sort)
        assert "" in seen, "it went round"
        assert "pool" not in seen
        await pilot.press("C")
        await until(lambda: isinstance(app.screen, ColumnsScreen))
        names = app.screen.query_one(OptionList)
        rows = {str(names.get_option(one).prompt) for one in ("pool", "job")}
        assert rows == {"✓ pool · no room for it now", "✓ job"}


async def test_a_remembered_order_begins_at_its_first_record(
    account: FakeAccount, tmp_path: Path
) -> None:
    app = TestedApp(account)
    app.choices.file = tmp_path / "choices.toml"
    app.choices.file.write_text('[tables.jobs]\nsort = "ok"\ndescending = true\n')
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot, app)
        jobs = app.panes.query_one(JobsPane)
        assert "OK▼" in text_of(jobs.table)
        assert jobs.table.cursor == 0
        assert jobs.highlighted == jobs.table.records[0]
        assert "AGE" in text_of(jobs.table), "there is room for it beside the other panes"


async def test_marks_stay_on_their_records(app: TestedApp, account: FakeAccount) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        jobs = app.panes.query_one(JobsPane)
        await pilot.press("2", "space", "space")
        assert [job.id for job in jobs.chosen] == ["variants-chr1", "frames-0412"]
        assert "2 marked" in str(jobs.border_subtitle)
        assert text_of(jobs.table).count("◆") == 2
        await pilot.press("k")
        assert "◈frames-0412" in text_of(jobs.table)
        account.batch.world.jobs["variants-chr1"].state = JobState.COMPLETED
        await settled(pilot, app)
        assert {job.id for job in jobs.chosen} == {"variants-chr1", "frames-0412"}
        await pilot.press("slash", *"frames", "enter")
        assert [job.id for job in jobs.chosen] == ["frames-0412"], "what is hidden is left alone"
        await pilot.press("escape")
        del account.batch.world.jobs["variants-chr1"]
        await settled(pilot, app)
        assert "1 marked" in str(jobs.border_subtitle)
        await pilot.press("ctrl+a")
        assert len(jobs.chosen) == 3
        await pilot.press("ctrl+backslash")
        assert [job.id for job in jobs.chosen] == ["frames-0412"]


async def test_columns_are_chosen_and_everything_is_there_the_next_time(
    app: TestedApp, account: FakeAccount, tmp_path: Path
) -> None:
    file = tmp_path / "state" / "choices.toml"
    app.choices.file = file
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        jobs = app.panes.query_one(JobsPane)
        await pilot.press("2", "full_stop", "C")
        await until(lambda: isinstance(app.screen, ColumnsScreen))
        names = [column.name for column in jobs.arrangement.columns]
        assert names[2] == "bar"
        await pilot.press("j", "j", "space", "end", "space")
        await pilot.press("enter")
        await until(lambda: "PRIO" in text_of(jobs.table))
        assert "DONE" not in text_of(jobs.table)
        await until(lambda: file.exists() and "priority" in file.read_text())
    again = TestedApp(account)
    again.choices.file = file
    async with again.run_test(size=(120, 40)) as pilot:
        await settled(pilot, again)
        jobs = again.panes.query_one(JobsPane)
        assert "PRIO" in text_of(jobs.table)
        assert "JOB▲" in text_of(jobs.table)


async def test_a_table_is_taken_along(
    app: TestedApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        tasks = await looking_at_tasks(pilot, app)
        await pilot.press("slash", *"state:failed", "enter", "ctrl+s", "ctrl+t")
        await until(lambda: len(list(tmp_path.iterdir())) == 2)
        await until(lambda: len(app._notifications) >= 2)
        expected = ids(tasks)
    with next(tmp_path.glob("tasks-*.csv")).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["task"] for row in rows] == expected
    assert {row["state"] for row in rows} == {"failed"}
    assert len(json.loads(next(tmp_path.glob("tasks-*.json")).read_text())) == len(rows)


@pytest.mark.slow
async def test_a_filter_finds_an_id_among_any_number_and_says_how_many_it_looked_at(
    app: TestedApp, account: FakeAccount
) -> None:
    specs = [task_spec(f"a-{number:04d}") for number in range(PAGE)]
    async with app.run_test(size=(120, 40)) as pilot:
        tasks = await looking_at_tasks(pilot, app)
        await account.batch.add_tasks("frames-0412", specs, added=lambda _count: None)
        app.panes.action_refresh()
        await settled(pilot, app)
        assert len(ids(tasks)) == PAGE
        await pilot.press("slash", *"frame-0810")
        await settled(pilot, app)
        assert ids(tasks) == [f"frame-0810{number}" for number in range(10)]
        assert "10 of 1,010 looked at pass" in str(tasks.border_subtitle)
        await pilot.press("end", *"x", "enter")
        await settled(pilot, app)
        said = " ".join(text_of(tasks.table).split())
        assert "None of the 1,000 tasks looked at passes. Enter looks at 1,000 more." in said
        assert "the job's 1,040 tasks" in said
        await pilot.press("enter")
        await settled(pilot, app)
        assert "Nothing passes the filter." in text_of(tasks.table)
        await pilot.press("escape", "slash", *"pool:render-farm a-", "enter")
        assert len(ids(tasks)) == PAGE


async def test_letters_typed_into_a_filter_are_no_commands(app: TestedApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("slash", *"q1dn S")
        assert isinstance(app.focused, Input)
        assert app.focused.value == "q1dn S"
        assert app.screen is app.panes
        await pilot.press("escape")
        assert not app.panes.query(Input)
        await pilot.press("slash", *"/[gr]e", "enter")
        pools = app.panes.query_one(PoolsPane)
        assert ids(pools) == ["genome-spot", "render-farm"]
        title = pools._border_title
        assert title is not None
        assert title.plain == "1 Pools / /[gr]e", "brackets are no markup"


def test_of_a_border_that_is_too_short_what_matters_least_is_left_out() -> None:
    parts = ["1,000,000 tasks", "188 failed", "7,917 running", "first 1,000 shown"]
    everything = "1,000,000 tasks · 188 failed · 7,917 running · first 1,000 shown · 2 s"
    assert fitting(parts, "2 s", len(everything)) == everything
    assert fitting(parts, "2 s", 50) == "1,000,000 tasks · 188 failed · 7,917 running · 2 s"
    assert fitting(parts, "2 s", 3) == "1,000,000 tasks · 2 s"
    assert fitting([], "2 s", 3) == "2 s"


def test_a_spoilt_file_of_choices_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "choices.toml"
    choices = Choices(file)
    assert choices.load() == ""
    assert choices.save(choices.choose("jobs", View("age", True, ("job", "age")))) == ""
    again = Choices(file)
    assert again.load() == ""
    assert again.view("jobs") == View("age", True, ("job", "age"))
    assert again.view("pools") == View()
    for text in ("tables = 7", "[", "[tables.jobs]\nsort = 3"):
        file.write_text(text)
        assert "is not as batchtui wrote it" in Choices(file).load()
    assert "cannot be written" in Choices(file / "below").save("")


async def test_what_the_service_can_filter_goes_to_it() -> None:
    account = await render_farm(nodes=40, tasks=2_300)
    app = TestedApp(account)
    async with app.run_test(size=(120, 40)) as pilot:
        tasks = await looking_at_tasks(pilot, app)
        assert len(tasks.table.records) == 1_000, "there are more than the window holds"
        account.batch.world.jobs["frames-0412"].tasks["frame-10399"].state = TaskState.RUNNING
        await pilot.press("slash", *"state:runn")
        await until(lambda: "frame-10399" in ids(tasks))
        assert "of 2,300 pass" in str(tasks.border_subtitle)
        await pilot.press("escape")
        await until(lambda: len(tasks.table.records) == 1_000)


async def test_others_follow_a_cursor_only_to_where_it_rests(
    app: TestedApp, account: FakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TablePane, "REST", 0.6)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await until(lambda: app.panes.job is not None)
        account.calls.made.clear()
        await pilot.press("2", "j", "j", "j")
        await until(lambda: app.panes.job is not None and app.panes.job.id == "nightly-sweep")
        await until(lambda: "tasks nightly-sweep all" in account.calls.made)
        assert "tasks topn-7f3a all" not in account.calls.made
