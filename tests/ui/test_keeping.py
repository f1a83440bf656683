"""What a user chose is there again the next time."""

from functools import partial
from pathlib import Path

import pytest

from batchtui.core.view import View
from batchtui.ui.choices import Choices
from batchtui.ui.screens.connecting import ConnectingScreen
from batchtui.ui.theme import LIGHT
from tests.fakes import FakeAccount, unreachable
from tests.ui.conftest import TestedApp, settled, until


class KeptApp(TestedApp):
    """Remembers in a file that the test knows."""

    __test__ = False
    file = Path()

    def choices_file(self) -> Path:
        return self.file


async def test_the_theme_is_worn_again(account: FakeAccount, tmp_path: Path) -> None:
    KeptApp.file = tmp_path / "choices.toml"
    app = KeptApp(account)
    async with app.run_test() as pilot:
        await settled(pilot, app)
        app.theme = LIGHT.name
        await until(app.file.exists)
    again = KeptApp(account)
    account.calls.fail("pools", unreachable())
    async with again.run_test() as pilot:
        await until(lambda: isinstance(again.screen, ConnectingScreen))
        assert again.theme == LIGHT.name, "already before the account is open"
        await until(lambda: again.screen.query("#failure") and again.screen.has_class("-failed"))
        await pilot.press("r")
        await settled(pilot, again)
        assert again.theme == LIGHT.name


async def test_a_picture_is_saved_where_batchtui_was_started(
    account: FakeAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    app = TestedApp(account)

    def told(part: str) -> bool:
        return any(part in note.message for note in app._notifications)

    async with app.run_test() as pilot:
        await settled(pilot, app)
        await pilot.press("f12", "f12")
        await until(lambda: len(list(tmp_path.glob("batchtui-*.svg"))) == 2, what="two pictures")
        for picture in tmp_path.glob("*.svg"):
            assert "Pools" in picture.read_text()
            await until(partial(told, f"Picture saved to {picture}"))
        monkeypatch.chdir("/proc")
        await pilot.press("f12")
        await until(partial(told, "cannot be written: "))


def test_theme_and_tables_are_kept_together(tmp_path: Path) -> None:
    file = tmp_path / "choices.toml"
    choices = Choices(file)
    choices.choose("jobs", View(sort="age"))
    assert choices.save(choices.wear("nord")) == ""
    kept = Choices(file)
    assert kept.load() == ""
    assert (kept.theme, kept.view("jobs")) == ("nord", View(sort="age"))
    file.write_text("theme = 7\n")
    assert "is left out" in Choices(file).load()
