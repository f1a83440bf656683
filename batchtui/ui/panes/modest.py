"""Panes that leave to others the lines that they do not need."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.geometry import Size

from batchtui.ui.panes.steering import SteerablePane

T = TypeVar("T")


class ModestPane(SteerablePane[T], Generic[T]):
    """As high as its records need where the screen's rules say `height: auto`.

    One line stays free, so that nothing moves when a record comes or goes; two that come or go
    change the height.
    """

    LEAST = 3
    """Lines for records, which a sentence takes where there are none."""
    MOST: ClassVar[float] = 1 / 3
    """Of the column's height, so that there is room for its neighbours."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._rows = self.LEAST

    @property
    def besides(self) -> int:
        """Lines that the pane needs beside those of its records."""
        return 0

    def lay_out(self, records: Sequence[T]) -> None:
        super().lay_out(records)
        needed = len(records) + self.besides
        if needed > self._rows or max(needed + 1, self.LEAST) <= self._rows - 2:
            self._rows = max(needed + 1, self.LEAST)
            self.refresh(layout=True)

    @property
    def _has_relative_children_height(self) -> bool:
        # Textual would give the pane all the height that there is, for the sake of a table in it
        # that takes what the pane has.
        return False

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        if not any(sibling.display for sibling in self.siblings):
            return container.height
        frame = self.gutter.height
        most = int((container.height + frame) * self.MOST) - frame
        return min(self.table.HEADER + self._rows, max(self.LEAST, most))
