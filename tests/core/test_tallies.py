import asyncio
import math

import pytest

from batchtui.core.gateway import GatewayError
from batchtui.core.tallies import Counts, Tallies, about


class Service:
    """Counts by name; some names cannot be counted. Time goes on only when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked: list[str] = []
        self.errors: dict[str, GatewayError] = {}
        self.there: dict[str, object] | None = None
        self.under_way = 0
        self.held = asyncio.Event()
        self.held.set()

    def clock(self) -> float:
        return self.now

    async def count(self, name: str) -> int:
        self.asked.append(name)
        self.under_way += 1
        try:
            await self.held.wait()
            if name in self.errors:
                raise self.errors[name]
            return len(self.asked)
        finally:
            self.under_way -= 1

    def tallies(self, **wanted: float) -> Tallies[int]:
        rest = wanted.get("rest", 0.0)
        return Tallies(
            self.count,
            clock=self.clock,
            every=2.0,
            rest=lambda _name, _count: rest,
            things=lambda: self.there,
        )

    def asked_now(self) -> list[str]:
        asked, self.asked = self.asked, []
        return sorted(asked)


async def passed() -> None:
    """Let all that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


BROKEN = GatewayError("Could not count the tasks of job b: it is broken", status=500)


async def test_what_comes_on_screen_is_counted_at_once_and_then_takes_its_turns() -> None:
    service = Service()
    tallies = service.tallies()
    tallies.shown = tuple(f"job-{number:02}" for number in range(20))
    assert set(await tallies.fetch()) == set(tallies.shown)
    service.asked.clear()
    for _ in range(5):
        service.now += 2
        await tallies.fetch()
    assert len(service.asked) == 5 * Tallies.SHOWN_EACH
    assert {service.asked.count(key) for key in tallies.shown} == {2}


async def test_all_that_is_off_screen_gets_its_turn() -> None:
    service = Service()
    tallies = service.tallies()
    tallies.shown = ("seen",)
    tallies.others = tuple(f"job-{number}" for number in range(10))
    for _ in range(3):
        await tallies.fetch()
        service.now += 2
    assert service.asked.count("seen") == 3
    assert {service.asked.count(key) for key in tallies.others} == {1, 2}


@pytest.mark.fault("2.12")
@pytest.mark.parametrize("bad", ["a", "b", "d"])
async def test_what_cannot_be_counted_says_so_and_spoils_no_other(bad: str) -> None:
    service = Service()
    tallies = service.tallies()
    tallies.shown = ("a", "b", "c", "d")
    before = dict(await tallies.fetch())
    service.errors[bad] = BROKEN
    service.now += 2
    after = await tallies.fetch()
    assert after[bad] == before[bad], "the last count stays"
    assert {name for name in before if after[name] != before[name]} == set(before) - {bad}
    assert after.errors == {bad: str(BROKEN)}
    assert about(after, service.now).error == str(BROKEN)
    assert about(after, service.now).at == 0.0, "the pane is as old as what is oldest on it"
    service.errors.clear()
    service.now += 2
    mended = await tallies.fetch()
    assert not mended.errors
    assert about(mended, service.now).at == service.now


@pytest.mark.fault("2.12")
async def test_where_nothing_gets_through_few_are_tried_and_nothing_goes_on() -> None:
    service = Service()
    tallies = service.tallies()
    tallies.shown = tuple(f"job-{number:02}" for number in range(30))
    service.errors = dict.fromkeys(tallies.shown, BROKEN)
    with pytest.raises(GatewayError):
        await tallies.fetch()
    assert len(service.asked_now()) <= 2 * Tallies.AT_ONCE
    assert not service.under_way
    service.errors.clear()
    service.now += 60
    counts = await tallies.fetch()
    assert len(service.asked_now()) == 30, "all of them are too old to wait for their turn"
    assert about(counts, 60.0).at == 60.0


@pytest.mark.fault("2.12")
async def test_who_is_cancelled_asks_nothing_more() -> None:
    service = Service()
    tallies = service.tallies()
    tallies.shown = tuple("abcdefgh")
    service.held.clear()
    fetching = asyncio.create_task(tallies.fetch())
    await passed()
    assert service.under_way == Tallies.AT_ONCE
    fetching.cancel()
    await asyncio.gather(fetching, return_exceptions=True)
    assert not service.under_way
    assert len(service.asked) == Tallies.AT_ONCE


