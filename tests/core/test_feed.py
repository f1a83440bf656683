"""The feed's promises, without a terminal."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from batchtui.core.feed import Feed, Reading
from batchtui.core.gateway import GatewayError
from batchtui.core.traffic import Traffic


def feed(fetch: Callable[[], Awaitable[int]], *, every: float = 3600) -> Feed[int]:
    return Feed(fetch, 0, every=every, traffic=Traffic())


async def test_keeps_the_last_good_value_through_a_failure() -> None:
    answers: Iterator[int | GatewayError] = iter([1, GatewayError("down"), 2])

    async def fetch() -> int:
        answer = next(answers)
        if isinstance(answer, GatewayError):
            raise answer
        return answer

    seen: list[Reading[int]] = []
    subject = feed(fetch)
    subject.subscribe(seen.append)
    assert [await subject.poll() for _ in range(3)] == [True, False, True]
    assert [(reading.value, reading.error, reading.known) for reading in seen] == [
        (0, "", False),
        (1, "", True),
        (1, "down", True),
        (2, "", True),
    ]


async def test_an_unchanged_value_is_an_equal_reading_of_another_time() -> None:
    now = 0.0

    async def fetch() -> int:
        return 7

    subject = Feed(fetch, 0, every=1, traffic=Traffic(clock=lambda: now))
    await subject.poll()
    before, now = subject.reading, 5.0
    await subject.poll()
    assert subject.reading == before
    assert (before.at, subject.reading.at) == (0.0, 5.0)


async def test_an_answer_to_yesterdays_question_is_dropped() -> None:
    asked = asyncio.Event()
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def fetch() -> int:
        asked.set()
        return await answer

    subject = feed(fetch)
    poll = asyncio.create_task(subject.poll())
    await asked.wait()
    subject.reset()
    answer.set_result(7)
    await poll
    assert subject.reading == Reading(0)


async def test_fetches_never_overlap_however_often_it_is_woken() -> None:
    running = most = done = 0

    async def fetch() -> int:
        nonlocal running, most, done
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        done += 1
        return done

    subject = feed(fetch)
    subject.looked_at = True
    loop = asyncio.create_task(subject.run())
    while done < 5:
        subject.refresh()
        await asyncio.gather(asyncio.sleep(0), subject.poll())
    loop.cancel()
    assert most == 1


async def test_nobody_looks_nothing_is_asked() -> None:
    fetched = asyncio.Event()
    calls = 0

    async def fetch() -> int:
        nonlocal calls
        calls += 1
        fetched.set()
        return calls

    subject = feed(fetch)
    loop = asyncio.create_task(subject.run())
    for _ in range(10):
        subject.refresh()
        await asyncio.sleep(0)
    assert calls == 0
    subject.looked_at = True
    await fetched.wait()
    loop.cancel()
    assert calls == 1


async def test_whoever_stops_listening_hears_no_more() -> None:
    async def fetch() -> int:
        return 1

    seen: list[Reading[int]] = []
    subject = feed(fetch)
    stop = subject.subscribe(seen.append)
    stop()
    await subject.poll()
    assert seen == [Reading(0)]


async def test_a_pause_stops_every_feed_but_not_a_look_that_is_asked_for() -> None:
    traffic = Traffic()
    looks: asyncio.Queue[int] = asyncio.Queue()

    async def fetch() -> int:
        looks.put_nowait(1)
        return looks.qsize()

    subject = Feed(fetch, 0, every=0, traffic=traffic)
    subject.looked_at = True
    traffic.pause()
    running = asyncio.create_task(subject.run())
    await looks.get()
    for _ in range(20):
        await asyncio.sleep(0)
    assert looks.empty()
    subject.refresh()
    await looks.get()
    assert looks.empty()
    traffic.resume()
    await looks.get()
    await looks.get()
    running.cancel()


async def test_an_answer_stands_until_the_one_to_another_question_comes() -> None:
    gate, waiting = asyncio.Event(), asyncio.Event()
    answers = iter([1, 2, 3])

    async def fetch() -> int:
        answer = next(answers)
        if answer == 2:
            waiting.set()
            await gate.wait()
        return answer

    subject = feed(fetch)
    await subject.poll()
    poll = asyncio.create_task(subject.poll())
    await waiting.wait()
    subject.ask_anew()
    gate.set()
    await poll
    assert subject.reading.value == 1, "2 was the answer to the question before"
    await subject.poll()
    assert subject.reading.value == 3
