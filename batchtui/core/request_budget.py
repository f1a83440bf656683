"""How many requests a minute polling may cost."""

import asyncio
import math
from collections.abc import Callable


class RequestBudget:
    """A bucket of tokens that fills as time passes; each request of a poll takes one.

    How many requests a poll will take is known only afterwards: it begins once the bucket holds as
    many tokens as the one before took, and what it takes beyond that is owed. What the user asks
    for takes nothing.
    """

    BURST = 1 / 12
    """The share of a minute's requests that may go at once."""
    RESERVE = 0.5
    """The share of a full bucket that is kept for what somebody looks at."""
    LONGEST = 60.0
    """Seconds for which what nobody looks at waits behind what somebody does, at the most."""

    def __init__(self, per_minute: int | None, *, clock: Callable[[], float]) -> None:
        """`per_minute`: None for no limit. `clock` gives seconds that only grow."""
        self.per_minute = per_minute
        self._clock = clock
        self._most = max(1.0, (per_minute or 0) * self.BURST)
        # What goes at once counts too: no minute has more than `per_minute`.
        self._rate = max(1.0, (per_minute or 0) - self._most) / 60
        self._tokens = self._most
        self._filled = clock()
        self._seen, self._unseen = asyncio.Lock(), asyncio.Lock()

    @property
    def spare(self) -> bool:
        """Whether enough is left for what nobody looks at."""
        return self._missing(self._most * self.RESERVE) <= 0

    async def take(self, requests: int, *, seen: bool) -> None:
        """Wait for so many tokens and take them: in turns, and what somebody looks at (`seen`)
        before all else."""
        if self.per_minute is None:
            return
        wanted = min(float(requests), self._most)
        if not seen:
            spare = min(self._most, wanted + self._most * self.RESERVE)
            await self._wait(self._unseen, spare, self.LONGEST)
        await self._wait(self._seen, wanted, math.inf, take=requests)

    async def _wait(
        self, queue: asyncio.Lock, tokens: float, longest: float, *, take: int = 0
    ) -> None:
        """Wait in the queue until there are so many tokens, but no longer than that."""
        last = self._clock() + longest
        async with queue:
            missing = self._missing(tokens)
            while missing > 0 and (left := last - self._clock()) > 0:
                # A little longer: a sleep that ends early by a rounding would be taken again.
                await asyncio.sleep(min(missing / self._rate, left) + 0.001)
                missing = self._missing(tokens)
            self._tokens -= take

    def spend(self, requests: int) -> None:
        """Requests were sent beyond the tokens that were taken; a negative number gives back."""
        if self.per_minute is not None:
            self._fill()
            self._tokens = min(self._most, self._tokens - requests)

    def _missing(self, tokens: float) -> float:
        if self.per_minute is None:
            return 0.0
        self._fill()
        return tokens - self._tokens

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._most, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
