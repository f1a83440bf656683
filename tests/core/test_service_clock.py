"""The service's time of day, whatever this machine's clock says."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from batchtui.core.service_clock import ServiceClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Wall:
    """This machine's clock."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def dated(at: datetime) -> datetime:
    """As a header says it, in whole seconds."""
    return at.replace(microsecond=0)


@pytest.mark.fault("2.5")
@pytest.mark.parametrize(
    "off", [timedelta(minutes=12), timedelta(minutes=-12), timedelta(days=400)]
)
def test_the_services_time_is_known_to_a_second_from_answers_that_take_up_to_one(
    off: timedelta,
) -> None:
    dice, wall = random.Random(1), Wall()
    clock = ServiceClock(wall)
    for answers in range(1, 100):
        took = dice.uniform(0.01, 0.9)
        wall.now += timedelta(seconds=dice.uniform(0.1, 3))
        served = wall.now + off - timedelta(seconds=took * dice.random())
        clock.note(dated(served), took)
        assert abs(clock.now() - (wall.now + off)) < timedelta(seconds=1)
        assert bool(clock.difference) == (answers >= ServiceClock.ENOUGH)
    assert abs(clock.difference - off) < timedelta(seconds=1)


@pytest.mark.fault("2.5")
def test_a_clock_that_is_right_is_left_alone() -> None:
    dice, wall = random.Random(2), Wall()
    clock = ServiceClock(wall)
    for _ in range(200):
        took = dice.uniform(0.0, 1.5)
        wall.now += timedelta(seconds=dice.uniform(0.1, 3))
        clock.note(dated(wall.now - timedelta(seconds=took * dice.random())), took)
        assert clock.now() == wall.now
    assert not clock.difference


@pytest.mark.fault("2.5")
def test_some_answers_of_others_do_not_move_it() -> None:
    wall = Wall()
    clock = ServiceClock(wall)
    for number in range(40):
        wall.now += timedelta(seconds=1)
        wrong = timedelta(hours=5) if number % 3 == 2 else timedelta()
        clock.note(dated(wall.now + wrong))
    assert clock.now() == wall.now


@pytest.mark.fault("2.5")
def test_less_than_a_minute_is_counted_with_and_not_told() -> None:
    wall = Wall()
    clock = ServiceClock(wall)
    for _ in range(9):
        clock.note(dated(wall.now + timedelta(seconds=40)))
    assert abs(clock.offset - timedelta(seconds=40)) < timedelta(seconds=1)
    assert not clock.difference


@pytest.mark.fault("2.5")
def test_a_clock_that_is_put_right_is_followed() -> None:
    wall = Wall()
    clock = ServiceClock(wall)
    for _ in range(9):
        clock.note(dated(wall.now + timedelta(minutes=12)))
    assert clock.difference
    wall.now += timedelta(minutes=12)
    for _ in range(9):
        clock.note(dated(wall.now))
    assert clock.now() == wall.now
