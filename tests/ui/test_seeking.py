"""Searching all of a file of which only a part is on the screen."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from batchtui.core import shelves
from batchtui.core.controller import Controller
from batchtui.core.feeds import Feeds
from batchtui.core.seeking import Seeker
from batchtui.core.things import Kind, Thing
from batchtui.core.traffic import Traffic
from batchtui.ui.panes.stream import StreamPane
from batchtui.ui.screens.files import FilesScreen
from batchtui.ui.screens.output import OutputScreen
from tests.fakes import FakeAccount, Outcome, refused
from tests.ui.stage import Stage, until
from tests.ui.test_output import opened, shown

FILLER = b"".join(b"line %05d of the log\n" % number for number in range(20_000))
LOG = FILLER + "one Nädel\n".encode() + FILLER + b"two NEEDLE\n" + FILLER


@pytest.fixture(autouse=True)
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Seeker, "RANGE", 100_000)


def pane(pilot: Pilot[Any], name: str = "text") -> StreamPane:
    return pilot.app.screen.query_one(f"#{name}", StreamPane)


def said(pilot: Pilot[Any], name: str = "text") -> str:
    return str(pane(pilot, name).border_subtitle)


def current(pilot: Pilot[Any], name: str = "text") -> str:
    """The line of the place that one is at."""
    view = pane(pilot, name).view
    return "" if view._current is None else view._rows[view._current[0]]


async def reading(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: pilot.app.screen.query("#text"))
    await until(pilot, lambda: "line 19999" in shown(pane(pilot).view))
    await pilot.press("2")


def staged(account: FakeAccount) -> Stage[None]:
    shelf = shelves.of_thing(account.gateway, Thing(Kind.BLOB, "big.log", "box"))
    assert shelf
    feeds = Feeds(account.gateway, Traffic(), every=0.01)
    return Stage(FilesScreen(Controller(account.gateway, feeds), shelf, begin="big.log"))


@pytest.fixture
def account() -> FakeAccount:
    account = FakeAccount()
    account.storage.put("box", {"big.log": LOG})
    return account


async def test_a_search_goes_on_through_all_of_the_file(account: FakeAccount) -> None:
    stage = staged(account)
    async with stage.run_test(size=(140, 24)) as pilot:
        await reading(pilot)
        await pilot.press("slash", *"needle")
        assert "no 'needle' in this part · enter looks through all of the file" in said(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: current(pilot) == "two NEEDLE")
        assert "1 of 1 place in this part, on from the file's start" in said(pilot)
        assert "two NEEDLE" in shown(pane(pilot).view)
        await pilot.press("N")
        await until(pilot, lambda: "on from the file's end" in said(pilot))
        assert current(pilot) == "two NEEDLE"
        pane(pilot).view.sought = "nÄdel"
        await pilot.press("N")
        await until(pilot, lambda: "nowhere in the whole file" in said(pilot))
        pane(pilot).view.sought = "nädel"
        await pilot.press("N")
        await until(pilot, lambda: current(pilot) == "one Nädel")
        assert "on from" not in said(pilot)
        await pilot.press("n")
        await until(pilot, lambda: "on from the file's start" in said(pilot))
    reads = [call for call in account.calls.made if call.startswith("read_blob box big.log")]
    assert max(int(call.split()[-1]) for call in reads) <= 262_144


async def test_a_search_says_how_far_it_is_and_ends_on_escape(account: FakeAccount) -> None:
    stage = staged(account)
    async with stage.run_test(size=(140, 24)) as pilot:
        await reading(pilot)
        hold = account.calls.hold("read_blob")
        await pilot.press("slash", *"needle", "enter")
        await until(pilot, hold.reached.is_set)
        await until(pilot, lambda: "searching 0 B of 1.3 MB, escape stops" in said(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "no 'needle' in this part" in said(pilot))
        assert isinstance(stage.screen, FilesScreen)
        hold.release()
        account.calls.fail("read_blob", refused("Could not read big.log: it is leased"))
        await pilot.press("n")
        await until(pilot, lambda: list(stage._notifications))
        assert [note.message for note in stage._notifications] == [
            "Could not read big.log: it is leased"
        ]
        assert "searching" not in said(pilot)


async def test_the_output_of_a_task_is_searched_and_turned_through(tmp_path: Path) -> None:
    _, stage = await opened(Outcome(0, stdout=LOG))
    async with stage.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: isinstance(stage.screen, OutputScreen))
        await until(pilot, lambda: "line 19999" in shown(pane(pilot, "stdout").view))
        await pilot.press("slash", *"needle", "enter")
        await until(pilot, lambda: current(pilot, "stdout") == "two NEEDLE")
        await pilot.press("less_than_sign")
        await until(pilot, lambda: "line 00000" in shown(pane(pilot, "stdout").view))
        await pilot.press("G")
        await until(pilot, lambda: "line 19999" in shown(pane(pilot, "stdout").view))
