"""Orders to containers, blobs and job schedules."""

import json
from pathlib import Path

import pytest
from textual.widgets import TextArea

from batchtui.core.models import PoolInfo
from batchtui.core.schedules import JobSchedule, JobSpecification, ScheduleState
from batchtui.core.specs import JobSpec
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.screens.blobs import BlobsScreen
from batchtui.ui.screens.copied import CopiedScreen
from batchtui.ui.screens.document import DocumentScreen
from batchtui.ui.screens.fetch import FetchScreen
from batchtui.ui.screens.new_schedule import NewScheduleScreen
from batchtui.ui.screens.sas import SasScreen
from batchtui.ui.screens.schedules import SchedulesScreen
from batchtui.ui.widgets.form import ChoiceField, TextField
from tests.fakes import FakeAccount, pool_spec
from tests.fakes.storage import SIGNATURE
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.stage import words
from tests.ui.steering import SIZE, agreed, called, chosen, steerable, top


@pytest.fixture
async def account() -> FakeAccount:
    return await steerable()


@pytest.mark.fault("2.7")
async def test_a_sas_is_copied_and_shown_or_saved_only_where_that_is_wanted(
    app: TestedApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("3")
        await chosen(pilot, app, "a")
        await top(app, SasScreen)
        app.screen.query_one("#lasting", TextField).input.value = "30m"
        await pilot.press("enter")
        await called(app, "container_url out rl")
        await until(lambda: SIGNATURE in app.clipboard)
        await top(app, CopiedScreen)
        await pilot.pause()
        area = app.screen.query_one(TextArea)
        assert "Anyone with this URL can read and list until " in words(app)
        assert "not every terminal takes it" in words(app)
        assert "sig=***" in area.text
        await pilot.press("f")
        await until(lambda: [*tmp_path.glob("copied-*.txt")])
        (place,) = tmp_path.glob("copied-*.txt")
        await until(lambda: app._notifications)
        assert SIGNATURE in place.read_text()
        assert place.stat().st_mode & 0o777 == 0o600
        await pilot.press("s")
        assert SIGNATURE in area.text
        assert area.text == app.clipboard
        await pilot.press("s")
        assert SIGNATURE not in area.text
        await pilot.press("escape", "V")
        await top(app, CopiedScreen)
        await pilot.pause()
        assert SIGNATURE not in app.screen.query_one(TextArea).text
        notes = [note.message for note in app._notifications]
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


async def test_without_a_job_schedule_there_are_no_jobs_to_wait_for(app: TestedApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("6")
        await top(app, SchedulesScreen)
        jobs = app.screen.query_one("#scheduled RecordTable")
        await until(lambda: "No job schedule is highlighted." in text_of(jobs))


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
        await chosen(pilot, app, "j")
        await top(app, DocumentScreen)
        area = app.screen.query_one(TextArea)
        area.text = json.dumps(json.loads(area.text) | {"id": "weekly"})
        await pilot.press("ctrl+s")
        await until(lambda: "weekly" in batch.job_schedules)
        await pilot.press("n")
        await top(app, NewScheduleScreen)
        app.screen.query_one("#schedule", TextField).input.value = "yearly"
        await pilot.press("enter")
        await until(lambda: "yearly" in batch.job_schedules)
        await until(lambda: len(screen.schedules.value) == 3)
        await pilot.press("d")
        assert "Still active: 1 job." in await agreed(pilot, app)
        await called(app, "delete_schedule nightly")


@pytest.mark.fault("2.25")
async def test_a_new_job_schedule_proposes_the_highlighted_pool_and_no_auto_pool(
    app: TestedApp, account: FakeAccount
) -> None:
    batch = account.batch
    auto = "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9"
    for name in (auto, "jpool", "zpool"):
        await batch.create_pool(pool_spec(name))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        app.panes.query_one(PoolsPane).table.seek("jpool")
        await settled(pilot, app)
        await pilot.press("6")
        await top(app, SchedulesScreen)
        await pilot.press("n")
        await top(app, NewScheduleScreen)
        field = app.screen.query_one("#pool", ChoiceField)
        assert field.choice == "jpool"
        offered = [value for _, value in field.select._options]
        assert "zpool" in offered
        assert auto not in offered


@pytest.mark.fault("2.25")
async def test_the_clone_of_a_schedule_of_which_there_is_one_gets_the_next_id(
    app: TestedApp, account: FakeAccount
) -> None:
    for name in ("nightly", "nightly-2"):
        account.batch.job_schedules[name] = JobSchedule(name)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot, app)
        await pilot.press("6")
        await top(app, SchedulesScreen)
        screen = app.screen
        assert isinstance(screen, SchedulesScreen)
        await until(lambda: len(screen.schedules.value) == 2)
        await chosen(pilot, app, "c")
        await top(app, DocumentScreen)
        assert json.loads(app.screen.query_one(TextArea).text)["id"] == "nightly-3"
