"""Two records beside each other, and their names taken elsewhere."""

import json
from typing import Any

import pytest
from textual.pilot import Pilot

from batchtui.core.differences import Member, compared
from batchtui.core.states import NodeState, TaskState
from batchtui.ui.panes.files import FilesPane
from batchtui.ui.screens.compare import CompareScreen
from batchtui.ui.screens.files import FilesScreen
from batchtui.ui.screens.outputs import OutputsScreen
from batchtui.ui.widgets.differencerows import difference_rows, difference_text
from tests.core.test_differences import BAD, GOOD
from tests.core.test_page import NOW
from tests.fakes import FakeAccount
from tests.ui.conftest import TestedApp, settled, text_of, until
from tests.ui.scene import render_farm

SECRET = "SIGNATURE"


@pytest.fixture
async def account() -> FakeAccount:
    return await render_farm(nodes=12, tasks=60)


def said(app: TestedApp) -> str:
    """What the last notification says."""
    return [notification.message for notification in app._notifications][-1]


async def compared_tasks(pilot: Pilot[Any], app: TestedApp) -> str:
    """Compare a task that failed with one that succeeded; what the screen shows."""
    await settled(pilot, app)
    await pilot.press("2", "j")
    await settled(pilot, app)
    await pilot.press("5", "slash", *"state:failed", "enter", "space", "escape")
    tasks = app.panes.query_one("#tasks")
    marked = next(iter(tasks.table.marked))  # type: ignore[attr-defined]  # a pane with a table
    good = next(
        task.spec.id
        for task in app.account.batch.world.jobs["frames-0412"].tasks.values()
        if task.state is TaskState.COMPLETED and not task.outcome.failed
    )
    tasks.table.seek(good)  # type: ignore[attr-defined]  # as above
    await pilot.press("m")
    await until(lambda: isinstance(app.screen, CompareScreen))
    await until(lambda: "≠" in text_of(app.screen.query_one("RowsView")))
    assert isinstance(app.screen, CompareScreen)
    assert [thing.id for thing in app.screen.things] == [marked, good]
    return text_of(app.screen.query_one("RowsView"))


@pytest.mark.slow
async def test_why_this_task_failed_and_that_one_did_not(app: TestedApp) -> None:
    world = app.account.batch.world
    for task in world.jobs["frames-0412"].tasks.values():
        url = f"https://h/c?sp=r&sig={SECRET}"
        task.spec = type(task.spec)(id=task.spec.id, command_line=f"fetch '{url}' {task.spec.id}")
    async with app.run_test(size=(120, 40)) as pilot:
        shown = await compared_tasks(pilot, app)
        exits = next(line for line in shown.splitlines() if "exit code" in line)
        assert exits.split()[-2:] == ["139", "0"]
        assert shown.index("exit code") < shown.index("command line")
        assert "The same" in shown
        assert "user identity" not in shown or "v shows them too" in shown
        await pilot.press("v")
        await until(lambda: str(app.screen.query_one("#differences").border_title) == "Everything")
        await pilot.press("c")
        assert "≠ execution info · exit code" in app.clipboard
        await pilot.press("v", "C")
        told = json.loads(app.clipboard)
        assert {"path": "executionInfo.exitCode", "a": 139, "b": 0} in told["members"]
        assert SECRET not in app.clipboard + shown
        await pilot.press("O")
        await until(lambda: isinstance(app.screen, OutputsScreen))
        await pilot.press("escape", "escape")
        await until(lambda: app.screen is app.dashboard)


async def test_what_cannot_be_compared_is_a_sentence(app: TestedApp, account: FakeAccount) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, app)
        await pilot.press("m")
        await until(lambda: "Mark two pools with space" in said(app))
        await pilot.press("ctrl+a", "m")
        await until(lambda: "Of 3 marked pools two can be compared" in said(app))
        await pilot.press("ctrl+backslash", "c")
        await until(lambda: app.clipboard == "genome-spot")
        await pilot.press("space", "space", "c")
        await until(lambda: app.clipboard == "genome-spot\nrender-farm")
        sent = "Sent to the terminal's clipboard: genome-spot and render-farm. V shows it."
        assert said(app) == sent
        await pilot.press("m")
        await until(lambda: isinstance(app.screen, CompareScreen))
        await until(lambda: "≠" in text_of(app.screen.query_one("RowsView")))
        account.batch.world.pools.pop("render-farm")
        await pilot.press("r")
        await until(lambda: "render-farm" in text_of(app.screen.query_one(".trouble")))
        await pilot.press("backspace", "3", "b")
        await until(lambda: isinstance(app.screen, FilesScreen))
        await until(lambda: app.screen.query_one(FilesPane).table.records)
        await pilot.press("m")
        await until(lambda: "nothing more to know of files" in said(app))


