"""What came of a dialog's input, below its fields."""

from textual.widgets import Static

from batchtui.ui.widgets.contained import Contained


class Verdict(Static, Contained):
    """A sentence that takes no room while there is none."""

    def __init__(self) -> None:
        super().__init__(id="verdict", classes="-silent", markup=False)

    def say(self, sentence: str, *, wrong: bool = False) -> None:
        """Show this sentence, an empty one for none."""
        self.update(sentence)
        self.set_class(not sentence, "-silent")
        self.set_class(wrong, "-wrong")
        if sentence:
            self.scroll_visible(animate=False)
