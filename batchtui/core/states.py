"""The states that Azure Batch gives its entities.

A newer service must not break a running dashboard: a word that this version has never heard of
becomes a state of its own, which is none of those that are listed here.
"""

import re
from enum import StrEnum
from typing import Self

_WORD = re.compile(r"[A-Za-z][\w -]{0,39}", re.ASCII)
_UNHEARD: dict[tuple[type, str], "State"] = {}
"""States that a service has used and this version does not know."""


class State(StrEnum):
    """Has a member `UNKNOWN`, which stands also for what is no word at all."""

    @classmethod
    def _missing_(cls, value: object) -> Self:
        if not (isinstance(value, str) and _WORD.fullmatch(value)):
            return cls("unknown")
        found = _UNHEARD.get((cls, value))
        if found is None:
            if len(_UNHEARD) >= 100:
                return cls("unknown")
            found = str.__new__(cls, value)
            found._name_, found._value_ = "UNHEARD", value
            _UNHEARD[cls, value] = found
        return found  # type: ignore[return-value]  # it was put there under its class

    @property
    def familiar(self) -> Self:
        """This state, or `UNKNOWN` for one that this version has not heard of."""
        return self if self._name_ in type(self).__members__ else type(self)("unknown")


class PoolState(State):
    ACTIVE = "active"
    DELETING = "deleting"
    UNKNOWN = "unknown"


class AllocationState(State):
    STEADY = "steady"
    RESIZING = "resizing"
    STOPPING = "stopping"
    UNKNOWN = "unknown"


class NodeState(State):
    """All sixteen states of api-version 2025-06-01, in the order in which the legend lists them."""

    RUNNING = "running"
    IDLE = "idle"
    WAITING_FOR_START_TASK = "waitingforstarttask"
    STARTING = "starting"
    CREATING = "creating"
    REBOOTING = "rebooting"
    REIMAGING = "reimaging"
    UPGRADING_OS = "upgradingos"
    LEAVING_POOL = "leavingpool"
    OFFLINE = "offline"
    DEALLOCATING = "deallocating"
    DEALLOCATED = "deallocated"
    PREEMPTED = "preempted"
    START_TASK_FAILED = "starttaskfailed"
    UNUSABLE = "unusable"
    UNKNOWN = "unknown"


class SchedulingState(State):
    ENABLED = "enabled"
    DISABLED = "disabled"
    UNKNOWN = "unknown"


class JobState(State):
    ACTIVE = "active"
    DISABLING = "disabling"
    DISABLED = "disabled"
    ENABLING = "enabling"
    TERMINATING = "terminating"
    COMPLETED = "completed"
    DELETING = "deleting"
    UNKNOWN = "unknown"


class TaskState(State):
    ACTIVE = "active"
    PREPARING = "preparing"
    RUNNING = "running"
    COMPLETED = "completed"
    UNKNOWN = "unknown"


class Result(State):
    """How a task or start task ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"
