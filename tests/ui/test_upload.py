"""Uploading from the dashboard: what is picked arrives, and what goes wrong is said."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from batchtui.core.controller import Controller
from batchtui.core.feeds import Feeds
from batchtui.core.traffic import Traffic
from batchtui.core.transfer import Piece, Progress
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.transfer import STOPPED, TransferScreen
from batchtui.ui.screens.upload import UploadScreen
from batchtui.ui.transfer_run import TransferRun
from batchtui.ui.widgets.form import ChoiceField
from batchtui.ui.widgets.form_paths import PathField
from batchtui.ui.widgets.form_tree import PickTree
from batchtui.ui.widgets.transfer import Pulse, TransferBar, said
from tests.fakes import FakeAccount, refused
from tests.fakes.calls import Hold
from tests.ui.stage import Stage, until, words


@pytest.fixture
def account() -> FakeAccount:
    account = FakeAccount()
    account.storage.put("input")
    account.storage.put("other")
    return account


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user is: three files, one in a folder."""
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("a" * 1500)
    (tmp_path / "texts" / "b.txt").write_text("b")
    (tmp_path / "run.py").write_text("print()")
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def staged(account: FakeAccount) -> Stage[None]:
    feeds = Feeds(account.gateway, Traffic())
    await feeds.containers.poll()
    return Stage(UploadScreen(Controller(account.gateway, feeds), "input"))


async def test_a_folder_by_its_path_keeps_its_tree(account: FakeAccount, folder: Path) -> None:
    stage = await staged(account)
    async with stage.run_test(size=(80, 24)) as pilot:
        stage.screen.query_one(PathField).input.value = "texts"
        await pilot.press("enter")
        await until(pilot, lambda: "texts  2 files, 1.5 KB" in words(stage))
        await pilot.press("enter")
        await until(pilot, stage.ended.is_set)
    assert set(account.storage.held["input"]) == {"texts/a.txt", "texts/b.txt"}
    assert account.storage.held["input"]["texts/b.txt"] == b"b"


async def test_files_are_picked_from_the_tree_and_unpicked(
    account: FakeAccount, folder: Path
) -> None:
    stage = await staged(account)
    async with stage.run_test(size=(80, 24)) as pilot:
        tree = stage.screen.query_one(PickTree)
        await until(pilot, lambda: len(tree.root.children) == 2)
        await pilot.press("tab", "down", "down")
        await pilot.press("space")
        await until(pilot, lambda: "run.py  1 file, 7 B" in words(stage))
        assert tree.picked == {folder / "run.py"}
        await pilot.press("space")
        await until(pilot, lambda: "Nothing yet" in words(stage))
        await pilot.press("space")
        await until(pilot, lambda: tree.picked)
        choice = stage.screen.query_one(ChoiceField)
        choice.select.value = "other"
        await pilot.press("ctrl+s")
        await until(pilot, stage.ended.is_set)
    assert set(account.storage.held["other"]) == {"run.py"}


async def test_what_is_not_there_is_said_and_nothing_is_sent(
    account: FakeAccount, folder: Path
) -> None:
    stage = await staged(account)
    async with stage.run_test(size=(120, 24)) as pilot:
        await pilot.press("enter")
        assert "Pick something first." in words(stage)
        stage.screen.query_one(PathField).input.value = "nowhere"
        await pilot.press("enter")
        await until(pilot, lambda: "No file or folder" in words(stage))
        await pilot.press("escape")
        await until(pilot, stage.ended.is_set)
    assert account.calls.count("upload") == 0


async def test_an_error_stays_on_screen_and_can_be_tried_again(
    account: FakeAccount, folder: Path
) -> None:
    account.calls.fail("upload", refused("Could not upload run.py: the account is full"))
    stage = await staged(account)
    async with stage.run_test(size=(80, 24)) as pilot:
        stage.screen.query_one(PathField).input.value = "run.py"
        await pilot.press("enter")
        await until(pilot, lambda: "run.py  1 file" in words(stage))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "the account is full" in words(stage))
        await pilot.press("r")
        await until(pilot, stage.ended.is_set)
    assert set(account.storage.held["input"]) == {"run.py"}


