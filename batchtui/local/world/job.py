"""A job: what was asked for, how far it is, and what a client sees of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from operator import attrgetter
from typing import Any

import msgspec

from batchtui.local.errors import ServiceError
from batchtui.local.wire.filters import Kind, Value
from batchtui.local.wire.times import etag, limit, stamp
from batchtui.local.world.task import Task

Json = dict[str, Any]

FILTERS = {
    "id": Kind.TEXT,
    "state": Kind.WORD,
    "stateTransitionTime": Kind.TIME,
    "creationTime": Kind.TIME,
    "lastModified": Kind.TIME,
    "executionInfo/startTime": Kind.TIME,
    "executionInfo/endTime": Kind.TIME,
    "executionInfo/poolId": Kind.TEXT,
}

TRANSITIONAL = frozenset(("disabling", "enabling", "terminating", "deleting"))
_COUNTED = ("active", "running", "completed", "succeeded", "failed")
_FIRST = ("id", "displayName")

SUMMED = ("wall", "user_cpu", "kernel_cpu", "reads", "writes", "retries", "waited")
_used = attrgetter(*SUMMED)


class Job(msgspec.Struct, kw_only=True):
    """Times are microseconds since 1970; `spec` is the body that created it, defaults filled in."""

    id: str
    spec: Json
    created: int
    modified: int
    state: str = "active"
    changed: int
    previous: str | None = None
    previous_at: int | None = None
    started: int
    ended: int | None = None
    reason: str | None = None
    auto_pool: str | None = None
    """The id of the pool that was made for it, or for its schedule's jobs."""

    @property
    def key(self) -> str:
        return self.id.lower()

    @property
    def pool(self) -> str:
        """The key of its pool, whether there is one or not."""
        return self.pool_id.lower()

    @property
    def pool_id(self) -> str:
        return self.auto_pool or str(self.spec["poolInfo"]["poolId"])

    @property
    def schedule(self) -> str:
        """The key of the schedule that made it; empty when none did."""
        schedule, _, number = self.key.partition(":")
        return schedule if number else ""

    def manager_of(self, task: Task) -> Json | None:
        """The job manager task's specification, if this task is it."""
        manager: Json | None = self.spec.get("jobManagerTask")
        return manager if manager and str(manager["id"]).lower() == task.key else None

    @property
    def priority(self) -> int:
        return int(self.spec["priority"])

    @property
    def most_parallel(self) -> int:
        """-1 for as many as there are slots."""
        return int(self.spec["maxParallelTasks"])

    @property
    def max_wall_clock(self) -> timedelta | None:
        return limit(self.spec["constraints"]["maxWallClockTime"])

    def move(self, state: str, at: int) -> None:
        """Go to another state; transitional ones are never a previous state (recorded fact 34)."""
        if self.state not in TRANSITIONAL:
            self.previous, self.previous_at = self.state, self.changed
        self.state, self.changed = state, at


def check_alive(job: Job) -> None:
    """409 when a job is over: it can no more be changed, and takes no more tasks."""
    match job.state:
        case "completed":
            raise ServiceError("JobCompleted")
        case "terminating":
            raise ServiceError("JobBeingTerminated")
        case "deleting":
            raise ServiceError("JobBeingDeleted")


def render(job: Job, base: str) -> Json:
    """A job as the service answers it."""
    body: Json = {name: job.spec[name] for name in _FIRST if name in job.spec}
    body |= {
        "url": f"{base}/jobs/{job.id}",
        "eTag": etag(job.modified),
        "lastModified": stamp(job.modified),
        "creationTime": stamp(job.created),
        "state": job.state,
        "stateTransitionTime": stamp(job.changed),
    }
    if job.previous is not None and job.previous_at is not None:
        body["previousState"] = job.previous
        body["previousStateTransitionTime"] = stamp(job.previous_at)
    body |= {name: value for name, value in job.spec.items() if name not in _FIRST}
    info: Json = {"startTime": stamp(job.started), "poolId": job.pool_id}
    if job.ended is not None:
        info["endTime"] = stamp(job.ended)
    if job.reason is not None:
        info["terminateReason"] = job.reason
    body["executionInfo"] = info
    return body


def place(job: Job) -> str:
    """Its place in lists: completed jobs come last (recorded fact 40)."""
    return f"{'1' if job.state == 'completed' else '0'}{job.key}"


def filtered(job: Job, name: str) -> Value | None:
    """The value of a property that a filter may name."""
    match name:
        case "id":
            return job.key
        case "state":
            return job.state
        case "stateTransitionTime":
            return job.changed
        case "creationTime":
            return job.created
        case "lastModified":
            return job.modified
        case "executionInfo/startTime":
            return job.started
        case "executionInfo/endTime":
            return job.ended
        case _:
            return job.pool


@dataclass(slots=True)
class Counts:
    """How many tasks of a job, and how many slots, are in which state: kept as they change."""

    tasks: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTED, 0))
    slots: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTED, 0))
    sums: list[int] = field(default_factory=lambda: [0] * len(SUMMED))
    """Of what the tasks have used, in the order of `SUMMED`."""

    def add(self, state: str, result: str | None, slots: int, tasks: int = 1) -> None:
        """Count tasks in (or, with negative numbers, out)."""
        # A task that waits for its job's preparation counts as running.
        names = ["running" if state == "preparing" else state]
        if state == "completed":
            names.append("succeeded" if result == "success" else "failed")
        for name in names:
            self.tasks[name] += tasks
            self.slots[name] += slots

    def use(self, used: Iterable[int], tasks: int = 1) -> None:
        """Add what tasks have used to the sums (or, with -1, take it out)."""
        self.sums = [total + tasks * one for total, one in zip(self.sums, used, strict=True)]

    def remove(self, task: Task) -> None:
        self.add(task.state, task.result, -task.slots, -1)
        self.use(_used(task), -1)

    def put(self, task: Task) -> None:
        self.add(task.state, task.result, task.slots)
        self.use(_used(task))

    @property
    def unfinished(self) -> int:
        return self.tasks["active"] + self.tasks["running"]
