"""When feeds look, and how long they rest, over a clock that takes no time."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from batchtui.core.feed import Feed, Reading
from batchtui.core.gateway import GatewayError
from batchtui.core.traffic import Traffic
from tests.fakes.virtual_time import in_virtual_time, now


def feed_of(
    fetch: Callable[[], Awaitable[int]], *, every: float = 2.0, traffic: Traffic | None = None
) -> Feed[int]:
    feed = Feed(fetch, 0, every=every, traffic=traffic or Traffic(clock=now))
    feed.looked_at = True
    return feed


@pytest.mark.fault("1.13")
def test_a_service_that_is_away_for_a_day_is_asked_once_a_minute_and_not_forgotten() -> None:
    async def main() -> list[float]:
        times: list[float] = []

        async def fetch() -> int:
            times.append(now())
            raise GatewayError("Could not reach the service")

        polling = asyncio.create_task(feed_of(fetch).run())
        await asyncio.sleep(24 * 3600)
        assert not polling.done()
        polling.cancel()
        return times

    times = in_virtual_time(main())
    rests = [after - before for before, after in pairwise(times)]
    assert max(rests) == pytest.approx(Feed.AT_MOST)
    assert min(rests[-1000:]) == pytest.approx(Feed.AT_MOST)


def test_what_a_subscriber_raises_stays_its_own(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[Reading[int]] = []

    def broken(_reading: Reading[int]) -> None:
        raise ZeroDivisionError("a pane that cannot draw")

    async def main() -> None:
        async def fetch() -> int:
            return len(seen)

        feed = feed_of(fetch)
        feed.subscribe(broken)
        feed.subscribe(seen.append)
        polling = asyncio.create_task(feed.run())
        await asyncio.sleep(10)
        assert not polling.done()
        polling.cancel()

    in_virtual_time(main())
    assert len(seen) > 3
    assert [record.message for record in caplog.records] == [
        "A subscriber could not take a reading"
    ], "said once, not at every look"
    assert "ZeroDivisionError" in caplog.text
