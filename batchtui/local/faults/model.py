"""What a fault file may say: which requests a fault strikes, and what it does to them.

Times are seconds, shares are between 0 and 1. `carried_out` is whether the service has done what
was asked when the fault strikes: with it the work is done and the answer is lost.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

from batchtui.core.recipe.faults import Key

Seconds = Annotated[float, Meta(ge=0, le=1_000_000)]
Share = Annotated[float, Meta(ge=0, le=1)]
Rate = Annotated[float, Meta(gt=0, le=1_000_000_000)]
Number = Annotated[int, Meta(ge=1)]
Refusal = Annotated[int, Meta(ge=400, le=599)]
Words = Annotated[str, Meta(min_length=1)]
Patterns = Words | tuple[Words, ...]


class AccountService(StrEnum):
    """The two services of a local account."""

    BATCH = "batch"
    STORAGE = "storage"


class FaultAction(StrEnum):
    """What a fault does."""

    DELAY = "delay"
    HOLD = "hold"
    ANSWER = "answer"
    LIMIT = "limit"
    WRONG_BODY = "wrong_body"
    RESET = "reset"
    BROKEN_HEADERS = "broken_headers"
    AWAY = "away"
    SLOW = "slow"
    STALE = "stale"
    REPEAT_PAGE = "repeat_page"
    SKIP_PAGE = "skip_page"
    SKEW = "skew"


class FaultRule(Struct, frozen=True, kw_only=True):
    """The requests that a fault strikes; the classes below add what it does.

    Patterns know `*` and `?`; of several, any may match. A key that is left out matches everything.
    """

    do: FaultAction
    name: str = ""
    """What it is called in the logs; its number and what it does if left out."""
    service: AccountService | None = None
    method: Patterns = ()
    operation: Patterns = ()
    """Names such as CreatePool; `operations.py` has them all."""
    path: Patterns = ()
    """Of the path without its query, unescaped."""
    user_agent: Patterns = ()
    nth: Words | tuple[Number, ...] = ()
    """Which of the requests that match: `[1, 4]`, `"2-5"`, `"10-"` or `"every 3"`."""
    share: Share = 1.0
    """Of the requests that match; which ones is drawn from the file's seed."""
    from_: Seconds = field(default=0.0, name="from")
    until: Seconds | None = None
    """Since the file was loaded."""
    times: Number | None = None
    """The most requests that it strikes."""

    @property
    def served(self) -> bool:
        """Whether the service carries out a request that is struck before the fault acts."""
        return bool(getattr(self, "carried_out", False))

    @property
    def ends(self) -> bool:
        """Whether the service never sees a request that is struck."""
        return not self.served


class DelayFault(FaultRule, frozen=True, kw_only=True):
    """The request waits, or with `carried_out` its answer does: `seconds`, give or take `jitter`.

    The time is drawn evenly, and is never below 0.
    """

    seconds: Seconds
    jitter: Seconds = 0.0
    carried_out: bool = False

    @property
    def ends(self) -> bool:
        return False


class HoldFault(FaultRule, frozen=True, kw_only=True):
    """The request, or its answer, waits until a file appears or the connection closes.

    The file is named from the fault file's folder. A request whose connection closes meanwhile is
    never carried out.
    """

    file: Words
    carried_out: bool = False

    @property
    def ends(self) -> bool:
        return False


class AnswerFault(FaultRule, frozen=True, kw_only=True):
    """An error instead of the answer, in the service's own form unless a body is given."""

    status: Refusal
    code: str = ""
    """The service's usual code for this status if left out."""
    message: str = ""
    body: str | None = None
    content_type: Words = "application/json"
    """Of `body`."""
    retry_after: Annotated[int, Meta(ge=0)] | None = None
    """Seconds, sent as they are."""
    retry_after_date: Seconds | None = None
    """Seconds from now, sent as a date."""
    carried_out: bool = False


class LimitFault(FaultRule, frozen=True, kw_only=True):
    """At most `rate` requests a second are served, those beyond are refused as by a real account.

    `burst` requests may come at once: as many as in a second if left out, and at least 1.
    """

    rate: Rate
    burst: Number | None = None
    status: Refusal = 429
    code: str = ""
    retry_after: Annotated[int, Meta(ge=0)] | None = None
    """Seconds; if left out, until the next request would be served."""


