"""A pool: what was asked for, what became of it, and what a client sees."""

from typing import Any

import msgspec

from batchtui.local.autoscale.scaling import Scaling
from batchtui.local.wire.filters import Kind, Value
from batchtui.local.wire.times import etag, stamp

Json = dict[str, Any]

FILTERS = {
    "id": Kind.TEXT,
    "state": Kind.WORD,
    "stateTransitionTime": Kind.TIME,
    "allocationState": Kind.WORD,
    "allocationStateTransitionTime": Kind.TIME,
    "creationTime": Kind.TIME,
    "lastModified": Kind.TIME,
    "enableAutoScale": Kind.FLAG,
    "enableInterNodeCommunication": Kind.FLAG,
    "vmSize": Kind.WORD,
}

# Shown by the pool's own members, or by none.
_HIDDEN = frozenset(("id", "displayName", "targetDedicatedNodes", "targetLowPriorityNodes"))


class Pool(msgspec.Struct, kw_only=True):
    """Times are microseconds since 1970; `spec` is the body that created it, defaults filled in."""

    id: str
    spec: Json
    created: int
    modified: int
    state: str = "active"
    changed: int
    allocation: str = "steady"
    allocation_changed: int
    target_dedicated: int
    target_spot: int
    resize_errors: list[Json] = []
    scaling: Scaling = msgspec.field(default_factory=Scaling)

    @property
    def key(self) -> str:
        return self.id.lower()

    @property
    def slots(self) -> int:
        """Task slots of each node."""
        return int(self.spec["taskSlotsPerNode"])

    @property
    def packs(self) -> bool:
        """Whether a node is filled before the next one is used."""
        return bool(self.spec["taskSchedulingPolicy"]["nodeFillType"] == "Pack")

    @property
    def scaled(self) -> bool:
        """Whether a formula decides how many nodes there are."""
        return bool(self.spec["enableAutoScale"])

    def allocate(self, state: str, at: int) -> None:
        """Go to another allocation state."""
        self.allocation, self.allocation_changed = state, at


def render(pool: Pool, base: str, dedicated: int, spot: int) -> Json:
    """A pool as the service answers it, with the numbers of nodes that it has now."""
    body: Json = {"id": pool.id}
    if "displayName" in pool.spec:
        body["displayName"] = pool.spec["displayName"]
    body |= {
        "url": f"{base}/pools/{pool.id}",
        "eTag": etag(pool.modified),
        "lastModified": stamp(pool.modified),
        "creationTime": stamp(pool.created),
        "state": pool.state,
        "stateTransitionTime": stamp(pool.changed),
        "allocationState": pool.allocation,
        "allocationStateTransitionTime": stamp(pool.allocation_changed),
        "vmSize": pool.spec["vmSize"],
        "resizeTimeout": pool.spec["resizeTimeout"],
        "currentDedicatedNodes": dedicated,
        "targetDedicatedNodes": pool.target_dedicated,
        "currentLowPriorityNodes": spot,
        "targetLowPriorityNodes": pool.target_spot,
    }
    if pool.resize_errors:
        body["resizeErrors"] = pool.resize_errors
    if pool.scaling.run is not None:
        body["autoScaleRun"] = pool.scaling.run
    return body | {name: value for name, value in pool.spec.items() if name not in _HIDDEN}


def filtered(pool: Pool, name: str) -> Value | None:
    """The value of a property that a filter may name."""
    match name:
        case "id":
            return pool.key
        case "state":
            return pool.state
        case "stateTransitionTime":
            return pool.changed
        case "allocationState":
            return pool.allocation
        case "allocationStateTransitionTime":
            return pool.allocation_changed
        case "creationTime":
            return pool.created
        case "lastModified":
            return pool.modified
        case _:
            value: Value | None = pool.spec.get(name)
            return value
