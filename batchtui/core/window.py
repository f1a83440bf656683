"""The first tasks of a job, kept up to date by what changed rather than read anew each time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from msgspec.structs import replace as changed

from batchtui.core.gateway import Batch, GatewayError
from batchtui.core.models import Task, Window
from batchtui.core.queries import EVERY_TASK, TaskQuery

GONE = 400
"""How the service answers to a place in a listing that it does not know any more."""

PAGE = 1_000
"""Tasks, nodes or blobs that one request may list."""


class TaskWindow:
    """Reads everything at first and now and then, and in between what changed state since.

    A change of state is all that the service can be asked for: deleted tasks go with the next
    full reading. A window that grows is read on from where it ended. `clock` gives seconds that
    only grow.
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
        self._sweeps = 0
        self._grows = False
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
            self.wanted, self._grows = wanted, True

    def sweep(self) -> None:
        """Read everything the next time, also where a look is under way now."""
        self._held = None
        self._sweeps += 1

    async def fetch(self) -> Window[Task]:
        if not self.job_id:
            return Window()
        job_id, query, wanted = self.job_id, self.query, self.wanted
        asked, sweeps = (job_id, query, wanted), self._sweeps
        held, grows = self._held, self._grows
        window: Window[Task] | None = None
        if held is not None:
            window = await (self._grown(held, *asked) if grows else self._up_to_date(held))
        if window is None:
            grows = False
            window = await self._batch.tasks(job_id, at_most=wanted, where=query)
            if asked == (self.job_id, self.query, self.wanted):
                self._due = self._clock() + self.SWEEP
                self._latest = None
        if asked == (self.job_id, self.query, self.wanted) and sweeps == self._sweeps:
            # Only now: what failed is to be read on another time.
            self._held, self._grows = window, False
            # What was held before a growth is as old as it was: its changes are still to be read.
            self._note(() if grows else window.items)
        return await self._with_others(window, job_id)

    async def _with_others(self, window: Window[Task], job_id: str) -> Window[Task]:
        """The window, and what begins as it is wanted to wherever in the job that is."""
        self._beyond = 0
        if window.complete or not self.begin:
            return window
        where = replace(self.query, id_prefix=self.begin)
        found = await self._batch.tasks(job_id, at_most=PAGE, where=where)
        together = {task.id: task for task in (*found.items, *window.items)}
        self._beyond = len(together) - len(window.items)
        if not self._beyond:
            return window
        return changed(window, items=_in_order(together.values()))

    async def _up_to_date(self, held: Window[Task]) -> Window[Task] | None:
        """`held` as it is now; None where that has to be read in full."""
        # What no longer meets a query would not be among the changes that meet it.
        if self.query != EVERY_TASK or self._latest is None or self._clock() >= self._due:
            return None
        since = TaskQuery(changed_after=self._latest - self.OVERLAP)
        # As long as that is less to read than all of it.
        most = max(PAGE, len(held.items) // 2)
        changes = await self._batch.tasks(self.job_id, at_most=most, where=since)
        if not changes.complete:
            return None
        self._note(changes.items)
        return merged(held, changes.items)

    async def _grown(
        self, held: Window[Task], job_id: str, query: TaskQuery, wanted: int
    ) -> Window[Task] | None:
        """`held` and what follows; None where nothing leads there any more."""
        if not held.rest:
            return None
        pages = max(1, -(-(wanted - len(held.items)) // PAGE))
        try:
            following = await self._batch.tasks(
                job_id, at_most=pages * PAGE, where=query, rest=held.rest
            )
        except GatewayError as error:
            if error.status != GONE:
                raise
            return None
        return changed(following, items=held.items + following.items)

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
    items = _in_order(tasks.values()) if added else tuple(tasks.values())
    return changed(window, items=items)


def _in_order(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """As the service orders them."""
    return tuple(sorted(tasks, key=lambda task: task.id.casefold()))
