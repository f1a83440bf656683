"""Any thing as a page and as JSON, and from each to the next and back."""

import json

import pytest

from batchtui.core.page import Line, Section
from batchtui.core.schedules import JobSchedule
from batchtui.ui.panes.blobs import BlobsPane
from batchtui.ui.panes.failed import FailedPane
from batchtui.ui.panes.files import FilesPane
from batchtui.ui.panes.schedules import SchedulesPane
from batchtui.ui.screens.blobs import BlobsScreen
from batchtui.ui.screens.files import FilesScreen
from batchtui.ui.screens.inspect import InspectScreen
from batchtui.ui.screens.node import NodeScreen
from batchtui.ui.screens.nodes import NodesScreen
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.screens.triage import TriageScreen
from batchtui.ui.widgets.pagerows import page_rows
from tests.fakes import FakeAccount
from tests.fakes.storage import SIGNATURE
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm

SECRET = "SIGNATURE"


@pytest.fixture
async def account() -> FakeAccount:
    return await render_farm(nodes=12, tasks=60)


def inspected(app: TestedApp) -> str:
    """The thing on the screen."""
    return str(app.screen.thing) if isinstance(app.screen, InspectScreen) else ""


@pytest.mark.slow
async def test_from_a_task_to_its_node_its_pool_and_all_the_way_back(
    app: TestedApp, account: FakeAccount
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "j")
        await settled(pilot, app)
        await pilot.press("5", "j", "i")
        await until(lambda: inspected(app).startswith("task frame-"))
        task = inspected(app)
        await until(lambda: "work" in text_of(app.screen.query_one("RowsView")))
        await pilot.press("N")
        await until(lambda: inspected(app).startswith("node tvm"))
        await pilot.press("P")
        await until(lambda: inspected(app) == "pool render-farm")
        await pilot.press("backspace", "backspace")
        assert inspected(app) == task
        await pilot.press("J")
        await until(lambda: inspected(app) == "job frames-0412")
        await pilot.press("backspace", "o")
        await until(lambda: isinstance(app.screen, OutputScreen))
        await pilot.press("escape")
        await until(lambda: inspected(app) == task)
        await pilot.press("tab", "enter")
        await until(lambda: inspected(app).startswith("node"))
        await pilot.press("backspace", "backspace")
        await until(lambda: app.screen is app.dashboard)


async def test_page_and_json_are_copied_without_secrets(
    app: TestedApp, account: FakeAccount
) -> None:
    command = f"fetch 'https://h/c?sp=r&sig={SECRET}'"
    for task in account.batch.world.jobs["frames-0412"].tasks.values():
        task.spec = type(task.spec)(id=task.spec.id, command_line=command)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "j")
        await settled(pilot, app)
        await pilot.press("5", "i")
        await until(lambda: inspected(app))
        await until(lambda: "Timeline" in text_of(app.screen.query_one("RowsView")))
        await pilot.press("c")
        assert "command line" in app.clipboard
        assert "sig=***" in app.clipboard
        await pilot.press("2")
        await until(lambda: '"id"' in text_of(app.screen.query_one("RowsView")))
        await pilot.press("c")
        document = json.loads(app.clipboard)
        assert document["commandLine"] == "fetch 'https://h/c?sp=r&sig=***'"
        assert SECRET not in app.clipboard


async def test_a_thing_that_is_gone_says_so(app: TestedApp, account: FakeAccount) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("j")
        await settled(pilot, app)
        await pilot.press("4", "i")
        await until(lambda: inspected(app).startswith("node"))
        await pilot.press("backspace")
        await until(lambda: app.screen is app.dashboard)
        await pilot.press("1")
        account.batch.world.pools.clear()
        await pilot.press("i")
        await until(lambda: isinstance(app.screen, InspectScreen))
        await until(
            lambda: "Could not find pool" in text_of(app.screen.query_one("#page .trouble"))
        )


def test_long_values_wrap_beside_their_labels() -> None:
    rows = page_rows((Section("About", (Line("command line", "x" * 50),)),), 40)
    texts = ["".join(text for text, _ in row) for row in rows]
    assert texts[0] == "About"
    assert texts[1].startswith("  command line  xxx")
    assert texts[2].startswith("                xxx")
    assert max(map(len, texts)) <= 40


