"""What a job's row says of its tasks."""

from batchtui.core.models import Job, TaskCounts
from batchtui.core.preparation_status import JobPreparation
from batchtui.core.states import JobState
from batchtui.core.wording import roundly
from batchtui.ui.widgets.bar import bar
from batchtui.ui.widgets.glyphs import Sign, of_job
from batchtui.ui.widgets.times import whole
from batchtui.ui.widgets.tones import Cell, Spans, Tone

UNPREPARED = Sign("✗", "prep fails", Tone.BAD)
"""A job whose preparation task failed on nodes of its pool, while tasks of it wait."""
LEFT_OPEN = Sign("◍", "all done", Tone.WARNING)
"""A job that is active although nothing in it is left to do: it counts against the quota."""


def left_open(job: Job, counts: TaskCounts) -> bool:
    """Whether every task is completed and the job still is not."""
    return job.state is JobState.ACTIVE and 0 < counts.total == counts.completed


def sign(job: Job, counts: TaskCounts, preparation: JobPreparation | None = None) -> Sign:
    failed = preparation is not None and preparation.on(job.pool_id).failed
    if failed and job.state is JobState.ACTIVE and counts.active:
        return UNPREPARED
    return LEFT_OPEN if left_open(job, counts) else of_job(job)


def tone(job: Job) -> Tone:
    """Jobs that are over stand back."""
    return Tone.MUTED if job.over else Tone.PLAIN


def progress(job: Job, counts: TaskCounts) -> Cell:
    """A bar: what succeeded, and what failed."""

    def drawn(width: int) -> Spans:
        good = Tone.MUTED if job.over else Tone.GOOD
        parts = ((counts.succeeded, good), (counts.failed, Tone.BAD))
        return bar(parts, counts.total, width) if counts.total else ()

    return drawn


def percent(job: Job, counts: TaskCounts) -> Cell:
    if not counts.total:
        return ()
    # Floored, so that 100 % means every task.
    return ((f"{counts.completed * 100 // counts.total} %", tone(job)),)


def succeeded(job: Job, counts: TaskCounts) -> Cell:
    muted = Tone.MUTED if job.over else Tone.GOOD
    return ((f"{counts.succeeded:,}" if counts.succeeded else "", muted),)


def failed(counts: TaskCounts) -> Cell:
    return ((f"{counts.failed:,}" if counts.failed else "", Tone.BAD),)


def rate(per_second: float) -> Spans:
    """Tasks per minute, and per second where there are many."""
    if per_second <= 0:
        return ()
    per_minute = per_second * 60
    text = f"{per_second:.0f}/s" if per_second >= 10 else f"{per_minute:.{per_minute < 9.5:d}f}/min"
    return ((text, Tone.MUTED),)


def eta(seconds: float | None) -> Cell:
    if not seconds:
        return ()
    return ((whole(roundly(seconds)), Tone.PLAIN),)
