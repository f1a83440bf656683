"""Where on the dashboard one is, and how one gets to another place."""

from collections.abc import Sequence
from typing import Any

from textual.message import Message
from textual.reactive import var

from batchtui.core.feed import Reading
from batchtui.core.models import Task, Window
from batchtui.core.places import Place
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.nodes import NodesPane
from batchtui.ui.panes.pane import Pane, TablePane
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.panes.tasks import TasksPane
from batchtui.ui.screens.paned import PanedScreen


class ArrivingScreen(PanedScreen):
    """Highlights what one wants to go to, and what that belongs to."""

    tasks: var[Reading[Window[Task]]]
    _sought: Place | None = None
    """The task that one went to, until its job's tasks are here."""

    class Left(Message):
        """The user went on from this place to another pane."""

        def __init__(self, place: Place) -> None:
            self.place = place
            super().__init__()

    @property
    def here(self) -> Place:
        """The pane in use, and what is highlighted in it."""
        pane = self.in_use
        name = pane.id or ""
        match pane:
            case NodesPane() if pane.highlighted is not None and pane.pool is not None:
                return Place(name, pane.highlighted.id, pane.pool.id)
            case TablePane() if pane.highlighted is not None:
                return Place(name, pane.key(pane.highlighted), pane.about)
        return Place(name)

    def arrive(self, place: Place) -> None:
        """Go there: at once, or as soon as it comes. A filter that would hide it is taken away."""
        if place.within and place.pane == "nodes":
            _seek(self.query_one(PoolsPane), place.within)
        if place.within and place.pane == "tasks":
            _seek(self.query_one(JobsPane), place.within)
        pane = self.query_one(f"#{place.pane}", Pane)
        shown = isinstance(pane, TasksPane) and pane.about == place.within
        if isinstance(pane, TasksPane) and shown and _is_beyond(pane.tasks.value, place.id):
            pane.narrow(f'task:^"{place.id}"')
        elif place.id and isinstance(pane, TablePane):
            _seek(pane, place.id)
        elif place.id:
            self.query_one(NodesPane).seek(place.within, place.id)
        self._sought = place if place.pane == "tasks" and place.id else None
        self.use(place.pane)

    def watch_tasks(self) -> None:
        """Where a task that one went to is beyond those that were fetched, look for it."""
        pane, place = self.query_one(TasksPane), self._sought
        if place is None or pane.about != place.within or not self.tasks.known:
            return
        self._sought = None
        if _is_beyond(self.tasks.value, place.id):
            pane.narrow(f'task:^"{place.id}"')

    def go_to_trouble(self, here: str, troubled: Sequence[str], *, back: bool) -> None:
        """Go on to the next of these pools after the one of that id, round the end."""
        pools = [pool.id for pool in self.query_one(PoolsPane).pools.value]
        turned = pools[::-1] if back else pools
        at = turned.index(here) + 1 if here in turned else 0
        following = [pool for pool in turned[at:] + turned[:at] if pool in troubled]
        target = following[0] if following else here
        if target != here:
            _seek(self.query_one(PoolsPane), target)
        self.query_one(NodesPane).seek_trouble(target, back=back)

    def action_pane(self, name: str) -> None:
        if self.in_use.id != name:
            self.post_message(self.Left(self.here))
        super().action_pane(name)


def _seek(pane: TablePane[Any], key: str) -> None:
    if pane.filter.text:
        pane.narrow("")
    pane.table.seek(key)


def _is_beyond(window: Window[Task], task_id: str) -> bool:
    """Whether that task, if there is one, was not among those fetched."""
    return bool(task_id) and not window.complete and all(t.id != task_id for t in window.items)
