"""What was copied: the clipboard of a terminal takes it or not, and never says so."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import TextArea

from batchtui.core.private_files import write_private
from batchtui.core.redact import redacted
from batchtui.ui.screens.dialog import Dialog
from batchtui.ui.widgets.plain_text import PlainText
from batchtui.ui.widgets.titles import set_subtitle, set_title


class CopiedScreen(Dialog[None]):
    """Sends a text to the terminal's clipboard again, shows it, or saves it to a file.

    A text with a secret in it is shown only when the user asks for it.
    """

    CSS_PATH = "copied.tcss"
    AUTO_FOCUS = "TextArea"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", tooltip="Close this", priority=True),
        Binding("c", "copy", "Copy", tooltip="Send it to the clipboard again", priority=True,
                id="copied.copy"),
        Binding("s", "show", "Show", tooltip="Show the whole text, or hide its secrets",
                priority=True, id="copied.show"),
        Binding("f", "save", "Save", priority=True, id="copied.save",
                tooltip="Save it to a file that only you can read"),
    ]  # fmt: skip

    def __init__(self, title: str, text: str, *, about: str = "") -> None:
        """`about` is what to know of the text, in sentences."""
        super().__init__()
        self._title = title
        self._text = text
        self._hidden = redacted(text) != text
        self._about = about

    def compose(self) -> ComposeResult:
        with Vertical(id="copied") as box:
            set_title(box, self._title)
            show = "s show · " if self._hidden else ""
            set_subtitle(box, f"c copy · {show}f save to a file · escape close")
            sent = "Sent to the terminal's clipboard; not every terminal takes it."
            yield PlainText(" ".join(filter(None, (sent, self._about))), id="about")
            yield TextArea(self._shown, read_only=True, soft_wrap=True, show_cursor=False)

    @property
    def _shown(self) -> str:
        return redacted(self._text) if self._hidden else self._text

    def action_show(self) -> None:
        self._hidden = not self._hidden and redacted(self._text) != self._text
        self.query_one(TextArea).text = self._shown

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._text)
        self.notify("Sent to the terminal's clipboard again.", title="Copy")

    @work(exclusive=True)
    async def action_save(self) -> None:
        place = Path.cwd() / f"copied-{datetime.now().astimezone():%Y%m%d-%H%M%S-%f}.txt"
        try:
            await asyncio.to_thread(write_private, place, f"{self._text}\n")
        except OSError as error:
            sentence = f"Could not write {place}: {error.strerror}. Start batchtui in a folder "
            sentence += "that you may write to."
            self.notify(sentence, title="Save", severity="error")
        else:
            self.notify(f"Saved to {place}, which only you can read.", title="Save")
