"""The files of a task, of a node or of a container, as a tree."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.entries import Entry, tree
from batchtui.core.feed import Reading
from batchtui.core.filters import Kind, Value
from batchtui.core.models import Window
from batchtui.core.wording import in_bytes, many
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.widgets.chords import chord
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.times import ago, since
from batchtui.ui.widgets.tones import Cell, Tone

FEW = 40
"""Files and folders that are shown unfolded at first."""


class FilesPane(TablePane[Entry]):
    FEEDS = ("entries",)
    NUMBER = 1
    NAME = "Files"
    HELP = """
The files as a tree: folders first, each with all that lies in it. Enter or a click folds and
unfolds a folder; the left arrow goes out of it. A filter or a sort shows all files flat, by their
whole paths.

The file under the cursor is shown beside the list. Enter goes there. D saves the marked files and
folders, or the one in use; x o those that fit a pattern.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", tooltip="Read the file; fold or unfold the folder",
                id="files.open"),
        Binding("l", "fold(False)", "Unfold", show=False, tooltip="Show what is in it",
                id="files.unfold"),
        Binding("h", "fold(True)", "Fold", show=False, tooltip="Hide what is in it, or go out",
                id="files.fold"),
        # Before the table, which would scroll sideways, has them.
        Binding("right", "fold(False)", show=False, priority=True),
        Binding("left", "fold(True)", show=False, priority=True),
        Binding("D", "save", "Download", tooltip="Save the file or folder, or the marked ones",
                id="files.save"),
        chord("o", "save(True)", "Download many", "Save all files, or by a pattern",
              id="files.save_many"),
    ]  # fmt: skip

    entries: var[Reading[Window[Entry]]] = var(Reading(Window()), init=False)

    class ReadRequested(Message):
        """The user wants to go to the text of the highlighted file."""

    class SaveRequested(Message):
        """The user wants these on this machine; None of them to choose by a pattern."""

        def __init__(self, chosen: tuple[Entry, ...]) -> None:
            self.chosen = chosen
            super().__init__()

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._begin = ""
        self._unfolded: frozenset[str] | None = None
        """None until it is known how much there is."""

    def begin_at(self, path: str) -> None:
        """Go to that file as soon as it is known, wherever in the tree it is."""
        self._begin = path
        self.table.seek(path)

    def columns(self) -> tuple[Column[Entry], ...]:
        return (
            Column("FILE", 20, self._named, grow=4, most=110, value=_path),
            Column("SIZE", 9, _size, right=True, kind=Kind.NUMBER, value=_bytes),
            Column(
                "AGE", 10, self._age, right=True, rank=1, kind=Kind.DURATION, value=self._passed
            ),
        )

    def key(self, record: Entry) -> str:
        # A container may hold the blobs `a` and `a/b`: a file and a folder of one path.
        return f"{record.path}/" if record.folder else record.path

    @property
    def flat(self) -> bool:
        """Whether the user looks for files rather than through folders."""
        return bool(self.filter.terms or self.view.sort)

    def watch_entries(self, reading: Reading[Window[Entry]]) -> None:
        self.take()
        window = reading.value
        files = [entry for entry in window.items if not entry.folder]
        first = "" if window.complete else "the first "
        size = in_bytes(sum(entry.size for entry in files))
        self.summary = f"{first}{many(len(files), 'file')}, {size}" if reading.known else ""
        if self._unfolded is None and reading.known:
            whole = tree(window.items, None)
            few = len(whole) <= FEW
            folders = (entry.path for entry in whole if entry.folder)
            self._unfolded = frozenset(
                path for path in folders if few or self._begin.startswith(f"{path}/")
            )
        self._grow()

    def lay_out(self, records: Sequence[Entry]) -> None:
        flat = self.flat
        if flat:
            records = tree((e for e in self.entries.value.items if not e.folder), None)
            records = [entry for entry in records if not entry.folder]
        elif records and self.entries.known:
            records = tree(self.entries.value.items, self._unfolded)
        super().lay_out(records)

    def _grow(self) -> None:
        records = tree(self.entries.value.items, self._unfolded)
        self.show(records, known=self.entries.known, empty="There are no files here.")

    @property
    def there(self) -> str:
        return f"{sum(not entry.folder for entry in self.entries.value.items):,}"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action, parameters:
            case "save", ():
                return True if self.highlighted is not None else None
            case "fold", _:
                return self.table.has_focus
        return super().check_action(action, parameters)

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        entry = self.highlighted
        if entry is None:
            return
        if entry.folder:
            self._turn(entry.path, unfold=entry.path not in (self._unfolded or ()))
        else:
            self.post_message(self.ReadRequested())

    def action_fold(self, fold: bool) -> None:
        entry = self.highlighted
        if entry is None or self.flat:
            return
        folded = entry.path not in (self._unfolded or ())
        if entry.folder and fold and not folded:
            self._turn(entry.path, unfold=False)
        elif entry.folder and not fold:
            self._turn(entry.path, unfold=True)
        elif fold and entry.depth:
            self.table.seek(f"{entry.path.rpartition('/')[0]}/")

    def action_save(self, many: bool = False) -> None:
        self.post_message(self.SaveRequested(() if many else self.chosen))

    def _turn(self, path: str, *, unfold: bool) -> None:
        unfolded = self._unfolded or frozenset()
        self._unfolded = unfolded | {path} if unfold else unfolded - {path}
        self._grow()

    def _named(self, entry: Entry) -> Cell:
        if self.flat:
            return ((entry.path, Tone.PLAIN),)
        indent = "  " * entry.depth
        if not entry.folder:
            return ((f"{indent}  ", Tone.MUTED), (entry.name, Tone.PLAIN))
        sign = "▾" if entry.path in (self._unfolded or ()) else "▸"
        return (
            (f"{indent}{sign} ", Tone.MUTED),
            (f"{entry.name}/", Tone.STRONG),
            (f" · {entry.files:,}" if entry.files else "", Tone.MUTED),
        )

    def _passed(self, entry: Entry) -> Value:
        return since(entry.modified, self.now)

    def _age(self, entry: Entry) -> Cell:
        return ((ago(entry.modified, self.now), Tone.MUTED),)


def _bytes(entry: Entry) -> Value:
    return entry.size


def _path(entry: Entry) -> str:
    return entry.path


def _size(entry: Entry) -> Cell:
    if not entry.files:
        return ""
    return ((in_bytes(entry.size), Tone.MUTED if entry.folder else Tone.PLAIN),)
