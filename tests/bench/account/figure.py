"""One line of the bench's table."""

import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, what its peer reached in the same run, and what is asked for."""

    name: str
    measured: str
    peer: str
    wanted: str
    met: bool


def table(figures: list[Figure]) -> str:
    """The figures as a Markdown table."""
    rows = [("", "measured", "beside it", "wanted", "")]
    rows += [
        (one.name, one.measured, one.peer, one.wanted, "met" if one.met else "MISSED")
        for one in figures
    ]
    widths = [max(len(row[n]) for row in rows) for n in range(5)]
    lines = [
        f"| {' | '.join(text.ljust(width) for text, width in zip(row, widths, strict=True))} |"
        for row in rows
    ]
    lines.insert(1, f"|{'|'.join('-' * (width + 2) for width in widths)}|")
    return "\n".join(lines)


async def median(act: Callable[[], Awaitable[object]], times: int = 15) -> float:
    """Seconds that something takes, the median of several."""
    taken = []
    for _ in range(times):
        start = perf_counter()
        await act()
        taken.append(perf_counter() - start)
    return statistics.median(taken)
