"""What a job may use, and how much it matters."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec

from batchtui.core.clone import UNLIMITED
from batchtui.core.durations import duration, spelled
from batchtui.core.things import Document
from batchtui.ui.screens.form import FormScreen
from batchtui.ui.widgets.form import Field, NumberField, TextField
from batchtui.ui.widgets.form_checks import maybe_duration
from batchtui.ui.widgets.titles import set_title


def limit_of(constraints: Document, name: str) -> str:
    """A limit as a form spells it; empty where there is none."""
    said = constraints.get(name)
    if not said or said == UNLIMITED:
        return ""
    try:
        return spelled(msgspec.convert(said, timedelta))
    except msgspec.ValidationError:
        # Beyond what a duration can be here: it is to be changed before it can be sent again.
        return str(said)


class JobLimitsScreen(FormScreen[Document]):
    """Asks for priority and limits; the answer is what was edited, in the wire's words.

    The limits are replaced together: a change of one of them comes with the other.
    """

    HEADING = "Priority and limits"
    SUBMIT = "Change"

    def __init__(self, heading: str, job: Document) -> None:
        """`job` is the whole job, from which the present values are taken."""
        super().__init__()
        self._heading = heading
        self._job = job
        self._constraints: Document = job.get("constraints") or {}

    def fields(self) -> Iterable[Field]:
        yield NumberField(
            "Priority", int(self._job.get("priority") or 0), id="priority", least=-1_000,
            most=1_000, note="on a shared pool, the higher one's tasks go first",
        )  # fmt: skip
        yield NumberField(
            "Tasks at once", int(self._job.get("maxParallelTasks") or -1), id="parallel", least=-1,
            most=1_000_000, note="how many may run at the same time; -1 for any number",
        )  # fmt: skip
        yield NumberField(
            "Task retries", int(self._constraints.get("maxTaskRetryCount") or 0), id="retries",
            least=-1, most=1_000, note="how often a task that failed runs again; -1 for ever",
        )  # fmt: skip
        yield TextField(
            "Time in all", limit_of(self._constraints, "maxWallClockTime"), id="time",
            check=maybe_duration, note="after which it ends, such as 12h; empty for no limit",
        )  # fmt: skip

    def on_mount(self) -> None:
        set_title(self.query_one("#form"), self._heading)
        self._at_first = {field.id: field.value for field in self.query(TextField)}

    def result(self) -> Document:
        changes: dict[str, Any] = {}
        for name, member in (("priority", "priority"), ("parallel", "maxParallelTasks")):
            if self._edited(name):
                changes[member] = self.query_one(f"#{name}", NumberField).number
        if self._edited("retries") or self._edited("time"):
            constraints = changes["constraints"] = {
                "maxTaskRetryCount": self.query_one("#retries", NumberField).number
            }
            # What is left out is without a limit.
            if time := self.query_one("#time", TextField).value:
                constraints["maxWallClockTime"] = msgspec.to_builtins(duration(time))
        return changes

    def _edited(self, name: str) -> bool:
        return self.query_one(f"#{name}", TextField).value != self._at_first[name]
