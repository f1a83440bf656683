"""Counts of the things on screen, where the service gives no counts with its listings."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Generic, TypeVar

from batchtui.core.gateway import GatewayError

T = TypeVar("T")


class Tallies(Generic[T]):
    """One count per thing, fetched a few at a time: what is on screen always, the others in turn.

    `settled` tells of a count that can no longer change; it is kept and not asked for again.
    """

    AT_ONCE = 4
    SHOWN_EACH = 8
    OTHERS_EACH = 4
    """Counts that are brought up to date at each fetch, on screen and off it."""

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
        self._order = itertools.count(1)
        self._counted: dict[str, int] = {}
        self._count = count
        self._settled = settled
        self._known: dict[str, T] = {}

    async def fetch(self) -> Mapping[str, T]:
        """Every count known so far, some of them fresh: see `_due`."""
        waiting = iter(self._due())
        await asyncio.gather(*(self._work(waiting) for _ in range(self.AT_ONCE)))
        return dict(self._known)

    def _due(self) -> list[str]:
        """What came on screen, then what was counted longest ago; a full screen takes its turns.

        A request each for a screen of jobs at every look would be most of a dashboard's traffic.
        """
        shown = [key for key in self.shown if not self._is_settled(key)]
        new = [key for key in shown if key not in self._counted]
        others = [key for key in self.others if key not in shown and not self._is_settled(key)]
        return [
            *new,
            *self._oldest([key for key in shown if key not in new])[: self.SHOWN_EACH],
            *self._oldest(others)[: self.OTHERS_EACH],
        ]

    def _oldest(self, keys: list[str]) -> list[str]:
        return sorted(keys, key=lambda key: self._counted.get(key, 0))

    async def _work(self, waiting: Iterator[str]) -> None:
        for key in waiting:
            self._counted[key] = next(self._order)
            try:
                self._known[key] = await self._count(key)
            except GatewayError as error:
                if not error.missing:
                    raise
                # Deleted since the listing that put it on screen.
                self._known.pop(key, None)

    def _is_settled(self, key: str) -> bool:
        return key in self._known and self._settled(key, self._known[key])
