"""What a user chose is there again the next time."""

from pathlib import Path

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
