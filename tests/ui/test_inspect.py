"""Any thing as a page and as JSON, and from each to the next and back."""

import json

import pytest

from batchtui.core.page import Line, Section
from batchtui.ui.screens.inspect import InspectScreen
from batchtui.ui.screens.output import OutputScreen
from batchtui.ui.widgets.pagerows import page_rows
from tests.fakes import FakeAccount
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm

SECRET = "SIGNATURE"


@pytest.fixture
async def account() -> FakeAccount:
    return await render_farm(nodes=12, tasks=60)


def inspected(app: TestedApp) -> str:
    """The thing on the screen."""
    return str(app.screen.thing) if isinstance(app.screen, InspectScreen) else ""


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
