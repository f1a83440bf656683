"""Text can be read in both themes, and states can be told apart without colour."""

import re

import pytest
from rich.cells import cell_len
from textual.color import Color
from textual.theme import Theme

from batchtui.core.states import NodeState
from batchtui.ui.theme import DARK, LIGHT, node_variables
from batchtui.ui.widgets.glyphs import ALLOCATIONS, FILLS, JOBS, NODES, SPOT, TASKS

LEAST = 4.5
"""Contrast that WCAG 2 asks of text at level AA."""
BOTH = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])


def luminance(colour: Color) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(Color.parse(c)) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def texts(theme: Theme) -> dict[str, str]:
    """Every colour that text is written in."""
    colours = {
        name: getattr(theme, name)
        for name in ("foreground", "primary", "success", "warning", "error")
    }
    names = ("text-muted", "footer-description-foreground", "block-cursor-foreground")
    colours |= {name: theme.variables[name] for name in names}
    return colours | {k: v for k, v in theme.variables.items() if k.startswith("node-")}


def grounds(theme: Theme) -> dict[str, str]:
    """Every ground that text lies on."""
    names = ("row", "row-focused")
    plain = {"background": theme.background or "", "surface": theme.surface or ""}
    return plain | {name: theme.variables[name] for name in names}


@BOTH
def test_text_can_be_read_on_every_ground(theme: Theme) -> None:
    faint = {
        f"{text} on {ground}": round(contrast(colour, below), 2)
        for text, colour in texts(theme).items()
        for ground, below in grounds(theme).items()
        if contrast(colour, below) < LEAST
    }
    assert not faint


@BOTH
def test_every_state_of_a_node_has_its_own_colour(theme: Theme) -> None:
    colours = [theme.variables[name] for name in node_variables(dict.fromkeys(NodeState, ""))]
    assert len(set(colours)) == len(NodeState) == 16
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)


def test_every_state_has_its_own_glyph_of_width_one() -> None:
    glyphs = [glyph for glyph, _ in NODES.values()] + list(FILLS[:-1]) + [SPOT]
    assert set(NODES) == set(NodeState)
    assert len(set(glyphs)) == len(glyphs)
    for signs in (JOBS, TASKS, ALLOCATIONS):
        own = [sign.glyph for sign in signs.values()]
        assert len(set(own)) == len(own)
        glyphs += own
    assert all(cell_len(glyph) == 1 for glyph in glyphs)
