"""The blobs of a container, and what one can do with them."""

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot

from batchtui.core.controller import Controller
from batchtui.core.feeds import Feeds
from batchtui.core.traffic import Traffic
from batchtui.ui.panes.blobs import BlobsPane
from batchtui.ui.screens.blobs import BlobsScreen
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.upload import UploadScreen
from tests.fakes import FakeAccount, refused
from tests.ui.stage import Stage, until, words


class Shelf(Stage[None]):
    """The screen over an account, with its feeds running as the app has them run."""

    def __init__(self, account: FakeAccount, *, read_only: bool = False) -> None:
        self.account = account
        self.feeds = Feeds(account.gateway, Traffic(), every=0.01)
        controller = Controller(account.gateway, self.feeds, read_only=read_only)
        super().__init__(BlobsScreen(controller, "out"))

    def on_mount(self) -> None:
        # Textual calls the handler of the class above by itself.
        self.run_worker(self.feeds.blobs.run())


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeAccount:
    account = FakeAccount()
    account.storage.put("out", {"a.txt": b"a" * 1500, "b/c.txt": b"c"})
    monkeypatch.chdir(tmp_path)
    return account


async def loaded(pilot: Pilot[None]) -> BlobsPane:
    await until(pilot, lambda: pilot.app.screen.query(BlobsPane))
    pane = pilot.app.screen.query_one(BlobsPane)
    await until(pilot, lambda: pane.blobs.known)
    return pane


async def test_blobs_with_their_sizes(account: FakeAccount) -> None:
    app = Shelf(account)
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await loaded(pilot)
        assert pane.border_title == "Blobs · out"
        assert "2 blobs, 1.5 KB" in str(pane.border_subtitle)
        lines = [pane.table.render_line(y).text for y in range(4)]
        assert lines[1].lstrip("▌ ").split()[:3] == ["a.txt", "1.5", "KB"]
        account.storage.put("out", {"d.txt": b""})
        await until(pilot, lambda: len(pane.table.records) == 3)
        await pilot.press("escape")
        await until(pilot, app.ended.is_set)
        await until(pilot, lambda: not app.feeds.blobs.looked_at)


async def test_more_are_fetched_as_one_scrolls(account: FakeAccount) -> None:
    account.storage.put("out", {f"x-{i:05}": b"" for i in range(2_500)})
    app = Shelf(account)
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await loaded(pilot)
        assert len(pane.table.records) == 1_000
        assert "the first 1,000 blobs" in str(pane.border_subtitle)
        await pilot.press("G")
        await until(pilot, lambda: len(pane.table.records) == 2_000)
        assert pane.table.cursor == 999


async def test_a_blob_is_saved_in_the_current_folder(account: FakeAccount, tmp_path: Path) -> None:
    app = Shelf(account)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("j", "D")
        await until(pilot, lambda: (tmp_path / "c.txt").exists())
        assert (tmp_path / "c.txt").read_bytes() == b"c"
        await until(pilot, lambda: isinstance(app.screen, BlobsScreen))

        (tmp_path / "c.txt").write_text("mine")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("escape")
        assert (tmp_path / "c.txt").read_text() == "mine"
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: (tmp_path / "c.txt").read_text() == "c")


async def test_a_blob_is_deleted_only_after_yes(account: FakeAccount) -> None:
    app = Shelf(account)
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await loaded(pilot)
        await pilot.press("d")
        await until(pilot, lambda: "Delete blob a.txt?" in words(app))
        await pilot.press("escape")
        assert "a.txt" in account.storage.held["out"]
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: len(pane.table.records) == 1)
        assert set(account.storage.held["out"]) == {"b/c.txt"}


async def test_a_refused_deletion_is_said(account: FakeAccount) -> None:
    account.calls.fail("delete_blob", refused("Could not delete a.txt: it is leased"))
    app = Shelf(account)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await loaded(pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: list(app._notifications))
        (note,) = app._notifications
        assert (note.severity, note.message) == ("error", "Could not delete a.txt: it is leased")


async def test_uploading_goes_to_this_container(account: FakeAccount) -> None:
    app = Shelf(account)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, UploadScreen))


async def test_a_read_only_account_offers_no_change(account: FakeAccount) -> None:
    app = Shelf(account, read_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("d", "u")
        await asyncio.sleep(0)
        assert isinstance(app.screen, BlobsScreen)


async def test_a_container_that_went_away_is_said_to_have(account: FakeAccount) -> None:
    app = Shelf(account)
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await loaded(pilot)
        del account.storage.held["out"]
        await until(pilot, lambda: pane.has_class("-stale"))
        await until(pilot, lambda: "container out" in words(app))
        assert len(pane.table.records) == 2
