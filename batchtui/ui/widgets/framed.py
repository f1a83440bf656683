"""A part of a screen in a frame."""

from textual.containers import Vertical
from textual.widget import Widget

from batchtui.ui.widgets.contained import FaultFrame


class Framed(Vertical, FaultFrame):
    """Stands out where the focus is, or was last: it does so too while a dialog has it.

    By a class, for the sake of speed: with `:focus-within`, Textual styles the frame and all that
    is in it anew at every change of focus.
    """

    DEFAULT_CSS = """
    Framed {
        padding: 0 0 0 1;
        border: round $border-blurred;
        border-title-color: $text-muted;
        border-subtitle-color: $text-muted;
        &.-current {
            border: round $border;
            border-title-color: $primary;
            border-title-style: bold;
        }
        &.-stale {
            border: dashed $warning;
            border-subtitle-color: $warning;
        }
        .trouble { height: auto; max-height: 3; color: $warning; padding: 0 1 0 0; }
    }
    """

    def on_descendant_focus(self) -> None:
        for other in self.screen.query(Framed):
            other.stand_out(on=other is self)

    def stand_out(self, *, on: bool) -> None:
        # In one column, what is in a frame may be shown only while the frame is in use.
        dress(self, "-current", on=on, inside=self.screen.has_class("-narrow"))


def dress(widget: Widget, name: str, *, on: bool, inside: bool = False) -> None:
    """Give the widget the class, or take it; style what is `inside` too where that depends on it.

    Textual always does: to style whole columns anew takes longer than a key may.
    """
    if widget.has_class(name) != on:
        widget.set_class(on, name, update=False)
        nodes = widget.walk_children(with_self=True) if inside else (widget,)
        widget.app.stylesheet.update_nodes(nodes)
