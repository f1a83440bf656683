"""What each node of a pool runs first."""

from collections.abc import Iterable
from typing import Any

from batchtui.core.redact import redacted
from batchtui.core.things import Document
from batchtui.ui.screens.form import FormScreen
from batchtui.ui.widgets.form import ChoiceField, Field, NumberField, TextField
from batchtui.ui.widgets.form_checks import anything, needed
from batchtui.ui.widgets.titles import set_title

ADMIN = {"autoUser": {"scope": "pool", "elevationLevel": "admin"}}
NONADMIN = {"autoUser": {"scope": "pool", "elevationLevel": "nonadmin"}}
AS_IT_IS = "as it is"


class StartTaskScreen(FormScreen[Document]):
    """Asks for the start task; what it does not show, such as its files, stays as it was.

    Dismissed with nothing, `{}`, where there is to be none any more.
    """

    HEADING = "Start task"
    SUBMIT = "Change"

    def __init__(self, pool_id: str, start_task: Document) -> None:
        """`start_task` is the present one in the wire's words; empty for none."""
        super().__init__()
        self._pool_id = pool_id
        self._before = start_task

    def fields(self) -> Iterable[Field]:
        kept = [
            f"{len(self._before[name])} {words}"
            for name, words in (
                ("resourceFiles", "resource files"),
                ("environmentSettings", "environment settings"),
            )
            if self._before.get(name)
        ]
        notes = [f"kept: {' and '.join(kept)}"] if kept else []
        notes += ["empty removes it"] if self._before else []
        yield TextField(
            "Command", self._command, id="command", check=anything if self._before else needed,
            note="; ".join(notes) or "pipes and && need a shell: /bin/sh -c '...'",
        )  # fmt: skip
        yield NumberField(
            "Retries", int(self._before.get("maxTaskRetryCount") or 0), id="retries", least=-1,
            most=1_000, note="how often it runs again where it failed; -1 for ever",
        )  # fmt: skip
        yield ChoiceField(
            "Wait for it", [("yes", True), ("no", False)], id="wait",
            value=bool(self._before.get("waitForSuccess", True)),
            note="whether a node takes tasks only once it succeeded",
        )  # fmt: skip
        yield ChoiceField(
            "Runs as",
            [(AS_IT_IS, "")] * bool(self._before) + [("a user", "user"), ("an admin", "admin")],
            id="user",
        )

    def on_mount(self) -> None:
        set_title(self.query_one("#form"), f"Start task of pool {self._pool_id}")

    def result(self) -> Document:
        said = self.query_one("#command", TextField).value
        if not said:
            return {}
        unchanged = said == self._command.strip()
        changed: dict[str, Any] = {
            **self._before,
            # What was hidden in it would else be lost.
            "commandLine": self._before.get("commandLine", "") if unchanged else said,
            "maxTaskRetryCount": self.query_one("#retries", NumberField).number,
            "waitForSuccess": self.query_one("#wait", ChoiceField).choice,
        }
        user = self.query_one("#user", ChoiceField).choice
        if user:
            changed["userIdentity"] = ADMIN if user == "admin" else NONADMIN
        return changed

    @property
    def _command(self) -> str:
        return redacted(str(self._before.get("commandLine", "")))
