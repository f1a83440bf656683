"""One file of a tree: the part of it that one reads."""

from textual.reactive import var

from batchtui.core.entries import Entry
from batchtui.core.feed import Reading
from batchtui.core.tail import Excerpt
from batchtui.core.wording import in_bytes, many
from batchtui.ui.panes.stream import StreamPane
from batchtui.ui.widgets.titles import set_subtitle, set_title
from batchtui.ui.widgets.tones import clean


class FileStreamPane(StreamPane):
    """Says of a folder what is in it, and of a file that is no text that it is none."""

    entry: var[Entry | None] = var(None, init=False)
    """What is under the cursor of the tree."""

    def __init__(self, key: str) -> None:
        super().__init__("text", key)
        self._key = key
        set_title(self, f"{key} Text")

    def watch_entry(self, before: Entry | None, entry: Entry | None) -> None:
        set_title(self, f"{self._key} {clean(entry.path) if entry else 'Text'}")
        if before is None or entry is None or before.path != entry.path:
            self.view.sought = ""
        self.show_empty()

    def watch_reading(self, reading: Reading[Excerpt]) -> None:
        if "\0" in reading.value.text[:4096]:
            self.view.excerpt = Excerpt()
            self.show_empty()
            self.describe()
        else:
            super().watch_reading(reading)

    def _why_empty(self) -> str:
        entry, excerpt = self.entry, self.reading.value
        if entry is None:
            return "Choose a file to read it."
        if entry.folder:
            amount = f"{many(entry.files, 'file')}, {in_bytes(entry.size)}"
            return f"A folder with {amount}." if entry.files else "An empty folder."
        if "\0" in excerpt.text[:4096]:
            return "This is no text. Press D to save it on this machine."
        if not (self.reading.known or self.reading.error):
            return "Looking for the file ..."
        return excerpt.missing or ("" if self.reading.error else "The file is empty.")

    def describe(self) -> None:
        super().describe()
        if self.entry is None or self.entry.folder:
            set_subtitle(self, "")