async def test_a_transfer_that_is_stopped_leads_back_to_the_picks(
    account: FakeAccount, folder: Path
) -> None:
    stage = await staged(account)
    async with stage.run_test(size=(80, 24)) as pilot:
        await held(account, stage, pilot)
        bar = stage.screen.query_one(TransferBar)
        await until(pilot, lambda: bar.progress.of_files == 1)
        await pilot.press("t")
        await until(pilot, lambda: STOPPED in words(stage))
        assert not stage.runs.live
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(stage.screen, UploadScreen))
        assert "run.py" in words(stage)
    assert not account.storage.held["input"]


async def test_a_transfer_that_is_left_goes_on_and_is_told_of_at_its_end(
    account: FakeAccount, folder: Path
) -> None:
    stage = await staged(account)
    async with stage.run_test(size=(80, 24)) as pilot:
        hold = await held(account, stage, pilot)
        await pilot.press("escape")
        await until(pilot, stage.ended.is_set)
        (run,) = stage.runs.live
        assert run.caption == "Upload to input 0/1"
        hold.release()
        await until(pilot, lambda: not stage.runs.live)
        await until(pilot, lambda: "1 file uploaded to input." in told(stage))
    assert set(account.storage.held["input"]) == {"run.py"}


async def held(account: FakeAccount, stage: Stage[None], pilot: Pilot[Any]) -> Hold:
    """An upload of one file that waits, on the screen."""
    hold = account.calls.hold("upload")
    stage.screen.query_one(PathField).input.value = "run.py"
    await pilot.press("enter")
    await until(pilot, lambda: "run.py  1 file" in words(stage))
    await pilot.press("ctrl+s")
    await until(pilot, hold.reached.is_set)
    await until(pilot, lambda: isinstance(stage.screen, TransferScreen))
    return hold


def told(stage: Stage[None]) -> list[str]:
    """The news of the app."""
    return [news.message for news in stage._notifications]


async def test_a_file_that_cannot_be_read_is_named(account: FakeAccount, folder: Path) -> None:
    async def move(_piece: Piece, _counted: object) -> None:
        await asyncio.sleep(0)
        raise PermissionError(13, "Permission denied", "secret.txt")

    piece = Piece(folder / "secret.txt", "secret.txt", 1)
    run = TransferRun("Upload to input", [piece], move, ended=lambda _run: None)
    stage = Stage(TransferScreen(run))
    async with stage.run_test(size=(80, 24)) as pilot:
        stage.runs.start(run)
        await until(pilot, lambda: "secret.txt: Permission denied" in words(stage))
        await pilot.press("escape")
        await until(pilot, stage.ended.is_set)
    assert stage.result is False


def test_the_rate_is_that_of_the_last_seconds() -> None:
    pulse = Pulse()
    assert pulse.rate == 0
    for second in range(20):
        pulse.beat(float(second), 0 if second < 10 else (second - 9) * 100)
    assert pulse.rate == pytest.approx(100)


def test_a_transfer_in_words() -> None:
    line = said(Progress(3, 12, 1_200_000, 3_400_000), 400_000)
    assert "".join(text for text, _ in line) == (
        "3 of 12 files   1.2 MB of 3.4 MB   400.0 KB/s   5.5 s left"
    )


async def test_a_path_that_was_only_typed_is_uploaded_too(
    account: FakeAccount, folder: Path
) -> None:
    stage = await staged(account)
    async with stage.run_test(size=(120, 24)) as pilot:
        stage.screen.query_one(PathField).input.value = "nowhere"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "No file or folder" in words(stage))
        stage.screen.query_one(PathField).input.value = "run.py"
        await pilot.press("ctrl+s")
        await until(pilot, stage.ended.is_set)
    assert set(account.storage.held["input"]) == {"run.py"}


