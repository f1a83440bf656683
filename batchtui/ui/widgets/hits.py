"""Where a text has what is sought, once it is laid out in rows."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence


class Hits:
    """The places in their order, and what is to be marked of each row."""

    def __init__(
        self,
        wanted: re.Pattern[str] | None,
        lines: Sequence[str],
        rows: Sequence[str],
        places: Sequence[tuple[int, int]],
    ) -> None:
        """`places`: of each row, its line and where in that it begins. None is found of nothing."""
        self.at: list[tuple[int, int]] = []
        """Row and column of each place."""
        self.spans: dict[int, list[tuple[int, int, tuple[int, int]]]] = {}
        """By row, what is marked in it: from where to where, and the place that it is of."""
        self._rows = rows
        self._places = places
        if wanted is not None:
            for number, line in enumerate(lines):
                for match in wanted.finditer(line):
                    self._note(number, match.start(), match.end())

    def __len__(self) -> int:
        return len(self.at)

    def index(self, place: tuple[int, int] | None) -> int | None:
        """Which of the places this is, from 0 on."""
        if place is None:
            return None
        index = bisect_left(self.at, place)
        return index if index < len(self.at) and self.at[index] == place else None

    def next(self, step: int, place: tuple[int, int] | None, top: int, bottom: int) -> int:
        """The index of the next place: from that one, or else from these rows on.

        It is -1 before the first place, and as many as there are after the last.
        """
        index = self.index(place)
        if index is not None:
            return index + step
        return bisect_left(self.at, (top, 0)) if step > 0 else bisect_left(self.at, (bottom, 0)) - 1

    def nearest(self, line: int, column: int) -> int:
        """The index of the place that is the nearest to there: by lines, then by columns."""

        def away(index: int) -> tuple[int, int]:
            row, start = self.at[index]
            number, begins = self._places[row]
            return abs(number - line), abs(begins + start - column)

        return min(range(len(self.at)), key=away)

    def _note(self, line: int, start: int, stop: int) -> None:
        """Have a piece of a line marked, on however many rows it is."""
        row = bisect_right(self._places, (line, start)) - 1
        place = row, start - self._places[row][1]
        self.at.append(place)
        while start < stop:
            begins = self._places[row][1]
            ends = min(stop, begins + len(self._rows[row]))
            self.spans.setdefault(row, []).append((start - begins, ends - begins, place))
            start, row = ends, row + 1
