"""Has the dashboard show what a run makes."""

from collections.abc import Iterable
from typing import Any

from batchtui.core.ledger import Kind
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.recipe_run import RecipeRun
from batchtui.ui.screens.dashboard import DashboardScreen
from batchtui.ui.widgets.heatmap import NodeHeatmap

SHOWN_IN = {Kind.POOL: "pools", Kind.JOB: "jobs"}
"""The pane, and the feed, that shows a thing of each kind."""


class Pursuit:
    """Puts the cursors on the pool and the job of a run as soon as they are there.

    It ends with that, with the run, and where the user moves any cursor: who looks at something
    else is not taken away from it.
    """

    def __init__(self, dashboard: DashboardScreen, run: RecipeRun) -> None:
        self._dashboard = dashboard
        self._run = run
        self._to_come = set(SHOWN_IN)
        self._cursors = self._look_at_cursors()
        self._stops = [
            dashboard.feeds[name].subscribe(lambda _reading: self._look())
            for name in SHOWN_IN.values()
        ]

    def _look(self) -> None:
        """Follow what is there by now."""
        before, self._cursors = self._cursors, self._look_at_cursors()
        if any(self._was_moved(pane, key) for pane, key in before.items()):
            self._end()
            return
        for kind, name, _existed in self._run.story.made:
            pane = self._table(kind)
            if kind in self._to_come and pane is not None and name in _keys(pane):
                self._to_come.remove(kind)
                pane.table.seek(name)
        self._cursors = self._look_at_cursors()
        if not self._to_come or self._run.story.ending is not None:
            self._end()

    def _end(self) -> None:
        for stop in self._stops:
            stop()

    def _table(self, kind: Kind) -> TablePane[Any] | None:
        name = SHOWN_IN.get(kind)
        return self._dashboard.query_one(f"#{name}", TablePane) if name else None

    def _look_at_cursors(self) -> dict[str, str]:
        """What the cursor of each pane is on."""
        cursors = {
            pane.id or "": pane.key(pane.highlighted)
            for pane in self._dashboard.query(TablePane)
            if pane.highlighted is not None
        }
        node = self._dashboard.query_one(NodeHeatmap).highlighted
        return cursors if node is None else cursors | {"nodes": node.id}

    def _was_moved(self, pane: str, key: str) -> bool:
        """Whether the cursor left what it was on although that is there still."""
        if self._cursors.get(pane) == key:
            return False
        if pane == "nodes":
            return any(node.id == key for node in self._dashboard.query_one(NodeHeatmap).nodes)
        return key in _keys(self._dashboard.query_one(f"#{pane}", TablePane))


def _keys(pane: TablePane[Any]) -> Iterable[str]:
    return (pane.key(record) for record in pane.table.records)
