"""A view that draws its lines itself, and has the focus at times."""

from textual.scroll_view import ScrollView

from batchtui.ui.widgets.painted import Painted


# In this order, for Textual takes the rules of the first base alone.
class LinesView(ScrollView, Painted):
    """Draws a cursor in another style while it has the focus; no rule of its styles depends on it.

    Textual's own way, rules with `:focus`, styles the widget anew, which takes longer than
    everything else about a key that goes to another pane.
    """

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Leave the styles as they are; Textual draws the widget anew all the same."""
