"""Text that changes now and then."""

from textual.content import Content
from textual.widgets import Static

from batchtui.ui.widgets.contained import Contained


class Words(Static, Contained):
    """A `Static` that is redrawn, and laid out anew, only when it says something else.

    A `fixed` one has the same height whatever it says.
    """

    DEFAULT_CSS = "Words.-silent { display: none !important; }"

    def __init__(self, *, classes: str, fixed: bool = False) -> None:
        super().__init__(classes=f"{classes} -silent", markup=False)
        self._fixed = fixed
        self._said = Content()

    def say(self, words: Content) -> None:
        """Say this; nothing at all makes the widget disappear."""
        if not words.is_same(self._said):
            before, self._said = self._said, words
            self.update(words, layout=not self._fixed and self._grows(before, words))
        self.set_class(not words.plain, "-silent")

    def _grows(self, before: Content, words: Content) -> bool:
        """Whether they take another height: only then has the screen to be laid out anew."""
        width = self.content_size.width
        if not (width and before.plain and words.plain):
            return True
        rules = self.styles.get_rules()
        return before.get_height(rules, width) != words.get_height(rules, width)
