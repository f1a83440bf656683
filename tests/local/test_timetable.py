"""When a schedule makes its jobs, in numbers."""

import pytest

from batchtui.local.world.timetable import Timetable


@pytest.mark.parametrize(
    ("window", "interval", "now", "current"),
    [
        (None, None, 500, 100),
        (50, None, 150, 100),
        (50, None, 151, None),
        (None, 100, 99, 100),
        (None, 100, 399, 300),
        (10, 100, 305, 300),
        (10, 100, 311, 400),
        (1000, 100, 399, 300),
    ],
)
def test_what_is_missed_is_not_made_up_for(
    window: int | None, interval: int | None, now: int, current: int | None
) -> None:
    assert Timetable(window=window, interval=interval).current(100, now) == current
