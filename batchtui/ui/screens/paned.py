"""Panes beside each other, one of which is in use."""

from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.screen import Screen
from textual.widget import Widget

from batchtui.core.models import Job
from batchtui.ui.panes.jobs import JobsPane
from batchtui.ui.panes.pane import Pane
from batchtui.ui.panes.tasks import TasksPane
from batchtui.ui.widgets.contained import Contained
from batchtui.ui.widgets.framed import dress

PANES = ("pools", "jobs", "containers", "nodes", "tasks")
"""The panes by id, in the order in which tab visits them."""


class PanedScreen(Screen[None], Contained):
    """Goes from pane to pane, and gives the one in use the room that it is due."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next_pane(1)", "Next pane", show=False, tooltip="Go to the next pane",
                id="pane.next"),
        Binding("shift+tab", "next_pane(-1)", "Pane before", show=False,
                tooltip="Go to the pane before", id="pane.previous"),
        *(
            Binding(f"{number}", f"pane('{name}')", name.title(), show=False,
                    tooltip=f"Go to the {name}", id=f"go.{name}")
            for number, name in enumerate(PANES, 1)
        ),
        Binding("z", "zoom", "Zoom", show=False, tooltip="Give this pane the whole screen",
                id="zoom"),
        Binding("escape", "unzoom", "All panes", show=False, id="unzoom"),
    ]  # fmt: skip

    zoomed: var[bool] = var(False)
    """Whether the pane in use has the whole screen."""
    # Textual's own draws the whole screen anew at every change of focus.
    focused: var[Widget | None] = var(None)

    @property
    def in_use(self) -> Pane:
        """The pane that has the focus, or had it before a dialog came."""
        current = next(iter(self.query(Pane).filter(".-current")), None)
        return current or self.query_one(f"#{PANES[0]}", Pane)

    @property
    def job_in_use(self) -> Job | None:
        """The job whose tasks are in use, or else the one under the cursor of the jobs.

        What is shown of a job follows that cursor only where it rests.
        """
        pane = self.in_use
        return pane.job if isinstance(pane, TasksPane) else self.query_one(JobsPane).highlighted

    def look(self) -> None:
        """Have those feeds run that somebody can see: other panes may be on show."""
        raise NotImplementedError

    @on(events.DescendantFocus)
    def make_room(self) -> None:
        """Let the column of the pane in use be the larger one."""
        pane = self.in_use
        for column in self.query("#left, #right"):
            dress(column, "-current", on=column is pane.parent)
        self._lay_out(pane)

    def action_pane(self, name: str) -> None:
        self.use(name)

    def use(self, name: str) -> None:
        """Go to the pane of that name, which is no step of its own on the user's way."""
        pane = self.query_one(f"#{name}", Pane)
        self._lay_out(pane)
        # At once, so that the next key goes there: `focus()` waits for a turn of its own.
        self.set_focus(next(iter(pane.query("RecordTable, NodeHeatmap"))))

    def action_next_pane(self, step: int) -> None:
        here = PANES.index(self.in_use.id or PANES[0])
        self.action_pane(PANES[(here + step) % len(PANES)])

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed
        self._lay_out(self.in_use)

    def action_unzoom(self) -> None:
        if self.zoomed:
            self.action_zoom()

    def _lay_out(self, current: Pane) -> None:
        """Show every pane, or this one alone."""
        for widget in self.query("Pane, #left, #right"):
            widget.display = not self.zoomed or widget in (current, current.parent)
        dress(self.query_one("#left"), "-alone", on=self.zoomed)
        self.look()
