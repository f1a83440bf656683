"""The first tasks of a job, kept up to date by what changed rather than read anew each time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from batchtui.core.gateway import Batch
from batchtui.core.models import Task, Window
from batchtui.core.queries import EVERY_TASK, TaskQuery

PAGE = 1_000
"""Tasks, nodes or blobs that one request may list."""


class TaskWindow:
    """Reads everything at first and now and then, and in between what changed state since.

    A change of state is all that the service can be asked for: deleted tasks go with the next
    full reading. `clock` gives seconds that only grow.
    """

    SWEEP = 60.0
    """Seconds between two full readings."""
    OVERLAP = timedelta(seconds=30)
    """How far behind the service may be in showing a change, as its own samples reckon."""

    def __init__(self, batch: Batch, clock: Callable[[], float]) -> None:
        self.job_id = ""
        self.query = EVERY_TASK
        self.begin = ""
        """Tasks whose ids begin so are looked for beyond the window too; empty for none."""
        self.wanted = PAGE
        self._batch = batch
        self._clock = clock
        self._held: Window[Task] | None = None
        self._latest: datetime | None = None
        self._due = 0.0
        self._beyond = 0
        """Tasks that were found beyond the window."""

    def show(self, job_id: str, query: TaskQuery) -> None:
        """Look at other tasks; an empty id is for none."""
        self.job_id, self.query, self.wanted = job_id, query, PAGE
        self.sweep()

    def widen(self, held: int) -> None:
        """Hold a page more from now on than the tasks that are on show."""
        wanted = held - self._beyond + PAGE
        if self.wanted != wanted:
            self.wanted = wanted
            self.sweep()

    def sweep(self) -> None:
        """Read everything the next time."""
        self._held = None

    async def fetch(self) -> Window[Task]:
        if not self.job_id:
            return Window()
        asked = self.job_id, self.query, self.wanted
        held, latest = self._held, self._latest
        # What no longer meets a query would not be among the changes that meet it.
        window = None
        if held and latest and self.query == EVERY_TASK and self._clock() < self._due:
            window = await self._changed(held, latest)
        if window is None:
            window = await self._batch.tasks(self.job_id, at_most=self.wanted, where=self.query)
            if asked == (self.job_id, self.query, self.wanted):
                self._due = self._clock() + self.SWEEP
                self._latest = None
        if asked == (self.job_id, self.query, self.wanted):
            self._held = window
            self._note(window.items)
        return await self._with_others(window, asked[0])

    async def _with_others(self, window: Window[Task], job_id: str) -> Window[Task]:
        """The window, and what begins as it is wanted to wherever in the job that is."""
        self._beyond = 0
        if window.complete or not self.begin:
            return window
        where = replace(self.query, id_prefix=self.begin)
        found = await self._batch.tasks(job_id, at_most=PAGE, where=where)
        together = {task.id: task for task in (*found.items, *window.items)}
        self._beyond = len(together) - len(window.items)
        return Window(_in_order(together.values()), complete=False) if self._beyond else window

    async def _changed(self, held: Window[Task], latest: datetime) -> Window[Task] | None:
        """`held` as it is now; None where too much has changed to be read as changes."""
        since = TaskQuery(changed_after=latest - self.OVERLAP)
        changes = await self._batch.tasks(self.job_id, at_most=PAGE, where=since)
        if not changes.complete:
            return None
        self._note(changes.items)
        return merged(held, changes.items)

    def _note(self, tasks: Sequence[Task]) -> None:
        times = [task.state_transition_time for task in tasks]
        known = [time for time in (self._latest, *times) if time is not None]
        self._latest = max(known, default=None)


def merged(window: Window[Task], changes: Sequence[Task]) -> Window[Task]:
    """The window with these tasks as they are now; the very same where nothing differs.

    A task behind the end of a window that is not complete does not belong in it.
    """
    tasks = {task.id: task for task in window.items}
    last = window.items[-1].id.casefold() if window.items else ""
    fresh = [
        task
        for task in changes
        if task != tasks.get(task.id)
        and (task.id in tasks or window.complete or task.id.casefold() < last)
    ]
    if not fresh:
        return window
    added = any(task.id not in tasks for task in fresh)
    tasks.update((task.id, task) for task in fresh)
    return Window(_in_order(tasks.values()) if added else tuple(tasks.values()), window.complete)


def _in_order(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """As the service orders them."""
    return tuple(sorted(tasks, key=lambda task: task.id.casefold()))
