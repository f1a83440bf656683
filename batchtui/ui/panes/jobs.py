"""The jobs of the account."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.filters import Kind, Value
from batchtui.core.models import Job, TaskCounts
from batchtui.core.pace import Paces
from batchtui.core.preparation_status import JobPreparation
from batchtui.core.states import JobState
from batchtui.core.tallies import errors_of
from batchtui.core.things import Kind as Things
from batchtui.core.things import Thing
from batchtui.ui.panes import orders
from batchtui.ui.panes.steering import SteerablePane
from batchtui.ui.widgets import jobcells
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.glyphs import Sign
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.times import roughly, since
from batchtui.ui.widgets.tones import Cell, Tone

EARLIEST = datetime.min.replace(tzinfo=UTC)


class AboutJob(Message):
    """A request that concerns one job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__()


class JobsPane(SteerablePane[Job]):
    FEEDS = ("jobs", "progress")
    NUMBER = 2
    NAME = "Jobs"
    HELP = """
The jobs of the account, the newest first and those that are over last. The bar shows the tasks
that succeeded in green and those that failed in red. Rate and time left are told once enough tasks
have ended to tell: in a minute where they are short, later where they are long. A job that is "all
done" has no task left and is active still: it counts against the account's quota of active jobs
until it is terminated. "Prep fails" says that its preparation task failed on nodes; J shows
which. A ○ marks a job whose tasks could not be counted the last time: its counts are older.

Enter goes to the tasks of the highlighted job. Deleting a job asks first.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Tasks", tooltip="Go to the job's tasks", id="tasks"),
        Binding("n", "new", "New", tooltip="Create a job", id="jobs.new"),
        *orders.JOBS,
    ]

    jobs: var[Reading[tuple[Job, ...]]] = var(Reading(()), init=False)
    progress: var[Reading[Mapping[str, TaskCounts]]] = var(Reading({}), init=False)
    preparations: var[Reading[Mapping[str, JobPreparation]]] = var(Reading({}), init=False)
    """On which nodes the preparation of a job failed, of those whose tasks wait."""
    watched: var[frozenset[str]] = var(frozenset[str](), init=False)
    """The ids of the jobs whose end the user wants to be told of."""

    class OpenRequested(AboutJob):
        """The user wants to look into this job."""

    class NewRequested(Message):
        """The user wants a job."""

    class ProgressWanted(Message):
        """These jobs are on screen."""

        def __init__(self, job_ids: tuple[str, ...]) -> None:
            self.job_ids = job_ids
            super().__init__()

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.paces = Paces()
        """How fast the jobs get on, as far as anybody saw it."""

    def columns(self) -> tuple[Column[Job], ...]:
        number, time = Kind.NUMBER, Kind.DURATION
        return (
            Column("JOB", 14, self._titled, grow=2, most=40, value=self.key),
            Column("STATE", 10, self._state, value=lambda job: self._sign(job).words),
            Column("DONE", 5, self._bar, grow=2, most=30, rank=1, name="bar"),
            Column("", 5, self._percent, right=True, name="done", value=self._done, kind=number),
            Column(
                "OK", 6, self._succeeded, right=True, rank=4,
                value=lambda job: self._counts(job).succeeded, kind=number,
            ),
            Column(
                "FAIL", 5, self._failed, right=True, rank=2,
                value=lambda job: self._counts(job).failed, kind=number,
            ),
            Column(
                "RATE", 7, lambda job: jobcells.rate(self._rate(job)), right=True, rank=5,
                value=lambda job: self._rate(job) * 60, kind=number,
            ),
            Column("ETA", 10, self._eta, right=True, rank=3, value=self._left, kind=time),
            Column("AGE", 6, self._age, right=True, rank=6, value=self._passed, kind=time),
            Column("POOL", 10, _pool, grow=1, most=24, rank=7, value=lambda job: job.pool_id),
            Column(
                "PRIO", 5, _priority, right=True, rank=8, extra=True, name="priority",
                value=lambda job: job.priority, kind=number,
            ),
        )  # fmt: skip

    def key(self, record: Job) -> str:
        return record.id

    def thing(self, record: Job) -> Thing:
        return Thing(Things.JOB, record.id)

    def watch_jobs(self, reading: Reading[tuple[Job, ...]]) -> None:
        self.take()
        self._summarise()
        self.show(
            sorted(reading.value, key=newest_first),
            known=reading.known,
            empty="No jobs yet."
            + self.advice("Press n to create one on a pool, or s to run a recipe."),
        )

    def watch_progress(
        self, before: Reading[Mapping[str, TaskCounts]], reading: Reading[Mapping[str, TaskCounts]]
    ) -> None:
        self.take()
        if reading.fresh:
            self.paces.note(reading.value, self.now.timestamp())
        self._summarise()
        self.lay_out_changed()
        if len(reading.value) > len(before.value):
            # Only now is it known which jobs come first.
            self.begin()

    def watch_preparations(self) -> None:
        self.lay_out_changed()

    def action_new(self) -> None:
        self.post_message(self.NewRequested())

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.OpenRequested(self.highlighted))

    @on(RecordTable.VisibleChanged)
    def want_progress(self, message: RecordTable.VisibleChanged) -> None:
        shown = self.table.records[message.first : message.last]
        self.post_message(self.ProgressWanted(tuple(job.id for job in shown)))

    def _summarise(self) -> None:
        jobs = self.jobs.value
        over = sum(job.over for job in jobs)
        left = sum(jobcells.left_open(job, self._counts(job)) for job in jobs)
        idle = f" ({left:,} all done)" if left else ""
        known = f"{len(jobs) - over:,} open{idle}, {over:,} over"
        self.summary = known if self.jobs.known else ""

    def watch_watched(self) -> None:
        self.table.refresh_changed()

    def _titled(self, job: Job) -> Cell:
        mark = (("◉ ", Tone.ACTIVE),) if job.id in self.watched else ()
        stale = (("○ ", Tone.BAD),) if job.id in errors_of(self.progress.value) else ()
        return (*mark, *stale, (job.id, Tone.MUTED if job.over else Tone.PLAIN))

    def _counts(self, job: Job) -> TaskCounts:
        return self.progress.value.get(job.id, TaskCounts())

    def _sign(self, job: Job) -> Sign:
        return jobcells.sign(job, self._counts(job), self.preparations.value.get(job.id))

    def _state(self, job: Job) -> Cell:
        return self._sign(job).spans

    def _bar(self, job: Job) -> Cell:
        return jobcells.progress(job, self._counts(job))

    def _percent(self, job: Job) -> Cell:
        return jobcells.percent(job, self._counts(job))

    def _done(self, job: Job) -> Value:
        counts = self._counts(job)
        return counts.completed * 100 / counts.total if counts.total else None

    def _succeeded(self, job: Job) -> Cell:
        return jobcells.succeeded(job, self._counts(job))

    def _failed(self, job: Job) -> Cell:
        return jobcells.failed(self._counts(job))

    def _rate(self, job: Job) -> float:
        return self.paces.rate(job.id, self.now.timestamp())

    def _seconds_left(self, job: Job) -> float | None:
        if job.state is not JobState.ACTIVE:
            return None
        return self.paces.remaining(job.id, self._counts(job), self.now.timestamp())

    def _left(self, job: Job) -> Value:
        seconds = self._seconds_left(job)
        return None if seconds is None else timedelta(seconds=seconds)

    def _eta(self, job: Job) -> Cell:
        return jobcells.eta(self._seconds_left(job))

    def _passed(self, job: Job) -> Value:
        return since(job.creation_time, self.now)

    def _age(self, job: Job) -> Cell:
        return ((roughly(job.creation_time, self.now), Tone.MUTED),)


def newest_first(job: Job) -> tuple[bool, float]:
    """Sorts jobs that are over last, and otherwise by age."""
    return job.over, -(job.creation_time or EARLIEST).timestamp()


def _priority(job: Job) -> Cell:
    return ((f"{job.priority}", Tone.MUTED),)


def _pool(job: Job) -> Cell:
    return ((job.pool_id, Tone.MUTED),)