def test_labels_are_whole_where_there_is_room() -> None:
    label = "allocation state transition time"
    for width, whole in ((80, True), (200, True), (40, False)):
        rows = page_rows((Section("About", (Line(label, "12:00"),)),), width)
        assert any(label in text for row in rows for text, _ in row) is whole


async def test_a_container_and_its_blobs_are_inspected_and_read(
    app: TestedApp, account: FakeAccount
) -> None:
    account.storage.put("aaa", {"logs/one.txt": b"first\n", "two.txt": b"second words\n"})
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("3", "i")
        await until(lambda: inspected(app) == "container aaa")
        await until(lambda: "public access" in text_of(app.screen.query_one("RowsView")))
        await pilot.press("c")
        assert "owner" in app.clipboard
        assert "sig=***" in app.clipboard
        assert SIGNATURE not in app.clipboard
        await pilot.press("backspace", "enter")
        await until(lambda: isinstance(app.screen, BlobsScreen))
        pane = app.screen.query_one(BlobsPane)
        await until(lambda: pane.highlighted is not None)
        await pilot.press("j", "i")
        await until(lambda: inspected(app) == "blob two.txt of container aaa")
        await until(lambda: "13 B" in text_of(app.screen.query_one("RowsView")))
        await pilot.press("b")
        await until(lambda: isinstance(app.screen, FilesScreen))
        await until(lambda: "second words" in text_of(app.screen.query_one("#text TextView")))
        await pilot.press("i")
        await until(lambda: inspected(app) == "blob two.txt of container aaa")
        await pilot.press("tab", "enter")
        await until(lambda: inspected(app) == "container aaa")
        await pilot.press("backspace", "backspace", "backspace", "backspace")
        await until(lambda: isinstance(app.screen, BlobsScreen))
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, FilesScreen))
        await until(lambda: "second words" in text_of(app.screen.query_one("#text TextView")))


@pytest.mark.slow
async def test_files_and_all_that_is_known_are_near_every_task_and_node(
    app: TestedApp, account: FakeAccount
) -> None:
    def files_of(thing: str) -> bool:
        return isinstance(app.screen, FilesScreen) and app.screen.shelf.title.startswith(thing)

    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("2", "j")
        await settled(pilot, app)
        await pilot.press("f")
        await until(lambda: isinstance(app.screen, TriageScreen))
        await until(lambda: app.screen.query_one(FailedPane).highlighted is not None)
        await until(lambda: isinstance(app.screen, TriageScreen) and app.screen.thing)
        await pilot.press("b")
        await until(lambda: files_of("task frame-"))
        await pilot.press("i", "b")
        await until(lambda: files_of("task frame-"))
        await pilot.press("backspace", "backspace", "backspace", "o")
        await until(lambda: isinstance(app.screen, OutputScreen))
        await pilot.press("i")
        await until(lambda: inspected(app).startswith("task frame-"))
        await pilot.press("backspace", "b")
        await until(lambda: files_of("task frame-"))
        pane = app.screen.query_one(FilesPane)
        await until(lambda: pane.highlighted is not None and pane.highlighted.path == "stderr.txt")
        await pilot.press("backspace", "backspace", "backspace", "1", "j")
        await settled(pilot, app)
        await pilot.press("4", "enter")
        await until(lambda: isinstance(app.screen, NodeScreen))
        await pilot.press("b")
        await until(lambda: files_of("node tvm"))
        await pilot.press("backspace", "backspace", "L")
        await until(lambda: isinstance(app.screen, NodesScreen))
        await pilot.press("i")
        await until(lambda: inspected(app).startswith("node tvm"))


async def test_without_job_schedules_nothing_is_looked_for(
    app: TestedApp, account: FakeAccount
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app)
        await pilot.press("6")
        await until(lambda: app.screen.query("ScheduledJobsPane"))
        table = app.screen.query_one("ScheduledJobsPane RecordTable")
        await until(lambda: "No job schedule is highlighted" in text_of(table))


async def test_a_job_schedule_and_its_jobs_are_inspected(
    app: TestedApp, account: FakeAccount
) -> None:
    account.batch.job_schedules["nightly"] = JobSchedule("nightly")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app)
        await pilot.press("6")
        await until(lambda: app.screen.query("SchedulesPane"))
        pane = app.screen.query_one(SchedulesPane)
        await until(lambda: pane.highlighted is not None)
        await pilot.press("i")
        await until(lambda: inspected(app) == "job schedule nightly")
        await until(lambda: "About" in text_of(app.screen.query_one("RowsView")))
