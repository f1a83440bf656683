"""Textual's text and lists, mended where they have no room.

Terminals are made as small as three rows and a few columns, and parts of a dialog are 0 cells wide
then. Of Textual 8.2.8 two things end the program:

- `OptionList._move_page` looks up the line of the highlighted option, which a list without room
  has not laid out: `KeyError` (https://github.com/kagan-sh/kagan-legacy/issues/31 is the same).
- `Content._wrap_and_format` folds words to a width of 0: `ValueError` of `range()`.

The palette, the choices of a `Select` and all text are made by Textual itself, so it is these
classes that are mended, and not subclasses of ours.
"""

from typing import Any, Literal

from textual.content import Content
from textual.widgets import OptionList

_move_page = OptionList._move_page
_wrap_and_format = Content._wrap_and_format


def mend() -> None:
    """Have lists and text without room do nothing. Called again, it changes nothing."""
    OptionList._move_page = _moved_where_laid_out  # type: ignore[method-assign]
    Content._wrap_and_format = _wrapped_to_a_cell  # type: ignore[method-assign]


def _moved_where_laid_out(self: OptionList, direction: Literal[-1, 1]) -> None:
    if (self.highlighted or 0) in self._index_to_line:
        _move_page(self, direction)


def _wrapped_to_a_cell(self: Content, width: int, *args: Any, **options: Any) -> Any:
    least = 1 + 2 * options.get("line_pad", 0)
    return _wrap_and_format(self, max(least, width), *args, **options)
