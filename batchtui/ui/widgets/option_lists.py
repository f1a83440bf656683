"""Textual's lists of options, mended where they have no room.

A list that is 0 cells wide or high has laid out none of its options, and `OptionList._move_page`
looks up the line of the highlighted one: `KeyError`. It ends the program with the palette open in
a terminal of three rows (Textual 8.2.8; others ran into it as well,
https://github.com/kagan-sh/kagan-legacy/issues/31). The palette and the choices of a `Select` make
lists of Textual's own, so it is the class that is mended, and not one of ours below it.
"""

from typing import Literal

from textual.widgets import OptionList

_move_page = OptionList._move_page


def mend() -> None:
    """Have page up and page down do nothing in a list without room. Called again, no more."""
    OptionList._move_page = _moved_where_laid_out  # type: ignore[method-assign]


def _moved_where_laid_out(self: OptionList, direction: Literal[-1, 1]) -> None:
    if (self.highlighted or 0) in self._index_to_line:
        _move_page(self, direction)
