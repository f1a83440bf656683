"""When a job schedule makes its jobs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from batchtui.local.wire.times import limit, micros

Json = dict[str, Any]

_LAST = micros(datetime(9999, 12, 31, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Timetable:
    """A schedule's timing in microseconds; None is for what it does not say."""

    until: int | None = None
    """No job is made before."""
    after: int | None = None
    """No job is made from then on."""
    window: int | None = None
    """How long after its time a job may still be made."""
    interval: int | None = None
    """From one job's time to the next one's; None for one job only."""

    @classmethod
    def of(cls, schedule: Json) -> "Timetable":
        """The timing of a schedule as the service answers it."""
        return cls(
            until=_moment(schedule.get("doNotRunUntil")),
            after=_moment(schedule.get("doNotRunAfter")),
            window=_length(schedule.get("startWindow")),
            interval=_length(schedule.get("recurrenceInterval")),
        )

    def first(self, now: int) -> int:
        """The time of the first job, for a schedule that is made now."""
        return max(now, self.until or now)

    def following(self, due: int) -> int | None:
        """The time of the job after the one of `due`; None if no calendar has it."""
        following = None if self.interval is None else due + self.interval
        return following if following is not None and following <= _LAST else None

    def current(self, due: int, now: int) -> int | None:
        """The time whose job can be made now or later, for `due` that may be past its window.

        A job that could not be made in time is not made up for. None when there is none left.
        """
        if self.interval is None:
            return due if self.window is None or now <= due + self.window else None
        late = max(now - due, 0)
        skipped, rest = divmod(late, self.interval)
        if self.window is not None and rest > self.window:
            skipped += 1
        return due + skipped * self.interval

    def is_past(self, now: int) -> bool:
        """Whether no more jobs are made."""
        return self.after is not None and now >= self.after


def _moment(text: str | None) -> int | None:
    return None if text is None else micros(datetime.fromisoformat(text))


def _length(text: str | None) -> int | None:
    """Microseconds; None for none and for the service's longest."""
    length = None if text is None else limit(text)
    return None if length is None else round(length.total_seconds() * 1_000_000)
