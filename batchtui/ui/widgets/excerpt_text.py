"""Text that a task wrote, in rows as wide as there is room for."""

from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

from batchtui.core.plain import lines_of

__all__ = ["lines_of", "rows_of"]


def rows_of(line: str, width: int) -> Iterator[str]:
    """A line in pieces of at most `width` cells; an empty line is one empty piece."""
    if len(line) * 2 <= width or cell_len(line) <= width:
        yield line
    elif line.isascii():
        yield from (line[start : start + width] for start in range(0, len(line), width))
    else:
        yield from chop_cells(line, width)