async def test_nodes_on_the_map_and_containers_are_compared_too(
    app: TestedApp, account: FakeAccount
) -> None:
    nodes = account.batch.world.pools["render-farm"].nodes
    nodes[1].state = NodeState.UNUSABLE
    first, second = (node.id for node in nodes[:2])
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("j")
        await settled(pilot, app)
        await pilot.press("4", "c", "m")
        await until(lambda: app.clipboard == first)
        await until(lambda: "Mark two nodes with space" in said(app))
        await pilot.press("space", "l", "m")
        await until(lambda: isinstance(app.screen, CompareScreen))
        assert [thing.id for thing in app.screen.things] == [first, second]  # type: ignore[attr-defined]  # as above
        await until(lambda: "≠" in text_of(app.screen.query_one("RowsView")))
        await pilot.press("escape", "3", "space", "space", "m")
        await until(lambda: isinstance(app.screen, CompareScreen))
        await until(lambda: "Nothing differs" in text_of(app.screen.query_one("RowsView")))


@pytest.mark.parametrize("width", [48, 78, 160])
def test_values_stand_beside_or_under_each_other(width: int) -> None:
    rows = difference_rows(compared(GOOD, BAD), ("t-1", "t-2"), NOW, width, whole=True)
    texts = ["".join(text for text, _ in row) for row in rows]
    assert max(map(len, texts)) <= width
    if width == 160:
        row = next(text for text in texts if "exit code" in text)
        assert row.split() == ["≠", "execution", "info", "·", "exit", "code", "0", "7"]
        assert texts[0].index("t-2") == row.rindex("7") + len("B  ")
    else:
        place = next(index for index, text in enumerate(texts) if text.startswith("≠"))
        assert texts[place + 1].split() == ["A", "0", "B", "7"]
        place = next(index for index, text in enumerate(texts) if "end time" in text)
        apart = [text.split()[0] for text in texts[place + 1 : place + 3]]
        assert (apart == ["A", "B"]) is (width == 48), "what is too long has a row of its own"


def test_what_stands_out_is_what_differs() -> None:
    members = compared(
        {"commandLine": "do --frame 17 --all"}, {"commandLine": "do --frame 4 --all"}
    )
    rows = difference_rows(members, ("a", "b"), NOW, 120, whole=False)
    assert [text for text, tone in rows[-1] if tone == "strong"] == ["17", "4"]


def test_nothing_differs_is_said_too() -> None:
    rows = difference_rows(compared(GOOD, GOOD), ("a", "b"), NOW, 80, whole=False)
    assert any("Nothing differs" in text for row in rows for text, _ in row)
    assert "not set" in difference_text(compared(GOOD, BAD), ("a", "b"), NOW, whole=False)


@pytest.mark.fault("2.27")
@pytest.mark.parametrize(
    ("left", "right", "told"),
    [
        ("PT0.04S", "PT0.02S", ("0.04 s", "0.02 s")),
        ("PT11M", "PT11M2S", ("660 s", "662 s")),
        ("PT0.5S", "PT0.5001S", ("0.5 s", "0.5001 s")),
        ("PT1S", "PT2S", ("1.0 s", "2.0 s")),
    ],
)
@pytest.mark.parametrize("width", [80, 120])
def test_what_differs_is_shown_as_it_differs(
    left: str, right: str, told: tuple[str, str], width: int
) -> None:
    members = [Member(("executionInfo", "elapsed"), left, right)]
    text = shown_rows(members, width)
    assert all(value in text for value in told)
    plain = difference_text(members, ("one", "other"), NOW, whole=False)
    assert f"A  {told[0]}" in plain
    assert f"B  {told[1]}" in plain


@pytest.mark.fault("2.27")
def test_so_is_what_cannot_be_seen_or_is_shorter_than_a_second() -> None:
    begun = Member(("creationTime",), "2026-01-01T12:00:00.1Z", "2026-01-01T12:00:00.2Z")
    text = shown_rows([begun], 120)
    assert "00.1Z" in text
    assert "00.2Z" in text
    ending = Member(("commandLine",), "a\n", "a")
    plain = difference_text([ending], ("one", "other"), NOW, whole=False)
    assert "A  a\\n" in plain


def shown_rows(members: list[Member], width: int) -> str:
    rows = difference_rows(members, ("one", "other"), NOW, width, whole=False)
    return "\n".join("".join(text for text, _ in row) for row in rows)
