"""Commands in three columns: their keys, their names, and what they do."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size

from batchtui.ui.widgets.contained import Contained

GAP = 2
LEAST = 20
"""Cells that the last column has at least, however narrow the screen is."""


@dataclass(frozen=True, slots=True)
class Line:
    """A command, by whatever keys it has."""

    keys: str
    name: str
    meaning: str
    enabled: bool = True


class KeyLines(Contained):
    """What a command does is wrapped within its column."""

    DEFAULT_CSS = "KeyLines { height: auto; }"

    def __init__(self, lines: Sequence[Line], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._told = lines
        self._keys = max((cell_len(line.keys) for line in lines), default=0) + GAP
        self._names = max((cell_len(line.name) for line in lines), default=0) + GAP

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return sum(len(self._wrapped(line, width)) for line in self._told)

    def render(self) -> Content:
        width = self.content_size.width
        return Content("\n").join(
            self._row(line, part, first=index == 0)
            for line in self._told
            for index, part in enumerate(self._wrapped(line, width))
        )

    def _wrapped(self, line: Line, width: int) -> list[str]:
        room = max(LEAST, width - self._keys - self._names)
        return textwrap.wrap(line.meaning, room) or [""]

    def _row(self, line: Line, part: str, *, first: bool) -> Content:
        keys, name = (line.keys, line.name) if first else ("", "")
        tones = ("$primary", "", "$text-muted") if line.enabled else ("$text-disabled",) * 3
        return Content.assemble(
            (keys + " " * (self._keys - cell_len(keys)), tones[0]),
            (name + " " * (self._names - cell_len(name)), tones[1]),
            (part, tones[2]),
        )
