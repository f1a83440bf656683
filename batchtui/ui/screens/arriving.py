"""Where on the dashboard one is, and how one gets to another place."""

from typing import Any

from textual.message import Message

from batchtui.core.places import Place
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.nodes import NodesPane
from batchtui.ui.panes.pane import Pane, TablePane
from batchtui.ui.panes.pools import PoolsPane
from batchtui.ui.panes.tasks import TasksPane
from batchtui.ui.screens.paned import PanedScreen
from batchtui.ui.widgets.heatmap import NodeHeatmap


class ArrivingScreen(PanedScreen):
    """Highlights what one wants to go to, and what that belongs to."""

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
        if isinstance(pane, TasksPane) and _is_beyond(pane, place):
            pane.narrow(f'task:^"{place.id}"')
        elif place.id and isinstance(pane, TablePane):
            _seek(pane, place.id)
        elif place.id:
            self.query_one(NodeHeatmap).seek(lambda node: node.id == place.id)
        self.use(place.pane)

    def action_pane(self, name: str) -> None:
        if self.in_use.id != name:
            self.post_message(self.Left(self.here))
        super().action_pane(name)


def _seek(pane: TablePane[Any], key: str) -> None:
    if pane.filter.text:
        pane.narrow("")
    pane.table.seek(key)


def _is_beyond(pane: TasksPane, place: Place) -> bool:
    """Whether that task of the shown job, if there is one, was not among those fetched."""
    window = pane.tasks.value
    if not place.id or pane.about != place.within or window.complete:
        return False
    return all(task.id != place.id for task in window.items)
