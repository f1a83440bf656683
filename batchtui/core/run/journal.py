"""A run's own account of itself: the ledger's record, and the events that go out."""

import logging
import time
from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from batchtui.core.events import Created, Event, Reused, now
from batchtui.core.ledger import (
    Fact,
    Input,
    Kind,
    Ledger,
    Outcome,
    Record,
    Unfetched,
    Verdict,
)

Publish = Callable[[Event], None]

_log = logging.getLogger(__name__)


class Pace(Struct, frozen=True):
    """How long a run waits for what, in seconds."""

    first: float = 0.4
    """Between the first two looks at the job, and the first two attempts of a request."""
    growth: float = 1.25
    longest: float = 5.0
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
        ledger: Ledger,
        record: Record,
        publish: Publish,
        pace: Pace,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
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
        """Tell whoever listens.

        This is a boundary: a full disk behind standard output, a reader that went away or a
        screen that cannot be drawn must not end a run whose nodes cost money.
        """
        try:
            self._publish(event)
        except Exception:  # noqa: BLE001, whatever it is: see above
            _log.exception("Could not say %s", type(event).__name__)

    def begin(self, inputs: tuple[Input, ...]) -> None:
        """Before the first request that changes anything."""
        self._keep(replace(self.record, inputs=inputs))

    def reread(self) -> None:
        """Take what the ledger says by now, once the run is held. Raises `LedgerError`."""
        self.record = self._ledger.read(self.record.run_id)

    @property
    def begun(self) -> bool:
        """Whether the ledger knows of the run."""
        return self._ledger.knows(self.record.run_id)

    def intend(self, kind: Kind, name: str) -> None:
        """Before anything is asked for, so that nothing half-made is left unsaid."""
        self.note(kind, name, Fact.INTENDED)

    def created(self, kind: Kind, name: str) -> None:
        self.note(kind, name, Fact.CREATED)
        self.say(Created(kind=kind, name=name))

    def reused(self, kind: Kind, name: str) -> None:
        self.note(kind, name, Fact.EXISTED)
        self.say(Reused(kind=kind, name=name))

    def note(self, kind: Kind, name: str, fact: Fact) -> None:
        self._keep(self.record.noting(kind, name, fact))

    def uploaded(self, role: str) -> None:
        roles = dict.fromkeys((*self.record.uploaded, role))
        self._keep(replace(self.record, uploaded=tuple(roles)))

    def submitted(self) -> None:
        self._keep(replace(self.record, submitted=True))

    def decided(self, verdict: Verdict) -> None:
        """The tasks have come as far as they will."""
        self._keep(replace(self.record, verdict=verdict, fetched=False))

    def fetched(self, missing: Iterable[Unfetched]) -> None:
        """All outputs are here, but for these."""
        unfetched = tuple(missing)
        self._keep(replace(self.record, fetched=not unfetched, unfetched=unfetched))

    def ended(self, outcome: Outcome) -> None:
        self._keep(replace(self.record, outcome=outcome, ended=now()))

    def resumed(self) -> None:
        self._keep(replace(self.record, outcome=Outcome.RUNNING, ended=None))

    def _keep(self, record: Record) -> None:
        self.record = record
        self._ledger.write(record)
