"""What a world file may say: its tables, their keys and bounds."""

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0, le=10_000_000)]
Several = Annotated[int, Meta(ge=1, le=1000)]
Text = Annotated[str, Meta(min_length=1)]
# An id; {n} in it is the number of the pool, job or task.
Id = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_{}-]{1,56}\Z")]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of all tables of a world file. Durations are ISO 8601, such as PT4M."""


class Failures(Part, frozen=True, kw_only=True):
    """One way in which some of the tasks fail."""

    share: Share
    exit_code: Annotated[int, Meta(ge=-(2**31), lt=2**31)] | None = None
    code: str | None = None
    """For a task that fails without an exit code: such as BlobNotFound."""
    stderr: str = ""
    after: Share = 0.5
    """When a task fails so, as a share of the time that it would have taken."""
    hangs: bool = False
    """Whether such a task never ends by itself instead."""


class StartTask(Part, frozen=True, kw_only=True):
    """A start task, and how it fares."""

    command: Text
    duration: timedelta = timedelta(seconds=30)
    wait_for_success: bool = True
    retries: Annotated[int, Meta(ge=0, le=100)] = 0
    failing: Share = 0.0
    """Of the nodes: there it fails with `exit_code`, however often it is tried."""
    exit_code: Annotated[int, Meta(ge=1, le=255)] = 1
    stderr: str = ""


class States(Part, frozen=True, kw_only=True):
    """How many nodes begin in a state of their own; the others are idle or running."""

    creating: Count = 0
    starting: Count = 0
    waitingforstarttask: Count = 0
    starttaskfailed: Count = 0
    offline: Count = 0
    unusable: Count = 0
    unknown: Count = 0
    preempted: Count = 0
    rebooting: Count = 0


class PoolPart(Part, frozen=True, kw_only=True):
    """One pool, or `count` of them that differ in their number."""

    id: Id
    count: Several = 1
    vm_size: Text = "standard_d4s_v3"
    dedicated: Count = 0
    spot: Count = 0
    slots: Annotated[int, Meta(ge=1, le=256)] = 1
    pack: bool = False
    boot: timedelta = timedelta(seconds=90)
    """From nothing to a node that runs its start task; give or take a third."""
    stuck: Count = 0
    """So many of the nodes that begin as `starting` never come any further."""
    preemptions: Annotated[float, Meta(ge=0, le=60)] = 0.0
    """Per hour and spot node."""
    start_task: StartTask | None = None
    states: States = States()


class JobPart(Part, frozen=True, kw_only=True):
    """One job, or `count` of them that differ in their number."""

    id: Id
    count: Several = 1
    pool: Text
    tasks: Count
    task_id: Id = "task-{n}"
    command: Text = "simulate --item {n}"
    duration: timedelta = timedelta(minutes=5)
    """The median; half of the tasks take longer."""
    spread: Annotated[float, Meta(ge=0, le=3)] = 0.4
    """How far durations lie apart: 0 for all the same, 1 for some of ten times the median."""
    state: Annotated[str, Meta(pattern=r"\A(active|completed|disabled)\Z")] = "active"
    done: Share = 0.0
    """Of the tasks, at the beginning of the play."""
    age: timedelta = timedelta(hours=3)
    """How long ago the job was made, at the beginning of the play."""
    priority: Annotated[int, Meta(ge=-1000, le=1000)] = 0
    parallel: Annotated[int, Meta(ge=-1, le=1_000_000)] = -1
    slots: Annotated[int, Meta(ge=1, le=256)] = 1
    retries: Annotated[int, Meta(ge=0, le=100)] = 0
    failures: tuple[Failures, ...] = ()


class ContainerPart(Part, frozen=True, kw_only=True):
    """A container with blobs in it, where there is a storage service to hold it."""

    id: Annotated[str, Meta(pattern=r"\A[a-z0-9](?:-?[a-z0-9]){2,62}\Z")]
    blobs: Annotated[int, Meta(ge=0, le=2000)] = 0
    blob: Text = "item-{n}.txt"
    size: Annotated[int, Meta(ge=0, le=1_000_000)] = 2000
    """Bytes of each blob."""


class WorldFile(Part, frozen=True, kw_only=True):
    """A whole scene. The same file with the same seed plays the same."""

    name: Annotated[str, Meta(pattern=r"\A[a-z0-9-]{1,40}\Z")]
    summary: str = ""
    seed: int = 0
    pools: tuple[PoolPart, ...] = ()
    jobs: tuple[JobPart, ...] = ()
    containers: tuple[ContainerPart, ...] = ()
