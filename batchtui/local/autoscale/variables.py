"""The variables of a formula: the service's, which decide about the pool, and the user's own."""

import math

from batchtui.local.autoscale.trouble import FormulaError, Place
from batchtui.local.autoscale.values import INTERVALS, Value, type_name, written

TARGET_DEDICATED = "$TargetDedicatedNodes"
TARGET_SPOT = "$TargetLowPriorityNodes"
OPTION = "$NodeDeallocationOption"
OPTIONS = ("requeue", "terminate", "taskcompletion", "retaineddata")

TASK_METRICS = ("$ActiveTasks", "$RunningTasks", "$PendingTasks", "$SucceededTasks", "$FailedTasks")
NODE_METRICS = (
    "$CurrentDedicatedNodes",
    "$CurrentLowPriorityNodes",
    "$PreemptedNodeCount",
    "$UsableNodeCount",
    "$SampleNodeCount",
    "$TaskSlotsPerNode",
)
CPU = "$CPUPercent"
METRICS = (*TASK_METRICS, *NODE_METRICS, CPU)

# Documented, and retired by the service: a node here shares its machine with all others.
UNSAMPLED = frozenset(
    (
        "$WallClockSeconds", "$MemoryBytes", "$DiskBytes", "$DiskReadBytes", "$DiskWriteBytes",
        "$DiskReadOps", "$DiskWriteOps", "$NetworkInBytes", "$NetworkOutBytes",
    )
)  # fmt: skip

CONSTANTS: dict[str, Value] = {**INTERVALS, **{option: option for option in OPTIONS}}

# The names of the years before spot nodes, which many formulas still have.
METRIC_ALIASES = {
    "$CurrentDedicated": "$CurrentDedicatedNodes",
    "$CurrentLowPriority": "$CurrentLowPriorityNodes",
}
_TARGET_ALIASES = {
    "$TargetDedicated": TARGET_DEDICATED,
    "$TargetLowPriority": TARGET_SPOT,
}
_MOST_NODES = 2**31 - 1


class Variables:
    """What can be assigned, with the pool's present targets to begin with."""

    def __init__(self, dedicated: int, spot: int) -> None:
        self._service: dict[str, Value] = {
            TARGET_DEDICATED: float(dedicated),
            TARGET_SPOT: float(spot),
            OPTION: OPTIONS[0],
        }
        self._own: dict[str, Value] = {}
        self._named: set[str] = set()
        """Targets that were assigned by their full name, which outweighs the alias."""

    def get(self, name: str) -> Value | None:
        full = _TARGET_ALIASES.get(name, name)
        return self._service.get(full, self._own.get(name))

    def assign(self, name: str, value: Value, place: Place) -> None:
        """Raises FormulaError for what the service alone sets and for values that cannot be."""
        full = _TARGET_ALIASES.get(name, name)
        if full in METRICS or full in METRIC_ALIASES or full in UNSAMPLED or full in CONSTANTS:
            raise FormulaError(place, f"{name} is read-only")
        if full == OPTION:
            self._service[OPTION] = _option(value, place)
        elif full not in self._service:
            self._own[name] = value
        elif name == full or full not in self._named:
            self._service[full] = _node_count(name, value, place)
            if name == full:
                self._named.add(full)

    @property
    def dedicated(self) -> int:
        return self._target(TARGET_DEDICATED)

    @property
    def spot(self) -> int:
        return self._target(TARGET_SPOT)

    @property
    def option(self) -> str:
        return str(self._service[OPTION])

    def results(self) -> str:
        """`$TargetDedicatedNodes=3;...;own=1`: the service's variables first (recorded)."""
        values = [*self._service.items(), *sorted(self._own.items())]
        return ";".join(f"{name}={written(value)}" for name, value in values)

    def _target(self, name: str) -> int:
        value = self._service[name]
        assert isinstance(value, float)
        return int(value)


def _option(value: Value, place: Place) -> str:
    if isinstance(value, str) and value in OPTIONS:
        return value
    raise FormulaError(place, f"{OPTION} must be one of {', '.join(OPTIONS)}")


def _node_count(name: str, value: Value, place: Place) -> float:
    """A number of nodes; a fraction of a node is no node."""
    if not isinstance(value, float):
        raise FormulaError(place, f"{name} must be a double, not a {type_name(value)}")
    if math.isnan(value) or not 0 <= value <= _MOST_NODES:
        raise FormulaError(place, f"{name} cannot be {written(value)}")
    return float(int(value))
