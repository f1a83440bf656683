"""Many things get the same order: all are tried, and throttling only slows that down."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from batchtui.core.bulk import Bulk, Fate, patiently
from batchtui.core.gateway import GatewayError
from batchtui.core.orders.order import gone
from batchtui.core.traffic import Traffic
from tests.fakes.virtual_time import in_virtual_time, now

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Service:
    """Takes an order, unless it is busy or the thing is bad."""

    def __init__(self, *, busy: int = 0, bad: tuple[str, ...] = ()) -> None:
        self.busy = busy
        self.bad = bad
        self.taken: list[str] = []
        self.at_once = self.most = 0

    async def take(self, thing: str) -> None:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if self.busy:
            self.busy -= 1
            raise GatewayError("Too many requests", status=429)
        if thing in self.bad:
            raise GatewayError(f"Could not take {thing}: it is bad", status=409)
        self.taken.append(thing)


def bulk_of(count: int, service: Service, rests: list[float]) -> Bulk[str]:
    async def rest(seconds: float) -> None:
        rests.append(seconds)

    names = [f"t{number}" for number in range(count)]
    return Bulk(names, str, service.take, Traffic(), rest=rest)


async def test_nothing_stops_at_five_and_each_thing_has_its_result() -> None:
    service, rests = Service(bad=("t3", "t7")), list[float]()
    bulk = bulk_of(12, service, rests)
    await bulk.run()
    assert bulk.counts == {Fate.DONE: 10, Fate.FAILED: 2}
    assert [item.said for item in bulk.items if item.fate is Fate.FAILED] == [
        "Could not take t3: it is bad",
        "Could not take t7: it is bad",
    ]
    assert 1 < service.most <= Bulk.AT_ONCE
    assert not any(rests)


async def test_a_busy_service_is_asked_again_more_and_more_slowly_until_it_takes_it() -> None:
    service, rests = Service(busy=40), list[float]()
    bulk = bulk_of(9, service, rests)
    await bulk.run()
    assert bulk.counts == {Fate.DONE: 9}
    assert sorted(service.taken) == [f"t{number}" for number in range(9)]
    pauses = [rest for rest in rests if rest]
    assert pauses[0] == Bulk.FIRST_PAUSE
    assert max(pauses) == Bulk.LONGEST_PAUSE
    assert pauses[-1] < Bulk.LONGEST_PAUSE


async def test_what_failed_is_tried_again_and_what_is_done_is_not() -> None:
    service = Service(bad=("t1",))
    bulk = bulk_of(3, service, [])
    await bulk.run()
    service.bad = ()
    await bulk.run()
    assert bulk.counts == {Fate.DONE: 3}
    assert sorted(service.taken) == ["t0", "t1", "t2"]


class ForgetfulService:
    """Does what it is asked for, and answers the first time that it could not."""

    def __init__(self, status: int | None) -> None:
        self.status = status
        self.taken: list[str] = []

    async def take(self, thing: str) -> None:
        if thing in self.taken:
            raise GatewayError(f"Could not take {thing}: taken", status=409, code="Taken")
        self.taken.append(thing)
        raise GatewayError(f"Could not take {thing}: no answer", status=self.status)


@pytest.mark.parametrize("status", [None, 408, 429, 500, 502, 503])
async def test_what_was_done_and_its_answer_lost_is_done(status: int | None) -> None:
    service = ForgetfulService(status)

    async def rest(_: float) -> None:
        await asyncio.sleep(0)

    bulk = Bulk(["a", "b"], str, service.take, Traffic(), already={"Taken"}, rest=rest)
    await bulk.run()
    if bulk.counts[Fate.FAILED]:
        assert bulk.items[0].said == "Could not take a: no answer; it may have been done"
        await bulk.run()
    assert bulk.counts == {Fate.DONE: 2}
    assert service.taken == ["a", "b"]


@pytest.mark.parametrize(("tried", "fate"), [(0, Fate.FAILED), (1, Fate.DONE)])
async def test_what_somebody_else_had_done_before_is_refused(tried: int, fate: Fate) -> None:
    service = ForgetfulService(503)
    service.taken.append("a")

    async def rest(_: float) -> None:
        await asyncio.sleep(0)

    bulk = Bulk(["a"], str, service.take, Traffic(), tried=tried, already={"Taken"}, rest=rest)
    await bulk.run()
    assert bulk.items[0].fate is fate


@pytest.mark.parametrize(
    ("code", "status"), [("TaskNotFound", 404), ("ContainerBeingDeleted", 409)]
)
async def test_what_is_gone_already_is_deleted(code: str, status: int) -> None:
    async def deletion(code: str) -> None:
        raise GatewayError("Could not delete it", status=status, code=code)

    await gone(deletion(code))
    for other in ("", "AccountNotFound", "LeaseIdMissing"):
        with pytest.raises(GatewayError):
            await gone(deletion(other))


async def test_what_was_interrupted_says_so() -> None:
    reached = asyncio.Event()

    async def never(_thing: str) -> None:
        reached.set()
        await asyncio.Event().wait()

    bulk = Bulk(["a", "b"], str, never, Traffic())
    running = asyncio.create_task(bulk.run())
    await reached.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert bulk.counts == {Fate.WAITING: 2}
    assert "interrupted" in bulk.items[0].said


async def test_one_thing_alone_raises_what_it_was_refused_with() -> None:
    service = Service(bad=("x",))
    with pytest.raises(GatewayError, match="it is bad"):
        await patiently(lambda: service.take("x"), Traffic(), lambda _said: None)


@pytest.mark.fault("2.18")
@pytest.mark.parametrize("status", [429, 503])
def test_one_order_that_is_never_taken_says_so_from_the_second_try_on(status: int) -> None:
    said: list[tuple[float, str]] = []
    tries: list[float] = []

    async def main() -> None:
        async def act() -> None:
            tries.append(now())
            raise GatewayError("The server is busy", status=status)

        def say(sentence: str) -> None:
            if sentence:
                said.append((now(), sentence))

        began = now()
        traffic = Traffic(clock=now, wall=lambda: NOON + timedelta(seconds=now() - began))
        waiting = asyncio.create_task(patiently(act, traffic, say))
        await asyncio.sleep(3600)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert waiting.cancelled(), "it can be left"

    in_virtual_time(main())
    assert tries[0] == said[0][0], "tried at once, and said as soon as it was refused"
    assert [sentence for _, sentence in said[:3]] == [
        "The service is busy: try 2 at 12:00:01 UTC.",
        "The service is busy: try 3 at 12:00:03 UTC.",
        "The service is busy: try 4 at 12:00:07 UTC.",
    ], "a time of day: seconds left would be wrong as soon as they are read"
    assert len(said) in (len(tries), len(tries) - 1)
    assert max(after - before for before, after in pairwise(tries)) <= Bulk.LONGEST_PAUSE + 0.001


@pytest.mark.fault("2.18")
def test_an_order_to_one_thing_does_not_wait_for_what_polls_were_asked_to() -> None:
    async def main() -> float:
        traffic = Traffic(clock=now)
        traffic.record("GET", "/jobs", 429, 0.1, retry_after=3600)
        service, began = Service(), now()
        await patiently(lambda: service.take("x"), traffic, lambda _said: None)
        return now() - began

    assert in_virtual_time(main()) < 1
