"""The marks of time above a chart."""

from batchtui.core.wording import in_time
from batchtui.ui.widgets.ganttcells import Scope

STEPS = (
    *(0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30),
    *(minutes * 60 for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * 3_600 for hours in (1, 2, 4, 6, 12, 24, 48, 96, 168)),
)
"""Seconds between two marks."""
ROOM = 12
"""Cells that a mark has at the least."""


def axis(scope: Scope, origin: float) -> str:
    """The time since `origin` at regular places: `┊0 s        ┊10 s       `."""
    step = next((step for step in STEPS if step / scope.cell >= ROOM), STEPS[-1])
    line = [" "] * scope.width
    number = max(0, int((scope.begin - origin) // step))
    while (moment := origin + number * step) <= scope.end:
        place = round((moment - scope.begin) / scope.cell)
        text = f"┊{_said(number * step)}"
        if place >= 0 and place + len(text) <= scope.width:
            line[place : place + len(text)] = text
        number += 1
    return "".join(line)


def _said(seconds: float) -> str:
    if 60 <= seconds < 3_600 and seconds % 60:
        return f"{int(seconds // 60)}:{int(seconds % 60):02} min"
    return in_time(seconds).replace(".0 s", " s")


def rounded_up(seconds: float) -> float:
    """A little more time than that, which stays the same while it grows a little."""
    step = 1.0
    while seconds > step * 32:
        step *= 2
    return (seconds // step + 1) * step
