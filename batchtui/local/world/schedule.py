"""A job schedule: what was asked for, how far it is, and what a client sees of it."""

from typing import Any

import msgspec

from batchtui.local.wire.filters import Kind, Value
from batchtui.local.wire.times import etag, stamp
from batchtui.local.world.timetable import Timetable

Json = dict[str, Any]

FILTERS = {
    "id": Kind.TEXT,
    "state": Kind.WORD,
    "stateTransitionTime": Kind.TIME,
    "creationTime": Kind.TIME,
    "lastModified": Kind.TIME,
    "executionInfo/endTime": Kind.TIME,
    "schedule/doNotRunUntil": Kind.TIME,
    "schedule/doNotRunAfter": Kind.TIME,
}

_TRANSITIONAL = frozenset(("terminating", "deleting"))


class Schedule(msgspec.Struct, kw_only=True):
    """Times are microseconds since 1970; `spec` is the body that created it, defaults filled in."""

    id: str
    spec: Json
    created: int
    modified: int
    state: str = "active"
    changed: int
    previous: str | None = None
    previous_at: int | None = None
    due: int | None
    """When the next job is to be made; None when none is."""
    number: int = 0
    """How many jobs it has made."""
    ended: int | None = None
    auto_pool: str | None = None
    """The id of the pool that its jobs share, if it has made one."""

    @property
    def key(self) -> str:
        return self.id.lower()

    @property
    def timetable(self) -> Timetable:
        return Timetable.of(self.spec["schedule"])

    @property
    def recent(self) -> str | None:
        """The id of the job that it made last."""
        return f"{self.id}:job-{self.number}" if self.number else None

    def move(self, state: str, at: int) -> None:
        """Go to another state; transitional ones are never a previous state."""
        if self.state not in _TRANSITIONAL:
            self.previous, self.previous_at = self.state, self.changed
        self.state, self.changed = state, at


def render(schedule: Schedule, base: str) -> Json:
    """A schedule as the service answers it."""
    body: Json = {"id": schedule.id}
    if "displayName" in schedule.spec:
        body["displayName"] = schedule.spec["displayName"]
    body |= {
        "url": f"{base}/jobschedules/{schedule.id}",
        "eTag": etag(schedule.modified),
        "lastModified": stamp(schedule.modified),
        "creationTime": stamp(schedule.created),
        "state": schedule.state,
        "stateTransitionTime": stamp(schedule.changed),
    }
    if schedule.previous is not None and schedule.previous_at is not None:
        body["previousState"] = schedule.previous
        body["previousStateTransitionTime"] = stamp(schedule.previous_at)
    body["schedule"] = schedule.spec["schedule"]
    body["jobSpecification"] = schedule.spec["jobSpecification"]
    body["executionInfo"] = _info(schedule, base)
    if schedule.spec.get("metadata"):
        body["metadata"] = schedule.spec["metadata"]
    return body


def _info(schedule: Schedule, base: str) -> Json:
    info: Json = {}
    if schedule.due is not None:
        info["nextRunTime"] = stamp(schedule.due)
    if schedule.recent is not None:
        info["recentJob"] = {"url": f"{base}/jobs/{schedule.recent}", "id": schedule.recent}
    if schedule.ended is not None:
        info["endTime"] = stamp(schedule.ended)
    return info


def filtered(schedule: Schedule, name: str) -> Value | None:
    """The value of a property that a filter may name."""
    timetable = schedule.timetable
    values: dict[str, Value | None] = {
        "id": schedule.key,
        "state": schedule.state,
        "stateTransitionTime": schedule.changed,
        "creationTime": schedule.created,
        "lastModified": schedule.modified,
        "executionInfo/endTime": schedule.ended,
        "schedule/doNotRunUntil": timetable.until,
        "schedule/doNotRunAfter": timetable.after,
    }
    return values[name]