class BodyChange(StrEnum):
    """How a body is wrong."""

    HTML = "html"
    """The sign-in page of a proxy, with status 200."""
    JSON = "json"
    """JSON of a shape that no client expects, with status 200."""
    TRUNCATED = "truncated"
    """The first half of the true body, with a length that fits."""
    MALFORMED = "malformed"
    """The true body with bytes in its middle that are neither JSON nor XML nor UTF-8."""
    CONTENT_TYPE = "content_type"
    """The true body, labelled text/plain."""
    EMPTY = "empty"


class WrongBodyFault(FaultRule, frozen=True, kw_only=True):
    """A success with a body that is not the service's.

    `html` and `json` come from something in between: the request is carried out only with
    `carried_out`. The others are made of the true answer.
    """

    body: BodyChange
    carried_out: bool | None = None

    @property
    def served(self) -> bool:
        if self.carried_out is not None:
            return self.carried_out
        return self.body not in (BodyChange.HTML, BodyChange.JSON)


class ResetAt(StrEnum):
    """Where in the answer a connection is reset."""

    BEFORE_HEADERS = "before_headers"
    IN_HEADERS = "in_headers"
    IN_BODY = "in_body"


class ResetFault(FaultRule, frozen=True, kw_only=True):
    """The connection is reset. Within headers or body the request has been carried out."""

    at: ResetAt = ResetAt.BEFORE_HEADERS
    carried_out: bool | None = None

    @property
    def served(self) -> bool:
        if self.carried_out is not None:
            return self.carried_out
        return self.at is not ResetAt.BEFORE_HEADERS


class BrokenHeadersFault(FaultRule, frozen=True, kw_only=True):
    """An answer whose status line and headers are not HTTP."""

    carried_out: bool = False


class AwayFault(FaultRule, frozen=True, kw_only=True):
    """The service's port is closed: connections are refused, and those that are open are reset.

    Between `from` and `until`; with `seconds`, for so long after each request that is struck.
    """

    seconds: Seconds | None = None
    carried_out: bool = False


class SlowFault(FaultRule, frozen=True, kw_only=True):
    """The answer's body comes at `rate` bytes a second."""

    rate: Rate

    @property
    def served(self) -> bool:
        return True


class StaleFault(FaultRule, frozen=True, kw_only=True):
    """An answer of at least `seconds` ago if the same was asked by then; else the oldest answer.

    It strikes counts of tasks and nodes, unless operations or a path are named.
    """

    seconds: Seconds

    @property
    def served(self) -> bool:
        return True


class RepeatPageFault(FaultRule, frozen=True, kw_only=True):
    """A page of a listing leads to itself once, so that a client gets it twice."""

    @property
    def served(self) -> bool:
        return True


class SkipPageFault(FaultRule, frozen=True, kw_only=True):
    """A page of a listing comes without its items."""

    @property
    def served(self) -> bool:
        return True


class SkewFault(FaultRule, frozen=True, kw_only=True):
    """The Date header is off by `seconds`; below 0 it is in the past."""

    seconds: Annotated[float, Meta(ge=-1_000_000_000, le=1_000_000_000)]

    @property
    def served(self) -> bool:
        return True


RULES: dict[FaultAction, type[FaultRule]] = {
    FaultAction.DELAY: DelayFault,
    FaultAction.HOLD: HoldFault,
    FaultAction.ANSWER: AnswerFault,
    FaultAction.LIMIT: LimitFault,
    FaultAction.WRONG_BODY: WrongBodyFault,
    FaultAction.RESET: ResetFault,
    FaultAction.BROKEN_HEADERS: BrokenHeadersFault,
    FaultAction.AWAY: AwayFault,
    FaultAction.SLOW: SlowFault,
    FaultAction.STALE: StaleFault,
    FaultAction.REPEAT_PAGE: RepeatPageFault,
    FaultAction.SKIP_PAGE: SkipPageFault,
    FaultAction.SKEW: SkewFault,
}


class FaultSet(Struct, frozen=True):
    """All that a file says of faults."""

    rules: tuple[FaultRule, ...] = ()
    seed: int = 0


def key_of(index: int, *names: str) -> Key:
    """Where a member of a fault stands in its file."""
    return ("faults", index, *names)


def texts(patterns: Patterns) -> tuple[str, ...]:
    """Patterns as a tuple, also a single pattern."""
    return (patterns,) if isinstance(patterns, str) else patterns
