"""Which records of a table are shown, in which order and with which columns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from msgspec.structs import replace as changed

from batchtui.core.filters import Filter, Kind, Value
from batchtui.core.ordering import ordered
from batchtui.core.view import View
from batchtui.ui.widgets.columns import Column

T = TypeVar("T")


class Arrangement(Generic[T]):
    """A user's view of a table, and what it makes of the records. Draws nothing."""

    def __init__(self, columns: Sequence[Column[T]]) -> None:
        self.columns = tuple(columns)
        self.view = View()
        self.filter = Filter()
        self._named = {column.name: column for column in columns}

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The columns that can be filtered and sorted by, and what they hold."""
        return {name: column.kind for name, column in self._named.items() if column.value}

    @property
    def shown(self) -> tuple[Column[T], ...]:
        """The columns to show where there is room for them.

        One that few choose is the last to go for those who did.
        """
        wanted = [
            replace(column, rank=0) if column.extra else column
            for column in self.columns
            if column.name in self.view.shown
        ]
        return tuple(wanted) or tuple(column for column in self.columns if not column.extra)

    def arranged(self, records: Sequence[T]) -> Sequence[T]:
        """The records that pass the filter, in the order of the view."""
        if self.filter.terms:
            records = [record for record in records if self.passes(record)]
        column = self._named.get(self.view.sort)
        if column is None or column.value is None:
            return records
        return ordered(records, column.value, descending=self.view.descending)

    def passes(self, record: T) -> bool:
        return self.filter.passes(lambda name: self.value(record, name))

    def value(self, record: T, name: str) -> Value:
        """What the record has in the column of that name."""
        value = self._named[name].value
        return value(record) if value is not None else None

    def rows(self, records: Sequence[T]) -> list[dict[str, Value]]:
        """The records as they are exported: every column that has a value, shown or not."""
        names = tuple(self.kinds)
        return [{name: self.value(record, name) for name in names} for record in records]

    def sorted_by_next(self, step: int, fitting: Collection[str]) -> View:
        """Sorted by the next column to the right (1) or the left (-1) of those on screen.

        `fitting` names the columns that there is room for. Beyond the last one comes the order in
        which the records came.
        """
        names = [""]
        for column in self.shown:
            # One that is sorted by and finds no room is passed on the way all the same.
            if column.value and (column.name in fitting or column.name == self.view.sort):
                names.append(column.name)
        place = names.index(self.view.sort) if self.view.sort in names else 0
        return self.sorted_by(names[(place + step) % len(names)])

    def sorted_by(self, name: str) -> View:
        """Sorted by this column; the other way round where it is already.

        Numbers begin with the largest, everything else with the least.
        """
        if name and name == self.view.sort:
            return self.reversed()
        numbers = self.kinds.get(name) is Kind.NUMBER
        return changed(self.view, sort=name, descending=numbers)

    def reversed(self) -> View:
        return changed(self.view, descending=not self.view.descending)

    def with_columns(self, names: Sequence[str]) -> View:
        """With these columns only; the ones that everybody sees where they are just those."""
        usual = [column.name for column in self.columns if not column.extra]
        shown = () if sorted(names) == sorted(usual) else tuple(names)
        return changed(self.view, shown=shown)
