"""An app that lets its user answer in a word."""

import time
from typing import ClassVar

from textual import events
from textual.app import App

from batchtui.ui.screens.confirm import ConfirmScreen

WORDS = ("yes", "no")


class AnsweringApp(App[int]):
    """Drops what follows the letter that answered a question, where that is the rest of a word.

    Who types `yes` and enter would else have given three commands to whatever was below.
    """

    WORD: ClassVar[float] = 0.5
    """Seconds within which a letter belongs to the one before."""

    def __init__(self) -> None:
        super().__init__()
        self._said = ""
        """The letters of the answer so far."""
        self._said_at = 0.0

    async def on_event(self, event: events.Event) -> None:
        if not (isinstance(event, events.Key) and not event.is_forwarded and self._goes_on(event)):
            await super().on_event(event)

    def _goes_on(self, event: events.Key) -> bool:
        """Whether the key goes on with a word that was begun as an answer."""
        now, before = time.monotonic(), self._said_at
        self._said_at = now
        said = self._said + (event.character or event.key)
        if self._said and now - before < self.WORD:
            if event.key == "enter":
                self._said = ""
                return True
            if any(word.startswith(said) for word in WORDS):
                self._said = said
                return True
        screen = self.screen if self.screen_stack else None
        answers = isinstance(screen, ConfirmScreen) and screen.takes_letters
        self._said = event.key if answers and event.key in ("y", "n") else ""
        return False
