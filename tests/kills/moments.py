"""The moments of a run: before and after the service carries out each of its requests.

A moment is known by what is asked for and how many times it was asked before, so that it comes
again in every run of the same recipe.
"""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatchcase

from msgspec import Struct

from batchtui.local.faults.log import RequestEvent

RUN, ANY_RUN = "kills-", "RUN"


class Sender(StrEnum):
    """Who sends a request."""

    RUN = "run"
    NODE = "node"
    TASK = "task"
    CHECK = "check"
    """The proof itself, when it looks at what is there."""


AGENTS = {
    Sender.RUN: ("azsdk*", "Python/3*"),
    Sender.NODE: ("batchtui-node*",),
    Sender.TASK: ("Python-urllib*",),
}
"""The user agents of each sender, as patterns."""


class Request(Struct, frozen=True):
    """A request as it comes in every run: the `nth` of this sender for this."""

    sender: Sender
    operation: str
    path: str
    """With `RUN` in the place of the run's id."""
    nth: int

    def __str__(self) -> str:
        again = f" ({self.nth})" if self.nth > 1 else ""
        return f"{self.operation} {self.path}{again} of the {self.sender}"


class Moment(Struct, frozen=True):
    """Before a request is carried out, or after.

    Before, a request of the run never is carried out; after, its answer never comes. Nodes and
    tasks, which outlive the run, only wait meanwhile.
    """

    request: Request
    served: bool

    def __str__(self) -> str:
        return f"{'after' if self.served else 'before'} {self.request}"


class RequestCounter:
    """Gives each request of one run, in the order of their arrival, its place among its like."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[Sender, str, str]] = Counter()

    def request(self, event: RequestEvent) -> Request:
        """Of an event `received`."""
        sender, path = sender_of(event), path_of(event)
        operation = event.operation or event.method
        key = (sender, operation, path)
        self._seen[key] += 1
        return Request(sender, operation, path, self._seen[key])


def sender_of(event: RequestEvent) -> Sender:
    for sender, patterns in AGENTS.items():
        if any(fnmatchcase(event.user_agent, pattern) for pattern in patterns):
            return sender
    return Sender.CHECK


def path_of(event: RequestEvent) -> str:
    """The path with `RUN` for the id of the run, which is different each time."""
    before, found, after = event.path.partition(RUN)
    if not found:
        return event.path
    for end in ("-", "/"):
        if end in after:
            return f"{before}{RUN}{ANY_RUN}{after[after.index(end) :]}"
    return f"{before}{RUN}{ANY_RUN}"


def moments_of(events: Iterable[RequestEvent]) -> list[Moment]:
    """Both moments of each request of an undisturbed run, in order."""
    counter = RequestCounter()
    requests = [
        counter.request(event)
        for event in events
        if event.event == "received" and sender_of(event) is not Sender.CHECK
    ]
    return [Moment(request, served) for request in requests for served in (False, True)]
