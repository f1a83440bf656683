"""A view that draws its lines itself, in styles that it remembers."""

from rich.style import Style
from textual.scroll_view import ScrollView


class LinesView(ScrollView):
    """Keeps the styles that its lines are drawn in until the theme gives it others.

    That it has the focus changes no style: who draws a cursor has a component class for either.
    Textual's own way, rules with `:focus`, styles the widget and all of its component classes
    anew, which takes longer than everything else about a key that goes to another pane.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._styles: dict[tuple[str, ...], Style] = {}

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Leave the styles as they are; Textual draws the widget anew all the same."""
