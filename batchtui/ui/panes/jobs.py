"""The jobs of the account."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from batchtui.core.feed import Reading
from batchtui.core.models import Job, TaskCounts
from batchtui.core.states import JobState
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.widgets.bar import bar
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.glyphs import of_job
from batchtui.ui.widgets.records import RecordTable
from batchtui.ui.widgets.tones import Cell, Spans, Tone

OVER = (JobState.COMPLETED, JobState.DELETING)
EARLIEST = datetime.min.replace(tzinfo=UTC)


class AboutJob(Message):
    """A request that concerns one job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__()


class JobsPane(TablePane[Job]):
    FEEDS = ("jobs", "progress")
    NUMBER = 2
    NAME = "Jobs"
    HELP = """
The jobs of the account, the newest first and those that are over last. The bar shows the tasks
that succeeded in green and those that failed in red.

Enter goes to the tasks of the highlighted job. Deleting a job asks first.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Tasks", tooltip="Go to the job's tasks", id="tasks"),
        Binding("n", "new", "New", tooltip="Create a job", id="jobs.new"),
        Binding("d", "delete", "Delete", tooltip="Delete the job and its tasks", id="jobs.delete"),
    ]

    jobs: reactive[Reading[tuple[Job, ...]]] = reactive(Reading(()), init=False)
    progress: reactive[Reading[Mapping[str, TaskCounts]]] = reactive(Reading({}), init=False)

    class OpenRequested(AboutJob):
        """The user wants to look into this job."""

    class NewRequested(Message):
        """The user wants a job."""

    class DeleteRequested(AboutJob):
        """The user wants this job gone."""

    class ProgressWanted(Message):
        """These jobs are on screen."""

        def __init__(self, job_ids: tuple[str, ...]) -> None:
            self.job_ids = job_ids
            super().__init__()

    def columns(self) -> tuple[Column[Job], ...]:
        return (
            Column("JOB", 14, _id, grow=2, most=40),
            Column("STATE", 11, lambda job: of_job(job).spans),
            Column("DONE", 6, self._bar, grow=2, most=30, rank=1),
            Column("", 5, self._percent, right=True),
            Column("OK", 6, self._succeeded, right=True, rank=3),
            Column("FAIL", 5, self._failed, right=True, rank=2),
            Column("POOL", 10, _pool, grow=1, most=24, rank=4),
        )

    def key(self, record: Job) -> str:
        return record.id

    def watch_jobs(self, reading: Reading[tuple[Job, ...]]) -> None:
        self.take()
        over = sum(job.state in OVER for job in reading.value)
        self.summary = f"{len(reading.value) - over:,} open, {over:,} over" if reading.known else ""
        self.show(
            sorted(reading.value, key=newest_first),
            known=reading.known,
            empty="No jobs yet. Press n to create one on a pool, or s to run a recipe.",
        )

    def watch_progress(self) -> None:
        self.take()
        self.table.refresh_changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "new":
                return self.may_change(something=False)
            case "delete":
                return self.may_change()
            case "open":
                return None if self.highlighted is None else True
        return True

    def action_new(self) -> None:
        self.post_message(self.NewRequested())

    @on(RecordTable.Selected)
    def action_open(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.OpenRequested(self.highlighted))

    def action_delete(self) -> None:
        if self.highlighted is not None:
            self.post_message(self.DeleteRequested(self.highlighted))

    @on(RecordTable.VisibleChanged)
    def want_progress(self, message: RecordTable.VisibleChanged) -> None:
        shown = self.table.records[message.first : message.last]
        self.post_message(self.ProgressWanted(tuple(job.id for job in shown)))

    def _counts(self, job: Job) -> TaskCounts:
        return self.progress.value.get(job.id, TaskCounts())

    def _bar(self, job: Job) -> Cell:
        counts = self._counts(job)

        def drawn(width: int) -> Spans:
            good = Tone.MUTED if job.state in OVER else Tone.GOOD
            parts = ((counts.succeeded, good), (counts.failed, Tone.BAD))
            return bar(parts, counts.total, width) if counts.total else ()

        return drawn

    def _percent(self, job: Job) -> Cell:
        counts = self._counts(job)
        if not counts.total:
            return ()
        # Floored, so that 100 % means every task.
        text = f"{counts.completed * 100 // counts.total} %"
        return ((text, Tone.MUTED if job.state in OVER else Tone.PLAIN),)

    def _succeeded(self, job: Job) -> Cell:
        count = self._counts(job).succeeded
        return ((f"{count:,}" if count else "", Tone.MUTED if job.state in OVER else Tone.GOOD),)

    def _failed(self, job: Job) -> Cell:
        count = self._counts(job).failed
        return ((f"{count:,}" if count else "", Tone.BAD),)


def newest_first(job: Job) -> tuple[bool, float]:
    """Sorts jobs that are over last, and otherwise by age."""
    return job.state in OVER, -(job.creation_time or EARLIEST).timestamp()


def _id(job: Job) -> Cell:
    return ((job.id, Tone.MUTED if job.state in OVER else Tone.PLAIN),)


def _pool(job: Job) -> Cell:
    return ((job.pool_id, Tone.MUTED),)
