"""What can be pointed at in a Batch account and its storage, whatever its kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Document = Mapping[str, Any]
"""An entity as the service spells it, whole: JSON by the wire's own names. May hold a SAS."""


class Kind(StrEnum):
    """The kinds of entities, each in words."""

    POOL = "pool"
    NODE = "node"
    JOB = "job"
    TASK = "task"
    SCHEDULE = "job schedule"
    CONTAINER = "container"
    BLOB = "blob"


STORED = frozenset((Kind.CONTAINER, Kind.BLOB))
"""What the storage account holds."""

HOLDERS = {Kind.NODE: Kind.POOL, Kind.TASK: Kind.JOB, Kind.BLOB: Kind.CONTAINER}
"""What a thing of each kind is in; the others are the account's."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One entity. `within` is the id of what it is in, else empty: a node's pool, for example."""

    kind: Kind
    id: str
    within: str = ""

    def __str__(self) -> str:
        """`pool render`, `task t-1 of job night`."""
        holder = HOLDERS.get(self.kind, "")
        return f"{self.kind} {self.id}" + (f" of {holder} {self.within}" if self.within else "")


def part(document: object, name: str) -> Document:
    """The object behind a name; empty for what is none, as it is where the service left it out."""
    found = document.get(name) if isinstance(document, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def parts(document: object, name: str) -> list[Any]:
    """The list behind a name; empty for what is none."""
    found = document.get(name) if isinstance(document, Mapping) else None
    return found if isinstance(found, list) else []