@pytest.mark.fault("2.12")
async def test_counts_of_what_is_gone_are_forgotten() -> None:
    service = Service()
    tallies = service.tallies()
    service.there = {f"job-{number}": number for number in range(300)}
    for number in range(300):
        tallies.shown = (f"job-{number}",)
        await tallies.fetch()
    service.there = {"job-299": 299}
    assert set(await tallies.fetch()) == {"job-299"}


@pytest.mark.fault("2.11")
async def test_another_thing_of_the_same_name_is_counted_anew() -> None:
    service = Service()
    tallies = service.tallies(rest=math.inf)
    service.there, tallies.shown = {"a": "made at noon"}, ("a",)
    await tallies.fetch()
    service.now += 3600
    await tallies.fetch()
    assert service.asked_now() == ["a"], "it was settled"
    service.there = {"a": "made at one"}
    await tallies.fetch()
    assert service.asked_now() == ["a"]


async def test_nothing_is_counted_twice_within_an_interval() -> None:
    service = Service()
    tallies = service.tallies()
    for number in range(10):
        # As a screen is scrolled: each step brings one more, and a look at once.
        tallies.shown = tuple(f"job-{each}" for each in range(number + 1))
        tallies.others = ("hidden",)
        await tallies.fetch()
        service.now += 0.1
    assert len(service.asked) == len(set(service.asked)) == 11
    service.now = 3.0
    await tallies.fetch()
    assert len(service.asked) == 11 + Tallies.SHOWN_EACH + 1


async def test_a_wish_to_see_all_anew_counts_all_that_is_on_screen() -> None:
    service = Service()
    tallies = service.tallies(rest=math.inf)
    tallies.shown = tuple(f"job-{number:02}" for number in range(20))
    await tallies.fetch()
    service.asked_now()
    service.held.clear()
    tallies.sweep()
    under_way = asyncio.create_task(tallies.fetch())
    await passed()
    tallies.sweep()
    service.held.set()
    await under_way
    assert len(service.asked_now()) == 20
    await tallies.fetch()
    assert len(service.asked_now()) == Tallies.AT_ONCE, "those asked for before the second wish"
    await tallies.fetch()
    assert not service.asked_now()


async def test_a_slow_service_does_not_hold_up_what_is_counted_already() -> None:
    service = Service()
    tallies = service.tallies()
    tallies.shown = tuple(f"job-{number:02}" for number in range(30))
    service.held.clear()
    fetching = asyncio.create_task(tallies.fetch())
    await passed()
    service.now += 3.0
    service.held.set()
    counts = await fetching
    assert len(counts) == Tallies.AT_ONCE
    assert about(counts, 0.0).left, "and the rest is due soon"
    counts = await tallies.fetch()
    assert len(counts) == 30
    assert not about(counts, 0.0).left


async def test_what_was_counted_long_ago_waits_for_no_turn() -> None:
    service = Service()
    tallies = service.tallies()
    tallies.shown = tuple(f"job-{number:02}" for number in range(30))
    await tallies.fetch()
    service.asked_now()
    service.now = 60.0
    assert about(await tallies.fetch(), 60.0).at == 60.0
    assert len(service.asked_now()) == 30


async def test_the_oldest_count_on_screen_is_the_age_of_all() -> None:
    service = Service()
    tallies = service.tallies()
    tallies.shown = tuple(f"job-{number:02}" for number in range(20))
    for look in range(6):
        service.now = look * 2.0
        told = about(await tallies.fetch(), service.now)
        assert service.now - told.at <= 2 * 2.0, "three looks for twenty jobs"
    assert told.at < service.now
    tallies.shown = ()
    assert about(await tallies.fetch(), 99.0).at == 99.0


async def test_where_requests_are_scarce_what_is_off_screen_waits() -> None:
    service, spare = Service(), [False]
    tallies = Tallies(service.count, clock=service.clock, every=2.0, spare=lambda: spare[0])
    tallies.shown, tallies.others = ("seen",), ("hidden",)
    await tallies.fetch()
    assert service.asked_now() == ["seen"]
    service.now, spare[0] = 2.0, True
    await tallies.fetch()
    assert service.asked_now() == ["hidden", "seen"]


def test_counts_are_equal_where_all_that_they_say_is() -> None:
    counts = Counts({"a": 1}, {}, oldest=1.0)
    assert counts == Counts({"a": 1}, {}, oldest=2.0)
    assert counts == {"a": 1}
    assert counts != Counts({"a": 1}, {"a": "broken"})
    assert counts != {"a": 2}