@pytest.mark.parametrize("many", [False, True], ids=["few", "many"])
async def test_blobs_are_replaced_only_after_a_question(
    account: FakeAccount, folder: Path, many: bool
) -> None:
    account.storage.held["input"] = {"texts/a.txt": b"before"}
    if many:
        for number in range(30):
            (folder / "texts" / f"{number}.txt").touch()
    stage = await staged(account)
    async with stage.run_test(size=(80, 24)) as pilot:
        stage.screen.query_one(PathField).input.value = "texts"
        for answer, held in (("n", b"before"), ("y", b"a" * 1500)):
            await pilot.press("ctrl+s")
            await until(pilot, lambda: isinstance(stage.screen, ConfirmScreen))
            await pilot.pause()
            assert "Replace 1 blob of input?" in words(stage)
            await pilot.press(answer)
            await until(pilot, lambda: not isinstance(stage.screen, ConfirmScreen))
            if answer == "y":
                await until(pilot, stage.ended.is_set)
            assert account.storage.held["input"]["texts/a.txt"] == held


@pytest.mark.fault("3.5")
async def test_what_failed_is_listed_and_tried_again_alone(
    account: FakeAccount, folder: Path
) -> None:
    for number in range(12):
        (folder / "texts" / f"{number}.txt").touch()
    for reason in ("[busy] one", "two"):
        account.calls.fail("upload", refused(f"Could not upload it: {reason}"))
    stage = await staged(account)
    async with stage.run_test(size=(100, 30)) as pilot:
        stage.screen.query_one(PathField).input.value = "texts"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "2 files failed." in words(stage))
        for why in ("texts/0.txt: Could not upload it: [busy] one", "it: two"):
            assert why in words(stage)
        assert len(account.storage.held["input"]) == 12
        (run,) = stage.runs.all
        assert isinstance(run, TransferRun)
        assert run.outcome.startswith("12 of 14 files, 1.5 KB. 2 files failed. Could not upload")
        await pilot.press("r")
        await until(pilot, stage.ended.is_set)
    assert run.progress == Progress(14, 14, 1501, 1501)
    assert account.calls.count("upload") == 16, "only those that failed are sent again"


@pytest.mark.fault("3.5")
async def test_after_a_stop_only_what_has_not_arrived_is_sent(
    account: FakeAccount, folder: Path
) -> None:
    stage = await staged(account)
    async with stage.run_test(size=(80, 24)) as pilot:
        hold = account.calls.hold("upload")
        stage.screen.query_one(PathField).input.value = "texts"
        await pilot.press("ctrl+s")
        await until(pilot, hold.reached.is_set)
        await until(pilot, lambda: len(account.storage.held["input"]) == 1)
        await pilot.press("t")
        await until(pilot, lambda: STOPPED in words(stage))
        await pilot.press("r")
        await until(pilot, stage.ended.is_set)
    assert len(account.storage.held["input"]) == 2
    assert account.calls.count("upload") == 3


@pytest.mark.fault("3.8")
async def test_two_files_of_one_name_are_not_picked_together(
    account: FakeAccount, folder: Path
) -> None:
    (folder / "other").mkdir()
    (folder / "other" / "run.py").touch()
    stage = await staged(account)
    async with stage.run_test(size=(200, 24)) as pilot:
        stage.screen.query_one(PathField).input.value = "run.py"
        await pilot.press("enter")
        await until(pilot, lambda: "run.py  1 file" in words(stage))
        stage.screen.query_one(PathField).input.value = "other/run.py"
        await pilot.press("enter")
        await until(pilot, lambda: "both become the blob run.py" in words(stage))
        stage.screen.query_one(PathField).input.value = ""
        await pilot.press("enter")
        await until(pilot, stage.ended.is_set)
    assert account.storage.held["input"]["run.py"] == b"print()"


@pytest.mark.fault("3.6", "5.4")
async def test_what_cannot_be_sent_is_listed_and_the_rest_goes(
    account: FakeAccount, folder: Path
) -> None:
    (folder / "texts" / "back\\slash").touch()
    (folder / "texts" / "out").symlink_to("/etc/hostname")
    stage = await staged(account)
    async with stage.run_test(size=(120, 24)) as pilot:
        stage.screen.query_one(PathField).input.value = "texts"
        await pilot.press("enter")
        await until(pilot, lambda: "2 files, 1.5 KB · 2 skipped" in words(stage))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "2 files skipped." in words(stage))
        assert "its name holds a backslash" in words(stage)
        assert "link that leads out of the folder" in words(stage)
        await pilot.press("escape")
        await until(pilot, stage.ended.is_set)
    assert set(account.storage.held["input"]) == {"texts/a.txt", "texts/b.txt"}
