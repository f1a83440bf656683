"""A part of a screen in a frame."""

from textual.containers import Vertical


class Framed(Vertical):
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
        if self.has_class("-current") != on:
            self.set_class(on, "-current", update=False)
            self.app.stylesheet.update_nodes((self,))
