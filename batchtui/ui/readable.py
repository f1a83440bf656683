"""Makes the colours of any theme such that what is written in them can be read.

The themes that come along with Textual know nothing of rows and of states of nodes, and some of
their colours are made for grounds rather than for letters.
"""

from collections.abc import Iterable, Mapping

from textual.color import Color

from batchtui.ui.theme import DARK_NODES, LIGHT_NODES, node_variables

LEAST = 4.5
"""Contrast that WCAG 2 asks of text at level AA."""
INKS = (
    "foreground",
    "primary",
    "secondary",
    "accent",
    "success",
    "warning",
    "error",
    "text-muted",
    "text-disabled",
    "block-cursor-foreground",
    "footer-key-foreground",
    "footer-description-foreground",
)
"""What text is written in, beside the colours of nodes."""
STEPS = 20


def readable(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables of a theme that are to be others, or are missing in it.

    A theme in the sixteen colours of a terminal, which nobody knows, keeps them; there only the
    mark before the record shows the cursor.
    """
    ground = Color.parse(variables["background"])
    if ground.ansi is not None:
        plain = dict.fromkeys(("row", "row-focused", "block-cursor-background"), "ansi_default")
        return plain | {"track": "ansi_bright_black"}
    dark = luminance(ground) < luminance(Color.parse("#777777"))
    ink = _ink(variables["foreground"], ground, ground.get_contrast_text(1.0))
    grounds = {
        "row": ground.blend(ink, 0.06, alpha=1.0),
        "row-focused": ground.blend(Color.parse(variables["primary"]), 0.16, alpha=1.0),
        "footer-background": Color.parse(variables["surface"]),
    }
    grounds["block-cursor-background"] = grounds["row-focused"]
    below = (ground, *grounds.values())
    inks = {name: variables[name] for name in INKS}
    inks |= node_variables(DARK_NODES if dark else LIGHT_NODES)
    return {
        **{name: colour.hex for name, colour in grounds.items()},
        "track": ground.blend(ink, 0.22, alpha=1.0).hex,
        **{name: legible(_ink(text, ground, ink), below).hex for name, text in inks.items()},
    }


def legible(colour: Color, grounds: Iterable[Color]) -> Color:
    """That colour, or the nearest one towards black or white that can be read on the grounds."""
    below = tuple(grounds)
    ends = (Color.parse("white"), Color.parse("black"))
    end = max(ends, key=lambda end: min(contrast(end, ground) for ground in below))
    steps = (colour.blend(end, step / STEPS, alpha=1.0) for step in range(STEPS))
    fit = (each for each in steps if all(contrast(each, ground) >= LEAST for ground in below))
    return next(fit, end)


def contrast(one: Color, other: Color) -> float:
    """As WCAG 2 defines it: from 1 for the same colour to 21 for black on white."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Color) -> float:
    """Relative luminance as WCAG 2 defines it: 0 is black, 1 is white."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ink(text: str, ground: Color, ink: Color) -> Color:
    """A colour as a theme writes it, on its ground; `auto 60%` is the usual ink thinned out."""
    if text.startswith("auto"):
        share = float(text.removeprefix("auto").strip(" %") or 100)
        return ground.blend(ink, share / 100, alpha=1.0)
    colour = Color.parse(text)
    return ground.blend(colour, colour.a, alpha=1.0)
