"""What polling may cost in a minute, and who waits where that is not enough."""

import asyncio

import pytest

from batchtui.core.feed import Feed
from batchtui.core.traffic import Traffic
from tests.fakes.virtual_time import in_virtual_time, now


class Poller:
    """A feed whose every look takes so many requests."""

    def __init__(self, traffic: Traffic, requests: int, *, every: float = 2.0) -> None:
        self.times: list[float] = []
        self.looks = 0

        async def fetch() -> int:
            self.looks += 1
            for _ in range(requests):
                await asyncio.sleep(0.01)
                self.times.append(now())
                traffic.record("GET", "/jobs", 200, 0.01)
            return self.looks

        self.feed = Feed(fetch, 0, every=every, traffic=traffic)
        self.feed.looked_at = True


def most_in_a_minute(times: list[float]) -> int:
    return max(sum(at <= other < at + 60 for other in times) for at in times)


def polled(pollers: list[Poller], seconds: float) -> None:
    async def main() -> None:
        tasks = [asyncio.create_task(each.feed.run()) for each in pollers]
        await asyncio.sleep(seconds)
        for task in tasks:
            task.cancel()

    in_virtual_time(main())


@pytest.mark.parametrize("per_minute", [60, 240])
@pytest.mark.parametrize("requests", [1, 12])
def test_no_minute_costs_more_than_the_budget(per_minute: int, requests: int) -> None:
    traffic = Traffic(clock=now_or_zero, polls_per_minute=per_minute)
    pollers = [Poller(traffic, requests) for _ in range(20)]
    polled(pollers, 600)
    times = sorted(time for each in pollers for time in each.times)
    # What a look takes beyond its first request is known only afterwards, and owed.
    assert most_in_a_minute(times) <= per_minute + requests - 1
    assert len(times) >= 0.85 * per_minute * 10, "and what it allows is used"
    looks = [each.looks for each in pollers]
    assert max(looks) <= 2 * min(looks), "in turns"


def now_or_zero() -> float:
    """The loop's time, which does not run yet where traffic is made outside of it."""
    try:
        return now()
    except RuntimeError:
        return 1_000.0


def test_without_a_limit_nothing_waits() -> None:
    traffic = Traffic(clock=now_or_zero)
    pollers = [Poller(traffic, 12) for _ in range(20)]
    polled(pollers, 60)
    assert min(each.looks for each in pollers) >= 25
    assert traffic.budget.spare


def test_what_nobody_sees_slows_first() -> None:
    traffic = Traffic(clock=now_or_zero, polls_per_minute=240)
    seen = [Poller(traffic, 1) for _ in range(7)]
    unseen = [Poller(traffic, 1) for _ in range(4)]
    for each in unseen:
        each.feed.in_sight = False
    polled([*seen, *unseen], 600)
    assert min(each.looks for each in seen) > 250, "as if there was no limit"
    assert 10 <= max(each.looks for each in unseen) < 100, "less, and yet now and then"


def test_what_the_user_does_passes_at_once_and_is_counted() -> None:
    async def main() -> None:
        traffic = Traffic(clock=now, polls_per_minute=60)
        pollers = [Poller(traffic, 20) for _ in range(10)]
        tasks = [asyncio.create_task(each.feed.run()) for each in pollers]
        await asyncio.sleep(120)
        before, looks = traffic.polled_per_minute, pollers[3].looks
        pollers[3].feed.refresh()
        await asyncio.sleep(0.5)
        assert pollers[3].looks == looks + 1
        traffic.record("POST", "/jobs", 201, 0.1)
        assert traffic.commanded_per_minute == 21
        assert traffic.polled_per_minute <= before
        assert traffic.per_minute == traffic.polled_per_minute + 21
        for task in tasks:
            task.cancel()

    in_virtual_time(main())
