"""One order to many things: it goes on past what fails, and slows down when it is asked to."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

from msgspec import Struct

from batchtui.core.gateway import GatewayError
from batchtui.core.traffic import Traffic

AT_ONCE = 8
"""Orders under way at a time."""

BUSY = (None, 408, 429, 500, 502, 503, 504)
"""Answers, and the lack of one, after which the same order may succeed."""

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds between the attempts at one order, unless the service asks for more."""


class Tally(Struct, frozen=True):
    """How far the order has come; `refused` names those that it failed for, and says why."""

    total: int
    done: int = 0
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def over(self) -> bool:
        return self.done + len(self.refused) >= self.total


async def order_all(
    keys: Sequence[str],
    order: Callable[[str], Awaitable[None]],
    traffic: Traffic,
    tell: Callable[[Tally], None],
    *,
    pauses: Sequence[float] = PAUSES,
) -> Tally:
    """Give the order for each key once, a few at a time; `tell` hears of every answer."""
    works = _Works(order, traffic, tell, pauses, Tally(len(keys)))
    waiting = iter(keys)
    await asyncio.gather(*(works.work(waiting) for _ in range(min(AT_ONCE, len(keys)))))
    return works.tally


class _Works:
    """Those under way share what is left and what has come of it so far."""

    def __init__(
        self,
        order: Callable[[str], Awaitable[None]],
        traffic: Traffic,
        tell: Callable[[Tally], None],
        pauses: Sequence[float],
        tally: Tally,
    ) -> None:
        self.tally = tally
        self._order = order
        self._traffic = traffic
        self._tell = tell
        self._pauses = pauses

    async def work(self, waiting: Iterator[str]) -> None:
        for key in waiting:
            problem = await self._give(key)
            done, refused = self.tally.done, self.tally.refused
            if problem:
                self.tally = Tally(self.tally.total, done, (*refused, (key, problem)))
            else:
                self.tally = Tally(self.tally.total, done + 1, refused)
            self._tell(self.tally)

    async def _give(self, key: str) -> str:
        """Give the order, again while the service is busy; why it was refused, or empty."""
        for pause in (*self._pauses, None):
            await self._traffic.patience()
            try:
                await self._order(key)
            except GatewayError as error:
                if error.status not in BUSY or pause is None:
                    return str(error)
                await asyncio.sleep(pause)
            else:
                return ""
        raise AssertionError("the last attempt has no pause after it")
