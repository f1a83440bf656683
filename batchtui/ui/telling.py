"""An app whose news hide nothing for longer than they are news."""

import time
from typing import Any, ClassVar

from textual.app import App
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen, Screen

from batchtui.core.plain import visible
from batchtui.ui.widgets.plain_text import as_content


class TellingApp(App[int]):
    """Takes news away once a dialog opens over them: who opened it has seen them."""

    SEEN: ClassVar[float] = 1.0
    """Seconds before which nobody has read a sentence."""
    _told_at = 0.0

    def begin_telling(self) -> None:
        """Look at each dialog that opens from now on."""
        self.screen_change_signal.subscribe(self, self._make_room)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """As Textual's, but that the message is always plain text, whoever asks for markup.

        Sentences have names of files, and answers of services, in them: `[/in]` is no markup.
        """
        self._told_at = time.monotonic()
        plain = as_content(message).plain
        super().notify(
            plain, title=visible(title), severity=severity, timeout=timeout, markup=False
        )

    def _make_room(self, screen: Screen[Any]) -> None:
        if isinstance(screen, ModalScreen) and time.monotonic() - self._told_at >= self.SEEN:
            self.clear_notifications()
