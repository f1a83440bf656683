"""Tables that show only what their users look for."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding, BindingType

from batchtui.core.filters import Filter, FilterError, parse
from batchtui.ui.panes.frame import Pane
from batchtui.ui.widgets.arrangement import Arrangement
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.filterline import FilterLine
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.tones import clean

T = TypeVar("T")

FILTERS = """
A filter is typed after /. Its words must all hold: a text anywhere in the row, column:text for one
column, column:=text for the whole of it and column:^text for its beginning, exit:>0 for numbers,
age:<2h for durations, /expression/ for a regular expression; a ! before a word inverts it.
""".strip()
HINTS = ("a text, column:text, !not, /expression/", "a text, or column:text")
ALL_HIDDEN = "Nothing passes the filter. Press / to change it, or escape to show all."


class FilteringPane(Pane, Generic[T]):
    """A pane with a table; keeps the records that came, and shows those that pass a filter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", tooltip="Show only the records that pass a filter",
                id="table.filter"),
        Binding("escape", "unfilter", "Show all", show=False, tooltip="Forget the filter",
                id="table.unfilter"),
    ]  # fmt: skip

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.arrangement: Arrangement[T] = Arrangement(self.columns())
        self.table: RecordTable[T] = RecordTable(*self.arrangement.shown, key=self.key)
        self._records: Sequence[T] = ()
        self._empty = self.table.empty
        self._known = False

    def columns(self) -> Sequence[Column[T]]:
        """What there is to see of a record."""
        raise NotImplementedError

    def key(self, record: T) -> str:
        """What tells the record from all others, now and later."""
        raise NotImplementedError

    def follow(self) -> None:
        """The table may have another record under its cursor."""
        raise NotImplementedError

    @property
    def filter(self) -> Filter:
        """Which records the user wants to see."""
        return self.arrangement.filter

    def lay_out(self, records: Sequence[T]) -> None:
        """Show of these records what the user wants to see."""
        self._records = records
        if self.table.marked:
            self.table.mark(self.table.marked & {self.key(record) for record in records})
        hidden = self._known and self.filter.terms
        self.table.replace(self.arrangement.arranged(records))
        self.table.empty = self.all_hidden if hidden else self._empty
        self.follow()
        self._dress()

    @property
    def narrowing(self) -> str:
        return f" / {clean(self.filter.text)}" if self.filter.terms else ""

    @property
    def all_hidden(self) -> str:
        """What to say where a filter lets nothing pass."""
        return ALL_HIDDEN

    @property
    def there(self) -> str:
        """How many records there are to filter, in words."""
        return f"{len(self._records):,}"

    def action_filter(self) -> None:
        """Have the user type a filter, which works while it is typed."""
        if not self.query(FilterLine):
            columns = " ".join(self.arrangement.kinds)
            hints = (f"{HINTS[0]}; columns: {columns}", *HINTS)
            self.mount(FilterLine(self.filter.text, hints))

    def action_unfilter(self) -> None:
        self.narrow("")

    @on(FilterLine.Changed)
    def take_filter(self, message: FilterLine.Changed) -> None:
        message.stop()
        reason = self.narrow(message.text)
        for line in self.query(FilterLine):
            line.judge(reason)

    @on(FilterLine.Left)
    def leave_filter(self, message: FilterLine.Left) -> None:
        message.stop()
        self.table.focus()
        self.query(FilterLine).remove()

    def narrow(self, text: str) -> str:
        """Show only what passes this filter; why not where it is none, and nothing changes."""
        try:
            self.arrangement.filter = parse(text, self.arrangement.kinds)
        except FilterError as error:
            return str(error)
        self.filter_changed()
        self.lay_out(self._records)
        self.table.show_cursor()
        self.refresh_bindings()
        return ""

    def filter_changed(self) -> None:
        """Whoever gets the records may want to get only those that pass."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.filter.text) if action == "unfilter" else True
