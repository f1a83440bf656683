"""The states that Azure Batch gives its entities.

Every enumeration answers a value that this version has never heard of with `UNKNOWN`, because a
newer service must not break a running dashboard.
"""

from enum import StrEnum
from typing import Self


class _State(StrEnum):
    @classmethod
    def _missing_(cls, value: object) -> Self:
        return cls("unknown")


class PoolState(_State):
    ACTIVE = "active"
    DELETING = "deleting"
    UNKNOWN = "unknown"


class AllocationState(_State):
    STEADY = "steady"
    RESIZING = "resizing"
    STOPPING = "stopping"
    UNKNOWN = "unknown"


class NodeState(_State):
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


class SchedulingState(_State):
    ENABLED = "enabled"
    DISABLED = "disabled"
    UNKNOWN = "unknown"


class JobState(_State):
    ACTIVE = "active"
    DISABLING = "disabling"
    DISABLED = "disabled"
    ENABLING = "enabling"
    TERMINATING = "terminating"
    COMPLETED = "completed"
    DELETING = "deleting"
    UNKNOWN = "unknown"


class TaskState(_State):
    ACTIVE = "active"
    PREPARING = "preparing"
    RUNNING = "running"
    COMPLETED = "completed"
    UNKNOWN = "unknown"


class Result(_State):
    """How a task or start task ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"
