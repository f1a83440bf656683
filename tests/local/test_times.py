from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchtui.local.wire.times import (
    UNLIMITED,
    Clock,
    duration,
    error_stamp,
    etag,
    http_date,
    limit,
    parse_duration,
    stamp,
)

AT = 1_700_000_000_123_400


def test_spellings_of_a_time() -> None:
    assert stamp(AT) == "2023-11-14T22:13:20.1234Z"
    assert stamp(1_700_000_000_000_000) == "2023-11-14T22:13:20Z"
    assert error_stamp(AT) == "2023-11-14T22:13:20.1234000Z"
    assert http_date(AT) == "Tue, 14 Nov 2023 22:13:20 GMT"


def test_etag_is_the_ticks_of_a_recorded_job() -> None:
    # 2022-02-03T04:23:43.0021305Z, of which microseconds keep all but the last digit.
    assert etag(1_643_862_223_002_130) == f"0x{0x8D9E6CCF65384B9 - 5:X}"


def test_the_clock_never_tells_a_time_twice() -> None:
    clock = Clock(lambda: 1_000_000)
    assert [clock.now() for _ in range(3)] == [1000, 1001, 1002]


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("PT01H00M00S", "PT1H"),
        ("PT06M00S", "PT6M"),
        ("P3Y6M4DT12H30M5S", "P1279DT12H30M5S"),
        ("P1W", "P7D"),
        ("PT90S", "PT1M30S"),
        ("PT1.50S", "PT1.5S"),
        ("PT20S", "PT20S"),
        ("PT0S", "PT0S"),
        (UNLIMITED, UNLIMITED),
        ("P9999999Y", UNLIMITED),
    ],
)
def test_durations_are_normalised(sent: str, answered: str) -> None:
    assert duration(parse_duration(sent)) == answered


@pytest.mark.parametrize("text", ["", "P", "PT", "1H", "PT1", "PT-1H", "P1H", "PT1H ", "pt1h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        parse_duration(text)


def test_no_limit_is_none() -> None:
    assert limit(UNLIMITED) is None
    assert limit("PT1M") == timedelta(minutes=1)


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=10_000)))
def test_a_duration_survives_being_written_and_read(length: timedelta) -> None:
    assert parse_duration(duration(length)) == length
