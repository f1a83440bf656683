"""When feeds look, and how long they rest, over a clock that takes no time."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from batchtui.core.feed import About, Feed, Reading
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


def rests(times: list[float]) -> list[float]:
    return [round(after - before, 1) for before, after in pairwise(times)]


class Weather:
    """A service that any number of feeds look at: every request is noted with its time."""

    def __init__(self) -> None:
        self.traffic = Traffic(clock=now)
        self.asked: dict[str, list[float]] = {}
        self.feeds: dict[str, Feed[int]] = {}
        self.error: Callable[[str], GatewayError | None] = lambda _name: None
        self.latency = 0.0

    def feed(self, name: str, *, every: float = 2.0) -> Feed[int]:
        async def fetch() -> int:
            times = self.asked.setdefault(name, [])
            times.append(now())
            latency = max(self.latency, 0.005)
            await asyncio.sleep(latency)
            error = self.error(name)
            status = None if error is None else error.status
            self.traffic.record("GET", f"/{name}", status or 200, latency)
            if error is not None:
                raise error
            return len(times)

        self.feeds[name] = feed_of(fetch, every=every, traffic=self.traffic)
        return self.feeds[name]

    def run(self) -> list["asyncio.Task[None]"]:
        return [asyncio.create_task(feed.run()) for feed in self.feeds.values()]

    @property
    def fresh(self) -> bool:
        return all(
            feed.reading.fresh and (feed.age or 0.0) <= feed.every + 0.5
            for feed in self.feeds.values()
        )

    async def fresh_after(self, at_most: float) -> float:
        """Seconds until every feed is fresh."""
        began = now()
        while not self.fresh:
            assert now() - began < at_most
            await asyncio.sleep(0.05)
        return now() - began


def away(_name: str) -> GatewayError:
    return GatewayError("Could not reach the service")


def test_a_feed_rests_between_looks_and_no_longer() -> None:
    async def main() -> list[float]:
        weather = Weather()
        weather.feed("jobs")
        (polling,) = weather.run()
        await asyncio.sleep(60)
        polling.cancel()
        return weather.asked["jobs"]

    assert set(rests(in_virtual_time(main()))) == {2.0}


def test_a_slow_service_is_asked_less_often_until_others_find_it_quick_again() -> None:
    async def main() -> tuple[list[float], list[float]]:
        weather = Weather()
        weather.feed("jobs")
        weather.latency = 4.0
        (polling,) = weather.run()
        await asyncio.sleep(100)
        slow = rests(weather.asked["jobs"])
        weather.latency = 0.1
        for name in ("pools", "nodes", "tasks"):
            weather.feed(name)
        others = [asyncio.create_task(weather.feeds[name].run()) for name in weather.feeds][1:]
        await asyncio.sleep(20)
        for task in (polling, *others):
            task.cancel()
        return slow, weather.asked["jobs"]

    slow, times = in_virtual_time(main())
    assert set(slow) == {4.0 + Feed.REST_RATIO * 4.0}
    assert times[-1] >= 1118, "it is back at its usual pace"


def test_the_longest_rest_holds_for_slow_looks_too() -> None:
    async def main() -> list[float]:
        weather = Weather()
        weather.feed("jobs")
        weather.latency = 30.0
        (polling,) = weather.run()
        await asyncio.sleep(1000)
        polling.cancel()
        return weather.asked["jobs"]

    assert set(rests(in_virtual_time(main()))) == {90.0}


def test_a_question_that_the_service_refuses_is_asked_ever_less_often() -> None:
    """While the service answers others, an own refusal does not pass by itself."""

    async def main() -> dict[str, list[float]]:
        weather = Weather()
        weather.error = lambda name: (
            GatewayError("No such job", status=404) if name == "tasks" else None
        )
        for name in ("tasks", "jobs"):
            weather.feed(name)
        polling = weather.run()
        await asyncio.sleep(600)
        for task in polling:
            task.cancel()
        return weather.asked

    asked = in_virtual_time(main())
    assert rests(asked["tasks"])[:6] == [4, 8, 16, 32, 60, 60]
    assert set(rests(asked["jobs"])) == {2.0}


@pytest.mark.fault("1.13")
def test_an_outage_is_probed_by_one_feed_at_a_time_ever_less_often() -> None:
    async def main() -> list[float]:
        weather = Weather()
        weather.error = away
        for name in ("pools", "jobs", "nodes", "tasks", "progress"):
            weather.feed(name)
        polling = weather.run()
        await asyncio.sleep(3600)
        for task in polling:
            task.cancel()
        return sorted(time for times in weather.asked.values() for time in times)

    times = in_virtual_time(main())
    first = [time for time in times if time < 1060]
    last = [time for time in times if time > 4540]
    assert len(first) < 40, "a quarter of what five feeds ask in fair weather"
    assert len(last) <= 6, "each once a minute"


WEATHERS = [
    pytest.param(away, id="no answer"),
    pytest.param(lambda _name: GatewayError("Busy", status=503), id="503"),
    pytest.param(lambda _name: GatewayError("Signed wrong", status=401), id="401"),
    pytest.param(lambda _name: GatewayError("Not allowed", status=403), id="403"),
    pytest.param(lambda _name: GatewayError("Not as Azure Batch does"), id="wrong bodies"),
]


@pytest.mark.parametrize("error", WEATHERS)
@pytest.mark.parametrize("minutes", [1, 2])
def test_everything_is_fresh_within_two_intervals_after_an_outage(
    error: Callable[[str], GatewayError | None], minutes: int
) -> None:
    async def main() -> float:
        weather = Weather()
        for name in ("pools", "jobs", "nodes", "tasks", "progress", "node"):
            weather.feed(name)
        weather.feed("containers", every=4.0)
        polling = weather.run()
        await asyncio.sleep(20)
        weather.error = error
        await asyncio.sleep(minutes * 60)
        assert not weather.fresh
        weather.error = lambda _name: None
        passed = await weather.fresh_after(60)
        for task in polling:
            task.cancel()
        return passed

    assert in_virtual_time(main()) <= 2 * 2.0 + 0.1


@pytest.mark.parametrize("seed", range(20))
def test_everything_is_fresh_soon_after_mixed_weather(seed: int) -> None:
    """Half of all answers 503, each late by up to two seconds."""

    async def main() -> float:
        dice = random.Random(seed)
        weather = Weather()
        for name in ("pools", "jobs", "nodes", "tasks", "progress", "node"):
            weather.feed(name)
        polling = weather.run()

        def half(_name: str) -> GatewayError | None:
            weather.latency = dice.uniform(0, 2)
            return GatewayError("Busy", status=503) if dice.random() < 0.5 else None

        weather.error = half
        await asyncio.sleep(600)
        per_minute = sum(len(times) for times in weather.asked.values()) / 10
        assert 20 < per_minute < 6 * 30, "slower than in fair weather, and still under way"
        weather.error, weather.latency = lambda _name: None, 0.0
        passed = await weather.fresh_after(60)
        for task in polling:
            task.cancel()
        return passed

    # Two intervals, and some of what was under way when the weather ended.
    assert in_virtual_time(main()) <= 2 * 2.0 + 1.0


def test_what_looks_seldom_is_fresh_again_as_soon_as_what_looks_often() -> None:
    async def main() -> float:
        weather = Weather()
        for name in ("pools", "jobs", "nodes"):
            weather.feed(name)
        weather.feed("failures", every=30.0)
        polling = weather.run()
        await asyncio.sleep(29)
        weather.error = lambda _name: GatewayError("Busy", status=503)
        await asyncio.sleep(31)
        weather.error = lambda _name: None
        await asyncio.sleep(2 * 2.0)
        assert weather.feeds["failures"].reading.fresh
        await asyncio.sleep(120)
        for task in polling:
            task.cancel()
        return rests(weather.asked["failures"])[-1]

    assert in_virtual_time(main()) == 30.0, "and then looks as seldom as ever"


def test_a_part_that_failed_is_asked_for_soon() -> None:
    async def main() -> list[float]:
        weather = Weather()
        jobs = weather.feed("jobs")
        usage = weather.feed("usage", every=8.0)
        looks: list[float] = []

        async def fetch() -> int:
            looks.append(now())
            return 1

        part = Feed(
            fetch, 0, every=8.0, traffic=weather.traffic,
            about=lambda _value, at: About(at, "one is broken" if len(looks) == 2 else ""),
        )  # fmt: skip
        part.looked_at = True
        polling = [asyncio.create_task(each.run()) for each in (jobs, usage, part)]
        await asyncio.sleep(25)
        for task in polling:
            task.cancel()
        return looks

    assert rests(in_virtual_time(main())) == [8.0, 3.0, 8.0]


def test_a_feed_that_fails_alone_is_asked_as_often_as_ever_where_that_may_pass() -> None:
    async def main() -> list[float]:
        weather = Weather()
        weather.error = lambda name: away(name) if name == "nodes" else None
        for name in ("nodes", "jobs"):
            weather.feed(name)
        polling = weather.run()
        await asyncio.sleep(120)
        for task in polling:
            task.cancel()
        return weather.asked["nodes"]

    assert max(rests(in_virtual_time(main()))) <= 4.0


@pytest.mark.fault("2.17")
@pytest.mark.parametrize("asked_for", [3600, 86400, 61, 10**9])
def test_however_long_the_service_asks_to_be_left_alone_it_is_a_minute_and_said(
    asked_for: float,
) -> None:
    async def main() -> list[float]:
        weather = Weather()
        feed = weather.feed("jobs")
        (polling,) = weather.run()
        await asyncio.sleep(1)
        weather.traffic.record("GET", "/jobs", 503, 0.1, retry_after=asked_for)
        assert weather.traffic.throttled == 60
        assert weather.traffic.asked_for == asked_for
        await asyncio.sleep(10)
        assert feed.next_in is not None
        assert feed.next_in == pytest.approx(50), "until when it rests is known"
        feed.refresh()
        await asyncio.sleep(0.1)
        assert now() - weather.asked["jobs"][-1] < 0.2, "the user's wish is tried at once"
        await asyncio.sleep(80)
        polling.cancel()
        return weather.asked["jobs"]

    times = in_virtual_time(main())
    assert any(1061 <= time < 1064 for time in times), "and by itself after a minute"


def test_a_throttling_service_is_left_alone_as_long_as_it_asks() -> None:
    async def main() -> list[float]:
        weather = Weather()
        weather.feed("jobs")
        (polling,) = weather.run()
        await asyncio.sleep(0.5)
        weather.traffic.record("GET", "/jobs", 429, 0.1, retry_after=20)
        await asyncio.sleep(30)
        polling.cancel()
        return weather.asked["jobs"]

    times = in_virtual_time(main())
    assert times[1] - times[0] == pytest.approx(20.5)


def test_a_value_is_as_old_as_the_question_for_it() -> None:
    async def main() -> None:
        weather = Weather()
        feed = weather.feed("jobs")
        weather.latency = 5.0
        await feed.poll()
        assert feed.age == 5.0
        await asyncio.sleep(3)
        assert feed.age == 8.0
        weather.error = away
        await feed.poll()
        assert feed.age == 13.0, "a failure makes nothing younger"

    in_virtual_time(main())


def test_what_was_just_read_is_not_asked_for_again_at_once() -> None:
    async def main() -> list[float]:
        weather = Weather()
        feed = weather.feed("pools")
        await feed.poll()
        (polling,) = weather.run()
        await asyncio.sleep(5)
        polling.cancel()
        return weather.asked["pools"]

    assert rests(in_virtual_time(main())) == [2.0, 2.0]


def test_a_wish_during_a_look_brings_another_look_at_everything() -> None:
    async def main() -> tuple[list[float], int]:
        sweeps = 0

        def sweep() -> None:
            nonlocal sweeps
            sweeps += 1

        weather = Weather()
        feed = weather.feed("tasks", every=600)
        feed.sweep = sweep
        weather.latency = 3.0
        (polling,) = weather.run()
        await asyncio.sleep(1)
        feed.refresh()
        await asyncio.sleep(10)
        polling.cancel()
        return weather.asked["tasks"], sweeps

    times, sweeps = in_virtual_time(main())
    assert (rests(times), sweeps) == ([3.0], 1)


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
