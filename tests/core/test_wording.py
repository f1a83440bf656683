from datetime import timedelta

import pytest

from batchtui.core.wording import in_bytes, in_time, many, roundly, some


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 KB"),
        (1_149, "1.1 KB"),
        (999_949, "999.9 KB"),
        (999_951, "1.0 MB"),
        (41_200_000_000, "41.2 GB"),
        (3_000_000_000_000_000, "3.0 PB"),
    ],
)
def test_sizes(size: int, words: str) -> None:
    assert in_bytes(size) == words


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (-3.0, "0.0 s"),
        (2.14, "2.1 s"),
        (9.96, "10 s"),
        (59.6, "1 min"),
        (timedelta(minutes=11, seconds=20), "11 min"),
        (timedelta(hours=3, minutes=20), "3 h 20 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=5, hours=2), "5 d 2 h"),
    ],
)
def test_durations(duration: timedelta | float, words: str) -> None:
    assert in_time(duration) == words


def test_counts_and_names() -> None:
    assert (many(1, "task"), many(12_000, "task")) == ("1 task", "12,000 tasks")
    assert some(["a"]) == "a"
    assert some(["a", "b"]) == "a and b"
    assert some(["a", "b", "c"]) == "a, b and c"
    assert some(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


def test_estimates_are_said_roundly() -> None:
    told = [in_time(roundly(seconds)) for seconds in (3, 47, 100, 1_500, 5_000, 9_200, 50_000)]
    assert told == ["10 s", "50 s", "2 min", "25 min", "1 h 20 min", "2 h 30 min", "14 h"]
