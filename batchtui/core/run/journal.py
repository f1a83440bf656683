"""A run's own account of itself: the ledger's record, and the events that go out."""

import time
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from batchtui.core.events import Created, Event, Reused, now
from batchtui.core.gateway import Gateway
from batchtui.core.ledger import Fact, Kind, Ledger, Outcome, Record

Publish = Callable[[Event], None]


class RunError(Exception):
    """The run cannot go on: a sentence that says what was tried and why it failed."""


class Pace(Struct, frozen=True):
    """How long a run waits for what, in seconds."""

    first: float = 0.4
    """Between the first two looks at the job."""
    growth: float = 1.25
    longest: float = 5.0
    patience: float = 120.0
    """For a service that does not answer while the tasks run."""
    settling: float = 10.0
    """Until tasks that wait although nothing runs are taken to wait for ever."""
    arrival: float = 60.0
    """For nodes that are still on their way up when the tasks are through."""
    goodbye: float = 10.0
    """For a deleted thing to be gone."""


class Journal:
    """Writes what happens to the ledger first, and then says it."""

    def __init__(
        self,
        gateway: Gateway,
        ledger: Ledger,
        record: Record,
        publish: Publish,
        pace: Pace,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.gateway = gateway
        self.pace = pace
        self.record = record
        self._ledger = ledger
        self._publish = publish
        self._clock = clock
        self._began = clock()

    @property
    def elapsed(self) -> float:
        """Seconds since the run began or was resumed."""
        return self._clock() - self._began

    def say(self, event: Event) -> None:
        self._publish(event)

    def intend(self, kind: Kind, name: str) -> None:
        """Before anything is asked for, so that nothing half-made is left unsaid."""
        self._note(kind, name, Fact.INTENDED)

    def created(self, kind: Kind, name: str) -> None:
        self._note(kind, name, Fact.CREATED)
        self.say(Created(kind=kind, name=name))

    def reused(self, kind: Kind, name: str) -> None:
        self._note(kind, name, Fact.EXISTED)
        self.say(Reused(kind=kind, name=name))

    def refused(self, kind: Kind, name: str) -> None:
        """The service said no: what is there, if anything, is not this run's to delete."""
        self._note(kind, name, Fact.REFUSED)

    def deleted(self, kind: Kind, name: str) -> None:
        self._note(kind, name, Fact.DELETED)

    def submitted(self) -> None:
        self._keep(replace(self.record, submitted=True))

    def ended(self, outcome: Outcome) -> None:
        self._keep(replace(self.record, outcome=outcome, ended=now()))

    def resumed(self) -> None:
        self._keep(replace(self.record, outcome=Outcome.RUNNING, ended=None))

    def _note(self, kind: Kind, name: str, fact: Fact) -> None:
        self._keep(self.record.noting(kind, name, fact))

    def _keep(self, record: Record) -> None:
        self.record = record
        self._ledger.write(record)
