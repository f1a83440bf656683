"""An order to many things."""

from batchtui.core.bulk import AT_ONCE, Tally, order_all
from batchtui.core.gateway import GatewayError
from batchtui.core.traffic import Traffic

KEYS = [f"t{index}" for index in range(30)]


async def test_it_goes_on_past_refusals_and_tells_of_each() -> None:
    heard: list[Tally] = []

    async def order(key: str) -> None:
        if key.endswith("3"):
            raise GatewayError(f"Could not run {key} again: it succeeded", status=409)

    tally = await order_all(KEYS, order, Traffic(), heard.append)
    assert tally.done == 27
    assert [key for key, _ in tally.refused] == ["t3", "t13", "t23"]
    assert "it succeeded" in tally.refused[0][1]
    assert len(heard) == 30
    assert heard[-1].over
    assert not heard[-2].over


async def test_a_busy_service_slows_it_down_and_it_finishes() -> None:
    tries: dict[str, int] = {}
    under_way = most = 0

    async def order(key: str) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        tries[key] = tries.get(key, 0) + 1
        under_way -= 1
        if tries[key] < 3:
            raise GatewayError("too many requests", status=429)

    tally = await order_all(KEYS, order, Traffic(), lambda _tally: None, pauses=(0, 0, 0))
    assert (tally.done, tally.refused) == (30, ())
    assert set(tries.values()) == {3}
    assert most <= AT_ONCE


async def test_a_service_that_stays_busy_is_given_up_on() -> None:
    async def order(key: str) -> None:
        raise GatewayError("no answer")

    tally = await order_all(["a"], order, Traffic(), lambda _tally: None, pauses=(0, 0))
    assert tally == Tally(1, 0, (("a", "no answer"),))
    assert await order_all([], order, Traffic(), lambda _tally: None) == Tally(0)
