"""The failed tasks of a job, however many there are."""

from collections.abc import Callable

from batchtui.core.gateway import Batch
from batchtui.core.models import Task, TaskCounts, Window
from batchtui.core.queries import FAILED


class Failures:
    """Lists them again only when their number has changed, which one small request tells.

    A task that failed again since it was listed leaves their number as it is; it is seen with the
    next sweep.
    """

    AT_MOST = 10_000
    """Failed tasks that are listed; a job may have more."""
    SWEEP = 15
    """Looks from one listing to the next in any case."""

    def __init__(
        self,
        batch: Batch,
        job_id: str,
        *,
        counted: Callable[[], TaskCounts | None] = lambda: None,
    ) -> None:
        """`counted` gives counts that somebody else has just asked for; None where nobody has."""
        self._batch = batch
        self._job_id = job_id
        self._counted = counted
        self._sweeps = self._swept = 0
        self._found: Window[Task] = Window()
        self._number = -1
        self._looks = 0

    def sweep(self) -> None:
        """List them again the next time, also where a look is under way now."""
        self._sweeps += 1

    async def fetch(self) -> Window[Task]:
        """The first of them, by id."""
        sweeps = self._sweeps
        counts = self._counted() or await self._batch.task_counts(self._job_id)
        due = self._looks % self.SWEEP == 0 or sweeps != self._swept
        if counts.failed != self._number or due:
            self._found = await self._batch.tasks(self._job_id, at_most=self.AT_MOST, where=FAILED)
            self._number = counts.failed
        self._looks += 1
        self._swept = sweeps
        return self._found
