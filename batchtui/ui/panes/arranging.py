"""Tables that their users arrange: sorted, with the columns and marks that they want."""

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from batchtui.core.filters import Value
from batchtui.core.view import View
from batchtui.ui.panes.filtering import FILTERS, FilteringPane
from batchtui.ui.widgets.arrangement import Arrangement
from batchtui.ui.widgets.records import RecordTable

T = TypeVar("T")

SORTING = """
. and , choose the column to sort by, S turns the order round, C chooses columns; all of it is
remembered. space marks, and commands then work on all that is marked. m shows where two marked
records differ, or a marked one and the highlighted one; c copies the names of the marked ones.
""".strip()


class ArrangingPane(FilteringPane[T], Generic[T]):
    """A pane whose table is sorted, and has the columns and marks that its user wants."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("full_stop", "sort(1)", "Sort", show=False, tooltip="Sort by the next column",
                id="table.sort"),
        Binding("comma", "sort(-1)", "Sort back", show=False,
                tooltip="Sort by the column before", id="table.sort_back"),
        Binding("S", "reverse", "Reverse", show=False, tooltip="Sort the other way round",
                id="table.reverse"),
        Binding("C", "columns", "Columns", show=False, tooltip="Choose the columns to show",
                id="table.columns"),
        Binding("space", "mark", "Mark", show=False, tooltip="Mark the record, or unmark it",
                id="table.mark"),
        Binding("ctrl+a", "mark_all", "Mark all", show=False, tooltip="Mark every record shown",
                id="table.mark_all"),
        Binding("ctrl+backslash", "mark_none", "Mark none", show=False,
                tooltip="Take all marks away", id="table.mark_none"),
        Binding("ctrl+s", "export('csv')", "Export as CSV", show=False,
                tooltip="Save the table as a CSV file", id="table.csv"),
        Binding("ctrl+t", "export('json')", "Export as JSON", show=False,
                tooltip="Save the table as a JSON file", id="table.json"),
    ]  # fmt: skip

    class About(Message):
        """A request that concerns the table of a pane."""

        def __init__(self, pane: "ArrangingPane[Any]") -> None:
            self.pane = pane
            super().__init__()

    class ViewWanted(About):
        """The table wants to look as its user left it: whoever knows sets the pane's `view`."""

    class ViewChanged(About):
        """The user wants to see the table in another way, and will want so the next time."""

    class ColumnsRequested(About):
        """The user wants to choose columns: whoever asks sets the pane's `view`."""

    class ExportRequested(About):
        """The user wants a table's records as a file: `kind` is `csv` or `json`."""

        def __init__(
            self, pane: "ArrangingPane[Any]", kind: str, rows: Sequence[dict[str, Value]]
        ) -> None:
            self.kind = kind
            self.rows = rows
            super().__init__(pane)

    def on_mount(self) -> None:
        super().on_mount()
        self.post_message(self.ViewWanted(self))

    @property
    def view(self) -> View:
        """How the user wants to see the table."""
        return self.arrangement.view

    @view.setter
    def view(self, view: View) -> None:
        self.arrangement.view = view
        self.table.show_columns(self.arrangement.shown, (view.sort, view.descending))
        self.lay_out(self._records)
        self.begin()

    def rearrange(self) -> None:
        """The columns have become others; the user's wishes hold for them too."""
        before, self.arrangement = self.arrangement, Arrangement(self.columns())
        self.arrangement.view, self.arrangement.filter = before.view, before.filter
        self.table.show_columns(self.arrangement.shown, (self.view.sort, self.view.descending))

    def begin(self) -> None:
        """Highlight what comes first in the chosen order, unless somebody looks at a record."""
        if self.view.sort and not self.table.steered:
            self.table.cursor = 0

    def lay_out_changed(self) -> None:
        """What the columns say of the records has changed, and not the records."""
        if self.view.sort or self.filter.terms:
            self.lay_out(self._records)
        else:
            self.table.refresh_changed()

    @property
    def marked(self) -> tuple[T, ...]:
        """The marked records on show: what a filter hides, nobody acts upon."""
        marked = self.table.marked
        return tuple(r for r in self.table.records if self.key(r) in marked) if marked else ()

    @property
    def remarks(self) -> tuple[str, ...]:
        marks = f"{len(self.marked):,} marked" if self.table.marked else ""
        passing = f"{len(self.table.records):,} of {self.there} pass"
        return marks, passing if self.filter.terms else ""

    @property
    def help_text(self) -> str:
        columns = ", ".join(self.arrangement.kinds)
        return f"{super().help_text}\n\n{FILTERS}\n\nColumns to filter by: {columns}.\n\n{SORTING}"

    def action_sort(self, step: int) -> None:
        self._see(self.arrangement.sorted_by_next(step, self.table.fitting))

    def action_reverse(self) -> None:
        self._see(self.arrangement.reversed())

    @on(RecordTable.Sorted)
    def sort_by(self, message: RecordTable.Sorted) -> None:
        message.stop()
        self._see(self.arrangement.sorted_by(message.name))

    def action_columns(self) -> None:
        self.post_message(self.ColumnsRequested(self))

    def _see(self, view: View) -> None:
        """See the table so, and remember it; the cursor stays on its record, and in sight."""
        self.table.steered = True
        self.view = view
        self.table.show_cursor()
        self.post_message(self.ViewChanged(self))

    @on(RecordTable.Marked)
    def tell_marks(self, message: RecordTable.Marked) -> None:
        message.stop()
        self._dress()

    def action_mark(self) -> None:
        """Mark or unmark the highlighted record, and go on to the next one."""
        if self.table.highlighted is not None:
            self.table.mark(self.table.marked ^ {self.key(self.table.highlighted)})
            self.table.action_move(1)

    def action_mark_all(self) -> None:
        self.table.mark({self.key(record) for record in self.table.records})

    def action_mark_none(self) -> None:
        self.table.mark(set())

    def action_export(self, kind: str) -> None:
        """Save what is marked, or else everything on show."""
        records = self.marked or self.table.records
        self.post_message(self.ExportRequested(self, kind, self.arrangement.rows(records)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "mark" | "mark_all" | "mark_none" | "export":
                return True if self.table.records else None
        return super().check_action(action, parameters)
