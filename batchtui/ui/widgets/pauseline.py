"""Says on any screen that nothing on it is looked at for now."""

from textual.reactive import reactive

from batchtui.ui.widgets.statusline import Fact, StatusLine
from batchtui.ui.widgets.times import whole
from batchtui.ui.widgets.tones import Tone


class PauseLine(StatusLine):
    """A line above everything else, while there is a pause."""

    DEFAULT_CSS = "PauseLine { dock: top; }"

    age: reactive[float | None] = reactive(None, init=False)
    """Seconds since the oldest of what is shown was fetched; None where nothing was."""

    def on_mount(self) -> None:
        self.watch_age()

    def watch_age(self) -> None:
        old = f", as it was {whole(self.age)} ago" if self.age is not None else ""
        self.facts = (
            Fact(((f"‖ paused{old}", Tone.WARNING),)),
            Fact((("p goes on, r looks once", Tone.MUTED),), 1),
        )
