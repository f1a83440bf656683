"""A job schedule by hand."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from batchtui.core.durations import duration
from batchtui.core.moments import moment
from batchtui.core.service_clock import Now, utc_now
from batchtui.core.things import Document
from batchtui.ui.screens.form import FormScreen, fresh
from batchtui.ui.widgets.form import ChoiceField, Field, NumberField, TextField
from batchtui.ui.widgets.form_checks import a_moment, entity, maybe_duration

MANAGER = "manager"
SHORTEST = timedelta(minutes=1)
"""That the service takes for an interval and for a window."""
ENDS = (
    ("once all its tasks have ended", "tasks"),
    ("once its manager has ended", "manager"),
    ("when somebody ends it", "never"),
)


class NewScheduleScreen(FormScreen[Document]):
    """Asks when jobs are to be made, and of what; the answer is the request."""

    HEADING = "New job schedule"

    def __init__(
        self, pool_ids: tuple[str, ...], pool_id: str = "", *, clock: Now = utc_now
    ) -> None:
        """`pool_id` is the pool that is proposed."""
        super().__init__()
        self._pool_ids = pool_ids
        self._pool_id = pool_id
        self._clock = clock

    def fields(self) -> Iterable[Field]:
        yield TextField("Id", fresh("nightly"), id="schedule", check=entity)
        yield TextField(
            "A job every", "1d", id="every", check=self._check_interval,
            note="such as 30m, 12h or 7d; empty for one job in all",
        )  # fmt: skip
        yield TextField(
            "At the latest", id="window", check=self._check_interval,
            note="how late a job may be made, such as 1h; empty for any",
        )  # fmt: skip
        yield TextField(
            "Not before", id="from", check=self._check_from,
            note="UTC: 2026-12-24 18:00, or in 2h; empty for at once",
        )  # fmt: skip
        yield TextField(
            "Not after", id="until", check=self._check_until,
            note="when it makes its last job; empty for never",
        )  # fmt: skip
        yield ChoiceField(
            "Pool", [(pool_id, pool_id) for pool_id in self._pool_ids], id="pool",
            value=self._pool_id,
            missing="There is no pool to run its jobs on: create a pool first.",
        )  # fmt: skip
        yield NumberField(
            "Priority", 0, id="priority", least=-1_000, most=1_000,
            note="on a shared pool, the higher one's tasks go first",
        )  # fmt: skip
        yield TextField(
            "Job manager", "/bin/sh -c 'date'", id="manager",
            note="its first task, which may add others; or empty",
        )  # fmt: skip
        yield ChoiceField("A job ends", ENDS, id="ends", note="a job that does not end costs quota")

    def _check_interval(self, text: str) -> str:
        fault = maybe_duration(text)
        if fault or not text:
            return fault
        return "" if duration(text) >= SHORTEST else "A minute is the least, 1m."

    def _check_from(self, text: str) -> str:
        return a_moment(text, self._clock())

    def _check_until(self, text: str) -> str:
        fault = a_moment(text, self._clock())
        if fault or not text:
            return fault
        first = self.query_one("#from", TextField)
        begin = self._clock() if first.fault() or not first.value else self._moment("from")
        return "" if begin < self._moment("until") else "This is before it makes its first job."

    def _moment(self, name: str) -> datetime:
        return moment(self.query_one(f"#{name}", TextField).value, self._clock())

    def action_submit(self) -> None:
        ends = self.query_one("#ends", ChoiceField)
        if ends.choice != "never" and not self._manager:
            ends.complain("Without a manager a job has no task at first, and would end at once.")
            ends.control.focus()
        else:
            super().action_submit()

    @property
    def _manager(self) -> str:
        return self.query_one("#manager", TextField).value

    def result(self) -> Document:
        schedule: dict[str, Any] = {}
        for name, member in (("every", "recurrenceInterval"), ("window", "startWindow")):
            if text := self.query_one(f"#{name}", TextField).value:
                schedule[member] = duration(text)
        for name, member in (("from", "doNotRunUntil"), ("until", "doNotRunAfter")):
            if self.query_one(f"#{name}", TextField).value:
                schedule[member] = self._moment(name)
        made: dict[str, Any] = msgspec.to_builtins(
            {
                "id": self.query_one("#schedule", TextField).value,
                "schedule": schedule,
                "jobSpecification": self._jobs(),
            }
        )
        return made

    def _jobs(self) -> Document:
        ends = self.query_one("#ends", ChoiceField).choice
        jobs: dict[str, Any] = {
            "priority": self.query_one("#priority", NumberField).number,
            "poolInfo": {"poolId": self.query_one("#pool", ChoiceField).choice},
        }
        if ends == "tasks":
            jobs["onAllTasksComplete"] = "terminatejob"
        if self._manager:
            jobs["jobManagerTask"] = {
                "id": MANAGER,
                "commandLine": self._manager,
                "killJobOnCompletion": ends == "manager",
            }
        return jobs
