"""Which requests are struck by which faults. Pure: the same requests in the same order and at the
same times are struck alike, whatever else happens."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import unquote

from batchtui.local.faults.model import (
    AccountService,
    AwayFault,
    FaultRule,
    FaultSet,
    LimitFault,
    StaleFault,
    texts,
)
from batchtui.local.faults.operations import COUNTS


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What a fault may know of a request to strike it."""

    service: AccountService
    method: str
    path: str
    """As it was sent, without its query."""
    operation: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that strikes a request."""

    rule: FaultRule
    name: str
    number: int
    """How many requests this fault has struck so far."""
    seconds: float
    """Until the next request is served, where the fault limits their rate; else 0."""
    dice: random.Random


class FaultSchedule:
    """The faults of a set, and what they have seen so far. `now` is in seconds since it was made.

    A fault counts the requests that match it while it is in force, struck or not. What is drawn
    for a request hangs on the seed and on how many of its operation the fault has seen before, so
    that requests of other kinds in between change nothing.
    """

    def __init__(self, faults: FaultSet) -> None:
        self.faults = faults
        self._watched = [
            _Watch(rule, index, faults.seed) for index, rule in enumerate(faults.rules)
        ]
        self._away_until: dict[AccountService, float] = {}

    def strikes(self, request: RequestFacts, now: float) -> tuple[Strike, ...]:
        """The faults that strike a request, in the order of the file.

        The first that keeps it from the service is the last: those after it strike nothing, but
        they count it.
        """
        found: list[Strike] = []
        open_ = True
        for watch in self._watched:
            if not watch.sees(request, now):
                continue
            strike = watch.strike(now) if open_ else None
            if strike is None:
                continue
            found.append(strike)
            if isinstance(strike.rule, AwayFault):
                self._leave(strike.rule, now)
            open_ = not strike.rule.ends
        return tuple(found)

    def is_away(self, service: AccountService, now: float) -> bool:
        """Whether the service's port is to be closed."""
        if now < self._away_until.get(service, 0.0):
            return True
        return any(rule.from_ <= now < until for rule, until in self._absences(service))

    def next_change(self, service: AccountService, now: float) -> float | None:
        """When `is_away` may change by itself; None if it does not."""
        times = [self._away_until.get(service, 0.0)]
        for rule, until in self._absences(service):
            times += [rule.from_, until]
        return min((time for time in times if time > now), default=None)

    def _absences(self, service: AccountService) -> Iterator[tuple[FaultRule, float]]:
        for rule in self.faults.rules:
            timed = isinstance(rule, AwayFault) and rule.seconds is None
            if timed and rule.until is not None and rule.service in (None, service):
                yield rule, rule.until

    def _leave(self, rule: AwayFault, now: float) -> None:
        for service in (rule.service,) if rule.service else AccountService:
            until = now + (rule.seconds or 0.0)
            self._away_until[service] = max(until, self._away_until.get(service, 0.0))


class _Watch:
    """A fault, and what it has seen and struck so far."""

    def __init__(self, rule: FaultRule, index: int, seed: int) -> None:
        self._rule = rule
        self._name = rule.name or f"{index + 1} {rule.do}"
        self._key = f"{seed} {index}"
        self._seen = 0
        self._seen_of: Counter[str] = Counter()
        self._struck = 0
        self._kind = ""
        self._bucket = _Bucket(rule) if isinstance(rule, LimitFault) else None

    def sees(self, request: RequestFacts, now: float) -> bool:
        """Whether a request matches while the fault is in force; if so it is counted."""
        rule = self._rule
        if now < rule.from_ or (rule.until is not None and now >= rule.until):
            return False
        if not _matches(rule, request):
            return False
        self._seen += 1
        self._kind = request.operation or request.method
        self._seen_of[self._kind] += 1
        return True

    def strike(self, now: float) -> Strike | None:
        """The strike at the request that it has just seen, if it strikes it."""
        rule = self._rule
        dice = random.Random(f"{self._key} {self._kind} {self._seen_of[self._kind]}")
        if rule.nth and not _is_nth(rule.nth, self._seen):
            return None
        if rule.share < 1 and dice.random() >= rule.share:
            return None
        if rule.times is not None and self._struck >= rule.times:
            return None
        seconds = self._bucket.wait(now) if self._bucket else 0.0
        if self._bucket and not seconds:
            return None
        self._struck += 1
        return Strike(rule, self._name, self._struck, seconds, dice)


class _Bucket:
    """A limit on the rate of requests, as a bucket of tokens that fills steadily."""

    def __init__(self, rule: LimitFault) -> None:
        self._rate = rule.rate
        self._most = float(rule.burst or max(1.0, rule.rate))
        self._tokens = self._most
        self._at = 0.0

    def wait(self, now: float) -> float:
        """0 where the request may pass, which takes a token; else the seconds until it may."""
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate


def _matches(rule: FaultRule, request: RequestFacts) -> bool:
    if isinstance(rule, AwayFault) and rule.seconds is None:
        return False
    operations = texts(rule.operation)
    if isinstance(rule, StaleFault) and not operations and not rule.path:
        operations = COUNTS
    return (
        rule.service in (None, request.service)
        and _any(tuple(method.upper() for method in texts(rule.method)), request.method)
        and _any(operations, request.operation)
        and _any(texts(rule.path), unquote(request.path))
        and _any(texts(rule.user_agent), request.user_agent)
    )


def _any(patterns: tuple[str, ...], text: str) -> bool:
    return not patterns or any(fnmatchcase(text, pattern) for pattern in patterns)


def _is_nth(nth: str | tuple[int, ...], number: int) -> bool:
    if not isinstance(nth, str):
        return number in nth
    numbers = [int(text) for text in re.findall(r"\d+", nth)]
    if nth.startswith("every"):
        return number % (numbers[0] if numbers else 1) == 0
    if nth.endswith("-"):
        return number >= numbers[0]
    return numbers[0] <= number <= numbers[-1]
