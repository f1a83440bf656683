"""What is on the screen can be read, in our themes and in those that come along with Textual."""

from collections.abc import Iterator

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from batchtui.core.states import NodeState
from batchtui.ui.readable import INKS, readable
from batchtui.ui.theme import DARK, LIGHT
from tests.ui.conftest import TestedApp, settled, until
from tests.ui.scene import render_farm
from tests.ui.test_theme import LEAST, contrast

GROUNDS = ("background", "surface", "row", "row-focused", "footer-background")
NAMED = [theme for theme in BUILTIN_THEMES.values() if not theme.name.startswith("ansi")]
WAYS = (
    (),
    ("j", "4"),
    ("question_mark",),
    ("x",),
    ("colon",),
    ("ctrl+p",),
    ("s",),
    ("2", "n"),
    ("2", "t"),
    ("f",),
    ("2", "J"),
    ("2", "i"),
)
"""Keys that lead from the dashboard to what there is to look at."""


def faint(app: TestedApp) -> Iterator[str]:
    """What is written in a colour that is hard to read on its ground.

    What lies behind a dialog is dimmed, and not looked at; neither are a footer's keys, some of
    which may be disabled for now, but for those of the dashboard.
    """
    seen = app.screen.children[0].region if app.screen.is_modal else app.screen.region
    footer = app.screen is not app.panes and not app.screen.is_modal
    for strip in app.screen._compositor.render_strips()[seen.y : seen.bottom - footer]:
        for text, style, _ in strip.crop(seen.x, seen.right):
            letters = any(char.isalnum() for char in text)
            if not letters or style is None or style.color is None or style.bgcolor is None:
                continue
            ink, ground = style.color.name, style.bgcolor.name
            if not style.dim and contrast(ink, ground) < LEAST:
                yield f"{text.strip()!r}: {ink} on {ground} is {contrast(ink, ground):.2f}"


@pytest.mark.slow
async def test_our_themes_can_be_read_on_every_screen() -> None:
    app = TestedApp(await render_farm(nodes=40, tasks=60))
    hard: list[str] = []
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        for keys in WAYS:
            await pilot.press(*keys)
            if keys not in WAYS[:2]:
                await until(lambda: app.screen is not app.panes, what=f"{keys} leads somewhere")
            for theme in (LIGHT, DARK):
                app.theme = theme.name
                await pilot.pause()
                hard += (f"{keys} in {theme.name}: {each}" for each in faint(app))
            while app.screen is not app.panes:
                app.pop_screen()
            await pilot.pause()
    assert not hard


@pytest.mark.parametrize("theme", NAMED, ids=[theme.name for theme in NAMED])
def test_every_other_theme_is_made_readable(theme: Theme) -> None:
    variables = theme.to_color_system().generate() | theme.variables
    variables |= readable(variables)
    inks = (*(name for name in INKS), *(f"node-{state}" for state in NodeState))
    hard = {
        f"{ink} on {ground}": round(contrast(variables[ink], variables[ground]), 2)
        for ink in inks
        for ground in GROUNDS
        if contrast(variables[ink], variables[ground]) < LEAST - 0.05
    }
    assert not hard
    assert variables["background"] == theme.to_color_system().generate()["background"]


def test_a_terminal_of_unknown_colours_keeps_them() -> None:
    theme = BUILTIN_THEMES["ansi-dark"]
    variables = theme.to_color_system().generate() | theme.variables
    told = readable(variables)
    assert Color.parse(told["row"]).ansi is not None
    assert "primary" not in told
