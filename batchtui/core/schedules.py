"""Job schedules, and autoscaling: what makes an account move without anybody at it.

Members are those of api-version 2025-06-01, as in `models`.
"""

from datetime import timedelta

from batchtui.core.models import PoolInfo, Wire
from batchtui.core.states import State
from batchtui.core.wire import Time


class ScheduleState(State):
    ACTIVE = "active"
    DISABLED = "disabled"
    TERMINATING = "terminating"
    COMPLETED = "completed"
    DELETING = "deleting"
    UNKNOWN = "unknown"


class Timing(Wire, frozen=True):
    """When a schedule makes its jobs; without an interval it makes one."""

    do_not_run_until: Time | None = None
    do_not_run_after: Time | None = None
    start_window: timedelta | None = None
    recurrence_interval: timedelta | None = None


class RecentJob(Wire, frozen=True):
    id: str = ""


class ScheduleExecution(Wire, frozen=True):
    next_run_time: Time | None = None
    recent_job: RecentJob = RecentJob()
    end_time: Time | None = None


class JobSpecification(Wire, frozen=True):
    """Of what a schedule's jobs are made, as far as a list shows it."""

    pool_info: PoolInfo = PoolInfo()
    priority: int = 0


class JobSchedule(Wire, frozen=True):
    id: str
    state: ScheduleState = ScheduleState.UNKNOWN
    state_transition_time: Time | None = None
    creation_time: Time | None = None
    schedule: Timing = Timing()
    job_specification: JobSpecification = JobSpecification()
    execution_info: ScheduleExecution = ScheduleExecution()

    @property
    def over(self) -> bool:
        """Whether it will never make another job."""
        return self.state in (ScheduleState.COMPLETED, ScheduleState.DELETING)
