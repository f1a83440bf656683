"""How often and how long tasks may run."""

from collections.abc import Iterable
from datetime import timedelta

from batchtui.core.durations import duration
from batchtui.core.specs import TaskConstraints
from batchtui.core.things import Document
from batchtui.ui.screens.form import FormScreen
from batchtui.ui.screens.job_limits import limit_of
from batchtui.ui.widgets.form import Field, NumberField, TextField
from batchtui.ui.widgets.form_checks import maybe_duration
from batchtui.ui.widgets.titles import set_title


class TaskLimitsScreen(FormScreen[TaskConstraints]):
    """Asks for the limits of one task or of several."""

    HEADING = "Limits"
    SUBMIT = "Change"

    def __init__(self, heading: str, constraints: Document) -> None:
        """`constraints` are those of the first task, in the wire's words."""
        super().__init__()
        self._heading = heading
        self._before = constraints

    def fields(self) -> Iterable[Field]:
        yield NumberField(
            "Retries", int(self._before.get("maxTaskRetryCount") or 0), id="retries", least=-1,
            most=1_000, note="how often it runs again after it failed; -1 for ever",
        )  # fmt: skip
        yield TextField(
            "Time to run", limit_of(self._before, "maxWallClockTime"), id="time",
            check=maybe_duration, note="such as 90s, 20m or 1h30m; empty for no limit",
        )  # fmt: skip
        yield TextField(
            "Files are kept", limit_of(self._before, "retentionTime"), id="kept",
            check=maybe_duration, note="on the node; empty for as long as the node is there",
        )  # fmt: skip

    def on_mount(self) -> None:
        set_title(self.query_one("#form"), self._heading)

    def result(self) -> TaskConstraints:
        return TaskConstraints(
            max_task_retry_count=self.query_one("#retries", NumberField).number,
            max_wall_clock_time=self._limit("#time"),
            retention_time=self._limit("#kept"),
        )

    def _limit(self, field: str) -> timedelta | None:
        text = self.query_one(field, TextField).value
        return duration(text) if text else None
