"""What can be pointed at in a Batch account, whatever its kind."""

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


@dataclass(frozen=True, slots=True)
class Thing:
    """One entity. `within` is the pool of a node and the job of a task, else empty."""

    kind: Kind
    id: str
    within: str = ""

    def __str__(self) -> str:
        """`pool render`, `task t-1 of job night`."""
        holder = Kind.POOL if self.kind is Kind.NODE else Kind.JOB
        return f"{self.kind} {self.id}" + (f" of {holder} {self.within}" if self.within else "")
