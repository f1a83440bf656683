"""Counts of the things on screen, where the service gives no counts with its listings."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Generic, TypeVar

from batchtui.core.gateway import GatewayError

T = TypeVar("T")


class Tallies(Generic[T]):
    """One count per thing, fetched a few at a time and only for what is on screen.

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
        self._count = count
        self._settled = settled
        self._known: dict[str, T] = {}

    async def fetch(self) -> Mapping[str, T]:
        """Every count known so far, those of what is on screen fresh."""
        waiting = iter([key for key in self.shown if not self._is_settled(key)])
        await asyncio.gather(*(self._work(waiting) for _ in range(self.AT_ONCE)))
        return dict(self._known)

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
