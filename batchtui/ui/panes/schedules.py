"""The job schedules of the account, and the jobs that one of them made."""

from datetime import datetime, timedelta
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.filters import Kind, Value
from batchtui.core.models import Job
from batchtui.core.schedules import JobSchedule, ScheduleState
from batchtui.core.things import Kind as Things
from batchtui.core.things import Thing
from batchtui.core.wording import in_time, many
from batchtui.ui.panes import orders
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.panes.steering import SteerablePane
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.glyphs import Sign, Signs, of_job
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.times import ago, since
from batchtui.ui.widgets.tones import Cell, Tone

SIGNS = Signs(
    {
        ScheduleState.ACTIVE: Sign("●", "active", Tone.GOOD),
        ScheduleState.DISABLED: Sign("○", "disabled", Tone.WARNING),
        ScheduleState.TERMINATING: Sign("◗", "ending", Tone.WARNING),
        ScheduleState.COMPLETED: Sign("✓", "completed", Tone.MUTED),
        ScheduleState.DELETING: Sign("◌", "deleting", Tone.MUTED),
        ScheduleState.UNKNOWN: Sign("?", "unknown", Tone.WARNING),
    }
)


class SchedulesPane(SteerablePane[JobSchedule]):
    FEEDS = ("schedules",)
    NUMBER = 1
    NAME = "Job schedules"
    HELP = """
The job schedules of the account: how often each makes a job, when the next one is due, and which
one it made last. A schedule that is disabled makes no jobs until it is enabled again.
"""
    BINDINGS: ClassVar[list[BindingType]] = [*orders.SCHEDULES]

    schedules: var[Reading[tuple[JobSchedule, ...]]] = var(Reading(()), init=False)

    def columns(self) -> tuple[Column[JobSchedule], ...]:
        return (
            Column("SCHEDULE", 14, self.key, grow=2, most=40, value=self.key),
            Column(
                "STATE", 11, lambda each: SIGNS[each.state].spans,
                value=lambda each: SIGNS[each.state].words,
            ),
            Column("EVERY", 8, _every, right=True, value=_interval, kind=Kind.DURATION),
            Column("NEXT", 9, self._next, right=True, rank=1, value=self._wait,
                   kind=Kind.DURATION),
            Column("LAST JOB", 14, _last, grow=1, most=40, rank=2,
                   value=lambda each: each.execution_info.recent_job.id),
            Column("POOL", 10, _pool, grow=1, most=24, rank=3,
                   value=lambda each: each.job_specification.pool_info.pool_id),
        )  # fmt: skip

    def key(self, record: JobSchedule) -> str:
        return record.id

    def thing(self, record: JobSchedule) -> Thing:
        return Thing(Things.SCHEDULE, record.id)

    def watch_schedules(self, reading: Reading[tuple[JobSchedule, ...]]) -> None:
        self.take()
        self.summary = many(len(reading.value), "job schedule") if reading.known else ""
        create = self.advice("Press n to create one: it makes jobs by itself.")
        empty = f"No job schedules yet.{create}"
        self.show(reading.value, known=reading.known, empty=empty)

    def _wait(self, schedule: JobSchedule) -> Value:
        due = schedule.execution_info.next_run_time
        return None if due is None or schedule.over else due - self.now

    def _next(self, schedule: JobSchedule) -> Cell:
        wait = self._wait(schedule)
        if not isinstance(wait, timedelta) or schedule.state is not ScheduleState.ACTIVE:
            return ()
        return "now" if wait <= timedelta() else f"in {in_time(wait)}"


class ScheduledJobsPane(TablePane[Job]):
    FEEDS = ("scheduled",)
    NUMBER = 2
    NAME = "Jobs"
    HELP = """
The jobs that the highlighted job schedule has made. Enter opens one.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", tooltip="Everything about the job", id="schedules.job"),
    ]

    scheduled: var[Reading[tuple[Job, ...]]] = var(Reading(()), init=False)

    class OpenRequested(Message):
        """The user wants to look into this job."""

        def __init__(self, job: Job) -> None:
            self.job = job
            super().__init__()

    def columns(self) -> tuple[Column[Job], ...]:
        return (
            Column("JOB", 20, self.key, grow=2, most=60, value=self.key),
            Column("STATE", 11, lambda job: of_job(job).spans,
                   value=lambda job: of_job(job).words),
            Column("AGE", 10, self._age, right=True, value=self._passed, kind=Kind.DURATION),
            Column("TOOK", 10, _took, right=True, rank=1),
        )  # fmt: skip

    def key(self, record: Job) -> str:
        return record.id

    def thing(self, record: Job) -> Thing:
        return Thing(Things.JOB, record.id)

    def watch_scheduled(self, reading: Reading[tuple[Job, ...]]) -> None:
        self.take()
        self.summary = many(len(reading.value), "job") if reading.known else ""
        newest = sorted(reading.value, key=_created, reverse=True)
        empty = "It has made no job yet." if self.about else "No job schedule is highlighted."
        self.show(newest, known=reading.known, empty=empty)

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.OpenRequested(self.highlighted))

    def _passed(self, job: Job) -> Value:
        return since(job.creation_time, self.now)

    def _age(self, job: Job) -> Cell:
        return ((ago(job.creation_time, self.now), Tone.MUTED),)


def _interval(schedule: JobSchedule) -> Value:
    return schedule.schedule.recurrence_interval


def _every(schedule: JobSchedule) -> Cell:
    interval = schedule.schedule.recurrence_interval
    return (("once", Tone.MUTED),) if interval is None else in_time(interval)


def _last(schedule: JobSchedule) -> Cell:
    return ((schedule.execution_info.recent_job.id, Tone.MUTED),)


def _pool(schedule: JobSchedule) -> Cell:
    return ((schedule.job_specification.pool_info.pool_id, Tone.MUTED),)


def _took(job: Job) -> Cell:
    ran = job.execution_info
    if ran.start_time is None or ran.end_time is None:
        return ()
    return ((in_time(ran.end_time - ran.start_time), Tone.MUTED),)


def _created(job: Job) -> float:
    moment: datetime | None = job.creation_time
    return moment.timestamp() if moment else 0.0
