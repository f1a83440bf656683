"""Follows the course of a job."""

import asyncio
from datetime import UTC, datetime, timedelta

from batchtui.core.course import Course, course_of
from batchtui.core.histories import Histories
from batchtui.core.models import Task


class Chronicle:
    """Lists the job's tasks once, then only those whose state has changed.

    Of an unchanged job it answers with the same course. Tasks that were deleted go with the next
    sweep, which lists everything again.
    """

    AT_MOST = 20_000
    """Tasks that are followed; a job may have more."""
    OVERLAP = timedelta(seconds=30)
    """Looked at again each time, because the service may show a change late."""
    SWEEP = 150
    """Looks from one listing of everything to the next."""

    def __init__(self, batch: Histories, job_id: str) -> None:
        self.job_id = job_id
        self._batch = batch
        self._tasks: dict[str, Task] = {}
        self._course = Course()
        self._looks = 0
        self._sweeps = self._swept = 0

    def sweep(self) -> None:
        """List everything the next time, also where a look is under way now."""
        self._sweeps += 1

    async def fetch(self) -> Course:
        """The course as it is now."""
        since, sweeps = self._latest, self._sweeps
        sweep = since is None or self._looks % self.SWEEP == 0 or sweeps != self._swept
        window = await self._batch.task_history(
            self.job_id, at_most=self.AT_MOST, since=None if sweep else since
        )
        self._looks += 1
        self._swept = sweeps
        found = {task.id: task for task in window.items}
        complete = self._course.complete
        if sweep:
            changed = found != self._tasks or complete != window.complete
            self._tasks, complete = found, window.complete
        else:
            news = {
                task_id: task
                for task_id, task in found.items()
                if self._tasks.get(task_id) != task
                and (task_id in self._tasks or len(self._tasks) < self.AT_MOST)
            }
            changed = bool(news)
            self._tasks |= news
        if changed:
            # Tens of milliseconds for ten thousand tasks: too long for the event loop.
            self._course = await asyncio.to_thread(
                course_of, tuple(self._tasks.values()), complete=complete
            )
        return self._course

    @property
    def _latest(self) -> datetime | None:
        """By the service's own clock, whatever ours says; None while nothing is known."""
        if not self._course.latest:
            return None
        return datetime.fromtimestamp(self._course.latest, UTC) - self.OVERLAP
