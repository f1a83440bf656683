"""Text of any length in the few lines that there are for it."""

from textual.content import Content

from batchtui.ui.widgets.tones import Spans, content
from batchtui.ui.widgets.words import Words
from batchtui.ui.widgets.wrapping import folded


class FoldedWords(Words):
    """As many rows as its `max-height` lets it have; what is cut does not look complete."""

    def __init__(self, *, classes: str) -> None:
        super().__init__(classes=classes)
        self._spans: Spans = ()

    def tell(self, spans: Spans) -> None:
        """Say this, or as much of it as there is room for."""
        self._spans = spans
        self._fold()

    def on_resize(self) -> None:
        self._fold()

    def _fold(self) -> None:
        width, limit = self.content_size.width, self.styles.max_height
        rows = [self._spans]
        if width and limit is not None:
            rows = folded(self._spans, width, int(limit.value))
        self.say(Content("\n").join(map(content, rows)))
