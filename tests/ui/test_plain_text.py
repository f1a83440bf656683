"""Text of others is shown as it stands: square brackets, and control characters as pictures."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.segment import Segment
from textual.app import App

import batchtui.ui
from batchtui.core.plain import CONTROLS
from batchtui.core.profile import ConfigError
from batchtui.ui.recipe_run import planned
from batchtui.ui.screens.confirm import ConfirmScreen
from batchtui.ui.screens.recipe_form import RecipeFormScreen
from batchtui.ui.screens.upload import UploadScreen
from batchtui.ui.widgets.form import ChoiceField
from tests.core.recipes import GOOD, written
from tests.ui.conftest import TestedApp, settled
from tests.ui.stage import until, words
from tests.ui.ventures import Venture

FOLDER = Path(batchtui.ui.__file__).parent
SUMMARY = "Frames of [/data/in] as [b]video[/x]"
ODD = "[/x] [b] good\rbad \x1b]0;owned\x07 \x9b2J \u202egpj.exe"
"""What ends Textual where it is read as markup, and what a terminal obeys where it is written."""
MAKERS = {"Static", "Label"}
OF_THEIR_OWN = {"plain_text.py", "titles.py", "words.py", "telling.py"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for file in sorted(FOLDER.rglob("*.py")):
        if file.name not in OF_THEIR_OWN:
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    yield f"{file.relative_to(FOLDER)}:{node.lineno}", node


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


@pytest.mark.fault("1.15")
def test_titles_are_set_in_one_way() -> None:
    for file in sorted(FOLDER.rglob("*.py")):
        if file.name in OF_THEIR_OWN:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                attribute = getattr(target, "attr", "")
                where = f"{file.name}:{target.lineno}"
                assert attribute not in ("border_title", "border_subtitle"), where


@pytest.mark.fault("1.15")
def test_nobody_asks_for_markup_or_takes_a_widget_that_reads_it() -> None:
    for where, call in calls():
        for keyword in call.keywords:
            asked = keyword.arg == "markup" and not (
                isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            )
            assert not asked, where
        assert name_of(call) not in MAKERS, f"{where}: PlainText or PlainLabel is meant"
        assert name_of(call) != "from_markup", where


@pytest.mark.fault("1.15")
@pytest.mark.parametrize("severity", ["information", "warning", "error"])
async def test_news_are_plain_text_whoever_asks(app: TestedApp, severity: str) -> None:
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await settled(pilot, app)
        app.notify(ODD, title=ODD, severity=severity)  # type: ignore[arg-type]
        app.panes.notify(ODD, markup=True)
        await pilot.pause()
        shown = drawn(app)
        assert "[/x] [b] good␍bad" in shown
        assert_harmless(app)


@pytest.mark.fault("1.15", "5.3")
@pytest.mark.parametrize("text", [SUMMARY, ODD])
async def test_a_recipe_is_shown_as_it_is_written(tmp_path: Path, text: str) -> None:
    quoted = "".join(f"\\u{ord(c):04x}" if not c.isprintable() else c for c in text)
    recipe = GOOD.replace('name = "count"', f'name = "count"\nsummary = "{quoted}"').replace(
        "[containers]",
        f'[parameters.kind]\ndefault = "[/y]"\nhelp = "{quoted}"\n[containers]',
    )
    app = Venture(tmp_path)
    async with app.run_test(size=(110, 40)) as pilot:
        plan = await planned(written(tmp_path / "recipe", recipe), {})
        app.push_screen(RecipeFormScreen(app.workshop, plan))
        await until(pilot, lambda: "[/y]" in drawn(app))
        assert "[/" in words(app)
        assert_harmless(app)


@pytest.mark.fault("1.15", "5.3")
async def test_what_can_be_chosen_is_plain_text(app: TestedApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot, app)
        field = ChoiceField(ODD, ((ODD, 1), ("[/y]", 2)), id="odd", note=ODD)
        await app.panes.mount(field, before=0)
        field.select.expanded = True
        await pilot.pause()
        assert "[/x] [b] good␍bad" in drawn(app)
        assert_harmless(app)


@pytest.mark.fault("1.15", "5.3")
async def test_a_question_about_an_odd_name_shows_it(app: TestedApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot, app)
        await app.push_screen(
            ConfirmScreen(f"Delete {ODD}?", consequences=(ODD,), yes="Delete", title=ODD, typed=ODD)
        )
        await pilot.pause()
        assert "[/x] [b] good␍bad" in drawn(app)
        assert_harmless(app)


@pytest.mark.fault("1.15", "5.3")
async def test_files_with_odd_names_can_be_chosen(
    app: TestedApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "[").mkdir()
    for name in ("[/x] good\rbad.txt", "[b]bold.txt", "\x1b]0;owned\x07.txt"):
        (tmp_path / name.replace("/", "")).write_text("text")
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot, app)
        await app.push_screen(UploadScreen(app.panes.controller, "in"))
        await until(pilot, lambda: "bold.txt" in drawn(app))
        assert_harmless(app)


@pytest.mark.fault("1.15")
@pytest.mark.parametrize("when", ["opening", "leaving"])
async def test_why_an_account_cannot_be_opened_is_plain_text(
    app: TestedApp, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise ConfigError(f"profiles.x: {ODD}")

    monkeypatch.setattr(app, "_open_session", refuses)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "[/x] [b] good" in drawn(app))
        assert_harmless(app)


def drawn(app: App[Any]) -> str:
    """All that is on the screen."""
    return "".join(segment.text for segment in segments(app))


def segments(app: App[Any]) -> Iterator[Segment]:
    for strip in app.screen._compositor.render_strips(app.size):
        yield from strip
        yield Segment("\n")


def assert_harmless(app: App[Any]) -> None:
    """Nothing that is drawn has in it what a terminal would obey."""
    for segment in segments(app):
        text = segment.text.rstrip("\n")
        assert not any(ord(char) in CONTROLS or 0x7F <= ord(char) < 0xA0 for char in text), text
        assert "\u202e" not in text
