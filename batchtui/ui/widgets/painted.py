"""Widgets that draw their lines themselves."""

from collections.abc import Iterator
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.tones import STYLES, Spans


class Painted(Contained):
    """Mixes the styles that it draws in, each once, until it is given other colours.

    Textual's own way, component classes, holds every one of them against all rules whenever a
    screen opens or comes back, which takes longer than the rest of the screen.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._mixed: dict[tuple[str, ...], Style] = {}

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._mixed.clear()

    def style(self, *names: str) -> Style:
        """The widget's own style with these put upon it, one after the other.

        Each is a tone, or a style as markup has it, such as `bold $error` or `on $row`.
        """
        if names not in self._mixed:
            mixed = self.visual_style
            for name in names:
                mixed += self.app.stylesheet.parse_style(STYLES.get(name, name))
            self._mixed[names] = mixed.rich_style
        return self._mixed[names]

    def segments(self, parts: Spans, *ground: str) -> Iterator[Segment]:
        """The parts, each in its tone upon the ground."""
        return (Segment(text, self.style(*ground, tone)) for text, tone in parts)

    def line(self, parts: Spans, *ground: str) -> Strip:
        """A line that begins with these parts and is as wide as the widget."""
        strip = Strip(self.segments(parts, *ground))
        return strip.adjust_cell_length(self.size.width, self.style(*ground))
