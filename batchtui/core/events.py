"""What happens in a run, one value per event. The CLI prints them, the dashboard shows them."""

import re
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct, field

from batchtui.core.ledger import Kind, Outcome, Thing
from batchtui.core.models import TaskCounts
from batchtui.core.states import NodeState


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"


def now() -> datetime:
    return datetime.now(UTC)


def _tag(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Event(Struct, frozen=True, kw_only=True, tag_field="event", tag=_tag):
    at: datetime = field(default_factory=now)


class Started(Event, frozen=True, kw_only=True):
    run_id: str
    recipe: str
    account: str
    endpoint: str
    tasks: int


class Resumed(Event, frozen=True, kw_only=True):
    run_id: str
    recipe: str


class Created(Event, frozen=True, kw_only=True):
    kind: Kind
    name: str


class Reused(Event, frozen=True, kw_only=True):
    """It existed before, and the recipe says to use it."""

    kind: Kind
    name: str


class Transferring(Event, frozen=True, kw_only=True):
    """How far the files to or from one container have come; sizes in bytes."""

    direction: Direction
    container: str
    files: int
    of_files: int
    size: int
    of_size: int


class Transferred(Event, frozen=True, kw_only=True):
    direction: Direction
    container: str
    files: int
    size: int
    """Bytes."""
    place: str
    """The folder on this machine."""


class Signed(Event, frozen=True, kw_only=True):
    """The tasks have SAS for these containers, which never show up in an event."""

    containers: tuple[str, ...]
    lasting: float
    """Seconds."""


class Submitting(Event, frozen=True, kw_only=True):
    tasks: int
    of_tasks: int


class Submitted(Event, frozen=True, kw_only=True):
    tasks: int


class Progressed(Event, frozen=True, kw_only=True):
    """The job's tasks and the pool's nodes, when either changed."""

    counts: TaskCounts
    of_tasks: int
    nodes: dict[NodeState, int] = field(default_factory=dict)
    elapsed: float
    """Seconds since the monitoring began."""


class Troubled(Event, frozen=True, kw_only=True):
    """Something went wrong that the run lives on with."""

    sentence: str
    until: datetime | None = None
    """When the run gives up what it now tries again; None for what it does not try again."""
    pause: float = 0.0
    """Seconds before it is tried again."""


class Recovered(Event, frozen=True, kw_only=True):
    """What was tried again has worked: nothing is waited for any more."""

    elapsed: float
    """Seconds since it first failed."""


class NodeFailed(Event, frozen=True, kw_only=True):
    """A node's start task failed, or the node is unusable."""

    node_id: str
    exit_code: int | None
    reason: str
    stderr: str
    """Its last lines."""


class TaskFailed(Event, frozen=True, kw_only=True):
    task_id: str
    node_id: str
    exit_code: int | None
    reason: str
    stderr: str
    """Its last lines."""


class Finished(Event, frozen=True, kw_only=True):
    """The job's tasks have come as far as they will."""

    counts: TaskCounts
    of_tasks: int
    reported: int
    """How many of the failed tasks have an event of their own."""
    elapsed: float
    """Seconds since the run began or was resumed."""


class NotFetched(Event, frozen=True, kw_only=True):
    """An output that could not be downloaded, and so is kept where it is."""

    container: str
    blob: str
    """Empty where the container could not be listed."""
    reason: str


class Asking(Event, frozen=True, kw_only=True):
    kind: Kind
    names: tuple[str, ...]


class Deleted(Event, frozen=True, kw_only=True):
    kind: Kind
    name: str
    gone: bool
    """Whether it is gone already; else the service is still at it."""


class Kept(Event, frozen=True, kw_only=True):
    kind: Kind
    name: str


class Ended(Event, frozen=True, kw_only=True):
    """The run is over. What is cleaned up after an interruption or a refusal comes later still."""

    run_id: str
    outcome: Outcome
    sentence: str
    """Why, where it did not go well."""
    left: tuple[Thing, ...]
    """What the run made and did not delete."""
    resumable: bool = False
    """Whether `batchtui wait` can go on with it where it ended early."""
    elapsed: float
    """Seconds since the run began or was resumed."""
