"""Says on any screen that nothing on it is looked at for now."""

from textual.content import Content
from textual.reactive import reactive

from batchtui.core.wording import format_age
from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.tones import Tone, content


class PauseLine(Contained):
    """A line above everything else, while there is a pause."""

    DEFAULT_CSS = """
    PauseLine {
        dock: top; height: 1; padding: 0 1; background: $surface;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    age: reactive[float | None] = reactive(None)
    """Seconds since the oldest of what is shown was fetched; None where nothing was."""

    def render(self) -> Content:
        old = f", as it was {format_age(self.age)} ago" if self.age is not None else ""
        hint = "   p goes on, r looks once"
        return content(((f"‖ paused{old}", Tone.WARNING), (hint, Tone.MUTED)))
