"""Counts of the things on screen, where the service gives no counts with its listings."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Generic, TypeVar

from batchtui.core.gateway import GatewayError

T = TypeVar("T")


class Tallies(Generic[T]):
    """One count per thing, fetched a few at a time: what is on screen always, the others in turn.

    `settled` tells of a count that can no longer change; it is kept and not asked for again.
    """

    AT_ONCE = 4

    def __init__(
        self,
        count: Callable[[str], Awaitable[T]],
        *,
        settled: Callable[[str, T], bool] = lambda _key, _value: False,
    ) -> None:
        self.shown: tuple[str, ...] = ()
        """What is on screen."""
        self.others: tuple[str, ...] = ()
        """What counts for a sum although it is not on screen; a few of them at each turn."""
        self._turn = 0
        self._count = count
        self._settled = settled
        self._known: dict[str, T] = {}

    async def fetch(self) -> Mapping[str, T]:
        """Every count known so far, those of what is on screen fresh."""
        wanted = (*self.shown, *self._some_others())
        waiting = iter([key for key in wanted if not self._is_settled(key)])
        await asyncio.gather(*(self._work(waiting) for _ in range(self.AT_ONCE)))
        return dict(self._known)

    def _some_others(self) -> tuple[str, ...]:
        """The next few in turn, so that all of them get one."""
        others = [key for key in self.others if key not in self.shown]
        if not others:
            return ()
        start = self._turn % len(others)
        self._turn = start + self.AT_ONCE
        return tuple((others + others)[start : start + min(self.AT_ONCE, len(others))])

    async def _work(self, waiting: Iterator[str]) -> None:
        for key in waiting:
            try:
                self._known[key] = await self._count(key)
            except GatewayError as error:
                if not error.missing:
                    raise
                # Deleted since the listing that put it on screen.
                self._known.pop(key, None)

    def _is_settled(self, key: str) -> bool:
        return key in self._known and self._settled(key, self._known[key])
