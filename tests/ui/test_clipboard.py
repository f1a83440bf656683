"""What is copied is sent to the terminal, through tmux as well, and can be seen or saved."""

import base64
from pathlib import Path

import pytest
from textual.widgets import TextArea

from batchtui.ui.screens.copied import CopiedScreen
from batchtui.ui.terminal.sequences import to_clipboard
from tests.ui.conftest import TestedApp, settled, until
from tests.ui.stage import words


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.fault("2.7")
def test_in_tmux_a_copy_is_wrapped_with_each_escape_doubled() -> None:
    plain = f"\x1b]52;c;{coded('größe')}\x07"
    assert to_clipboard("größe", in_tmux=False) == plain
    wrapped = f"\x1bPtmux;\x1b\x1b]52;c;{coded('größe')}\x07\x1b\\"
    assert to_clipboard("größe", in_tmux=True) == plain + wrapped


@pytest.mark.fault("2.7")
@pytest.mark.parametrize("tmux", [True, False])
async def test_a_copy_claims_only_what_is_known(
    app: TestedApp, monkeypatch: pytest.MonkeyPatch, tmux: bool
) -> None:
    if tmux:
        monkeypatch.setenv("TMUX", "/run/tmux/default,1,0")
    else:
        monkeypatch.delenv("TMUX", raising=False)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot, app)
        written: list[str] = []
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", written.append)
        app.copy_to_clipboard("a name")
        assert written == [to_clipboard("a name", in_tmux=tmux)]
        assert ("\x1bPtmux;" in written[0]) == tmux
        app.copy_to_clipboard("half \ud800")
        await pilot.press("V")
        await until(lambda: isinstance(app.screen, CopiedScreen), what="what was copied")


@pytest.mark.fault("2.7")
async def test_what_was_copied_is_shown_whole_and_saved(
    app: TestedApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "\n".join(f"line {number} " + "x" * 200 for number in range(30))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot, app)
        assert not app.query(CopiedScreen)
        app.copy_to_clipboard(text)
        await pilot.press("V")
        await until(lambda: isinstance(app.screen, CopiedScreen), what="what was copied")
        await pilot.pause()
        area = app.screen.query_one(TextArea)
        assert area.text == text
        assert area.soft_wrap
        assert "not every terminal takes it" in words(app)
        await pilot.press("f")
        await until(lambda: app._notifications, what="the news")
        (place,) = tmp_path.glob("copied-*.txt")
        assert place.read_text() == text + "\n"
        assert place.stat().st_mode & 0o777 == 0o600
        await pilot.press("escape")
        assert app.screen is app.dashboard


@pytest.mark.fault("2.7")
async def test_a_folder_that_takes_no_file_is_a_sentence(
    app: TestedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/proc")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot, app)
        app.copy_to_clipboard("text")
        await pilot.press("V", "f")
        await until(lambda: app._notifications, what="the news")
        (note,) = app._notifications
        assert note.message.startswith("Could not write /proc/copied-")
