"""Bodies of requests about job schedules."""

from msgspec import UNSET, UnsetType, field

from batchtui.local.errors import invalid_property
from batchtui.local.wire.body import Body, Duration, Id, Json
from batchtui.local.wire.common_bodies import MetadataItem
from batchtui.local.wire.job_bodies import JobDefinition
from batchtui.local.wire.node_bodies import Moment
from batchtui.local.wire.times import micros, stamp

_SHORTEST = Duration("PT1M")
_FIRST_YEAR, _LAST_YEAR = 1970, 9998


class Timing(Body, kw_only=True):
    """When jobs are made; nothing given is one job, now."""

    do_not_run_until: Moment | UnsetType = UNSET
    do_not_run_after: Moment | UnsetType = UNSET
    start_window: Duration | UnsetType = UNSET
    recurrence_interval: Duration | UnsetType = UNSET

    def check(self) -> None:
        for name, value in (
            ("startWindow", self.start_window),
            ("recurrenceInterval", self.recurrence_interval),
        ):
            if value is not UNSET and value.length < _SHORTEST.length:
                raise invalid_property(name, "It must be at least 1 minute", str(value))
        for name, time in (
            ("doNotRunUntil", self.do_not_run_until),
            ("doNotRunAfter", self.do_not_run_after),
        ):
            if time is not UNSET and not _FIRST_YEAR <= time.year <= _LAST_YEAR:
                reason = f"It must be between the years {_FIRST_YEAR} and {_LAST_YEAR}"
                raise invalid_property(name, reason, str(time))
        until, after = self.do_not_run_until, self.do_not_run_after
        if until is not UNSET and after is not UNSET and after <= until:
            raise invalid_property("doNotRunAfter", "It must be after doNotRunUntil")

    def wire(self) -> Json:
        plain = super().wire()
        for name, value in (
            ("doNotRunUntil", self.do_not_run_until),
            ("doNotRunAfter", self.do_not_run_after),
        ):
            if value is not UNSET:
                plain[name] = stamp(micros(value))
        return plain


class ScheduleChanges(Body, kw_only=True):
    """What can be changed later too: it says how the next jobs are, not those that there are."""

    schedule: Timing | UnsetType = UNSET
    job_specification: JobDefinition | UnsetType = UNSET
    metadata: list[MetadataItem] | UnsetType = UNSET

    def check(self) -> None:
        for part in (self.schedule, self.job_specification):
            if part is not UNSET:
                part.check()

    def wire(self) -> Json:
        plain = super().wire()
        if self.schedule is not UNSET:
            plain["schedule"] = self.schedule.wire()
        if self.job_specification is not UNSET:
            plain["jobSpecification"] = self.job_specification.wire()
        return plain


class ReplaceSchedule(ScheduleChanges, kw_only=True):
    """What is not named goes back to its default."""

    schedule: Timing = field(default_factory=Timing)
    job_specification: JobDefinition
    metadata: list[MetadataItem] = field(default_factory=list)


class CreateSchedule(ScheduleChanges, kw_only=True):
    id: Id
    display_name: str | UnsetType = UNSET
    schedule: Timing
    job_specification: JobDefinition
