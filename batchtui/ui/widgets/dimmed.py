"""A screen that lies behind a dialog."""

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.css.styles import RulesMap
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import Screen
from textual.strip import Strip
from textual.style import Style as VisualStyle
from textual.visual import RenderOptions, Visual


class Dimmed(Visual):
    """As it stands, with a colour laid over it.

    Textual's `BackgroundScreen`, which tells which screen and colour, mixes the colours of every
    piece of text anew: half of the time that the first look at a dialog takes.
    """

    def __init__(self, behind: BackgroundScreen) -> None:
        self._screen: Screen[object] = behind.screen
        self._colour = behind.color

    def render_strips(
        self, width: int, height: int | None, style: VisualStyle, options: RenderOptions
    ) -> list[Strip]:
        ground = style.rich_style
        strips = [
            Strip(
                Segment(text, dimmed(look or Style.null(), self._colour)) for text, look, _ in strip
            ).crop_extend(0, width, ground)
            for strip in self._screen._compositor.render_strips()[:height]
        ]
        return strips + [Strip.blank(width, ground)] * ((height or 0) - len(strips))

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        return self._screen.size.height


@lru_cache(maxsize=4096)
def dimmed(look: Style, colour: Color) -> Style:
    """The style with the colour laid over it; what could be clicked is not there any more."""
    quiet = look.clear_meta_and_links()
    if not colour.a:
        return quiet
    ink, ground = (
        (Color.from_rich_color(each) + colour).rich_color if each is not None else None
        for each in (look.color, look.bgcolor)
    )
    return quiet + Style.from_color(ink, ground)
