"""Requests that outlast a service which is busy, broken or away."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from batchtui.core.events import Event, Recovered, Troubled
from batchtui.core.gateway import GatewayError
from batchtui.core.wording import as_sentence, in_time

S = TypeVar("S")
T = TypeVar("T")

GRACE = 15.0
"""Seconds that the last attempt of a request may take beyond the patience."""
YEAR = 366 * 86_400.0
"""Seconds; more is as good as for ever, and a date far enough ahead has no name."""
LONGEST = 10.0
"""Seconds between two attempts, unless the service asks for more."""

MISSING_RIGHTS = frozenset(
    {
        "AccountIsDisabled",
        "AuthorizationFailed",
        "AuthorizationFailure",
        "AuthorizationPermissionMismatch",
        "AuthorizationProtocolMismatch",
        "AuthorizationResourceTypeMismatch",
        "AuthorizationServiceMismatch",
        "AuthorizationSourceIPMismatch",
        "InsufficientAccountPermissions",
        "PermissionDenied",
        "ReadOnly",
    }
)
"""Codes of a 401 or 403 that waiting does not mend: somebody has to grant something first."""


class Patience:
    """How long a run waits for services that do not serve it: in seconds, at a stretch; 0 is none.

    A stretch begins when a request fails and ends when that request works. A request that has
    run out of patience takes it from the whole run: what is asked afterwards is asked once, so
    that a run with many things left to try ends within its patience and not a multiple of it.
    """

    def __init__(self, allowed: float, say: Callable[[Event], None], *, first: float) -> None:
        """`first` are the seconds between the first two attempts."""
        self.allowed = min(allowed, YEAR)
        self.first = first
        self.lost = False
        self._say = say
        self._stretches: set[Stretch] = set()
        self._began = 0.0
        self._said: set[str] = set()

    @classmethod
    def none(cls) -> "Patience":
        """For somebody who waits in front of the screen: the first trouble is said at once."""
        return cls(0.0, lambda _: None, first=0.0)

    def begin(self, stretch: "Stretch") -> None:
        """A request has failed for the first time, and will be repeated."""
        if not self._stretches:
            self._began = time.monotonic()
        self._stretches.add(stretch)

    def say(self, error: GatewayError, pause: float, left: float) -> None:
        """Say what is waited for and until when, each new trouble once."""
        if str(error) not in self._said:
            self._said.add(str(error))
            until = datetime.now(UTC) + timedelta(seconds=left)
            self._say(Troubled(sentence=str(error), until=until, pause=pause))

    def end(self, stretch: "Stretch", *, well: bool) -> None:
        self._stretches.discard(stretch)
        if self._stretches:
            return
        self._said.clear()
        if well:
            self._say(Recovered(elapsed=time.monotonic() - self._began))


class Stretch:
    """The time in which one request fails and is repeated."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._pause = patience.first
        self._until: float | None = None

    @property
    def left(self) -> float | None:
        """Seconds until it is given up; None before anything has failed."""
        return None if self._until is None else max(0.0, self._until - time.monotonic())

    async def wait(self, error: GatewayError, since: float) -> None:
        """Wait before the next attempt. Raises a `GatewayError` where there is no next one.

        `since` is when the trouble began, where this is the first of it.
        """
        patience, now = self._patience, time.monotonic()
        if patience.lost or not patience.allowed:
            raise error
        if self._until is None:
            self._until = since + patience.allowed
            patience.begin(self)
        left = self._until - now
        if left <= 0:
            patience.lost = True
            raise _given_up(error, f"Given up after {in_time(patience.allowed)}") from error
        if error.retry_after > left:
            patience.lost = True
            asked, had = in_time(error.retry_after), in_time(patience.allowed)
            raise _given_up(
                error, f"The service asks to be left alone for {asked}, and the patience is {had}"
            ) from error
        pause = min(max(self._pause, error.retry_after), left)
        patience.say(error, pause, left)
        await asyncio.sleep(pause)
        self._pause = min(self._pause * 2, LONGEST)

    def end(self, *, well: bool) -> None:
        if self._until is not None:
            self._patience.end(self, well=well)


class Patient(Generic[S]):
    """A service as a run asks it: each request is repeated while the trouble may pass.

    A refused credential ends it at once, as long as the service has never taken it: then it is
    wrong. Later it is waited out, for services and sign-ins stumble.
    """

    def __init__(self, service: S, patience: Patience) -> None:
        self._service = service
        self._patience = patience
        self._accepted = False

    async def ask(self, request: Callable[[S], Awaitable[T]], *, long: bool = False) -> T:
        """What the request answers. Raises the `GatewayError` that does not pass in time.

        The request may have been carried out when it is repeated: one that must not happen twice
        looks first. One that is `long`, as a transfer is, may take its time: its trouble begins
        when it fails. Any other is in trouble since it was sent.
        """
        stretch, well = Stretch(self._patience), False
        try:
            while True:
                sent = time.monotonic()
                try:
                    answer = await _in_time(request(self._service), None if long else stretch.left)
                except GatewayError as error:
                    if not self._may_pass(error):
                        raise
                    await stretch.wait(error, time.monotonic() if long else sent)
                else:
                    self._accepted = well = True
                    return answer
        finally:
            stretch.end(well=well)

    def _may_pass(self, error: GatewayError) -> bool:
        if error.status in (401, 403):
            return self._accepted and error.code not in MISSING_RIGHTS
        if error.transient:
            return True
        if error.status is not None:
            # A service that says why it refuses something has taken the credential.
            self._accepted = True
        return False


async def _in_time(answer: Awaitable[T], left: float | None) -> T:
    """The answer. Raises `GatewayError` where it is not there a while after patience ran out.

    A service that takes requests and answers none holds each of them for longer than that.
    """
    if left is None:
        return await answer
    try:
        async with asyncio.timeout(left + GRACE):
            return await answer
    except TimeoutError:
        raise GatewayError("The service did not answer.") from None


def _given_up(error: GatewayError, why: str) -> GatewayError:
    return GatewayError(
        f"{as_sentence(str(error))} {why} (--patience).",
        status=error.status,
        code=error.code,
        retry_after=error.retry_after,
    )
