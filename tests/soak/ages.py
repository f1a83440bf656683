"""Whether the ages that the dashboard shows are true, by what the account says that it answered."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from batchtui.local.faults.log import RequestEvent
from batchtui.ui.panes.pane import Pane
from tests.soak.app import SoakedApp

LISTED = {
    "pools": ("ListPools", "ListPoolNodeCounts"),
    "jobs": ("ListJobs",),
}
"""By pane, what its rows are made of, as far as one request brings the whole."""
HARMLESS = frozenset({"late"})
"""Faults after which an answer is still the account's own."""
ALLOWED = 1.0
"""Seconds by which a shown age may be below the true one."""


@dataclass
class Answers:
    """When the account last produced what it then answered rightly, by operation; time of day."""

    file: Path
    harmless: frozenset[str] = HARMLESS
    last: dict[str, float] = field(default_factory=dict)
    _offset: int = 0
    _made: dict[int, float] = field(default_factory=dict)

    def read(self) -> Mapping[str, float]:
        """Take in what was logged since the last time."""
        with self.file.open("rb") as log:
            log.seek(self._offset)
            lines = log.read()
        whole = lines.rpartition(b"\n")[0]
        self._offset += len(whole) + 1 if whole else 0
        for line in whole.splitlines():
            self._take(msgspec.json.decode(line, type=RequestEvent))
        return self.last

    def _take(self, event: RequestEvent) -> None:
        if event.event == "carried_out":
            self._made[event.request] = datetime.fromisoformat(event.time).timestamp()
        elif event.event == "answered":
            made = self._made.pop(event.request, None)
            if made is not None and event.status == 200 and self.harmless.issuperset(event.faults):
                self.last[event.operation] = max(made, self.last.get(event.operation, 0.0))


@dataclass
class AgeCheck:
    """Compares what panes show with what the account answered."""

    answers: Answers
    looked: int = 0
    behind: float = 0.0
    """The most by which a shown age was below the true one, in seconds."""
    worst: str = ""

    def look(self, app: SoakedApp) -> None:
        if app.dashboard is None or not app.dashboard.is_mounted:
            return
        # The shown ages first: what is answered meanwhile makes the true ones only smaller.
        shown = {pane.id: pane.age for pane in app.dashboard.query(Pane)}
        now = time.time()
        last = self.answers.read()
        for pane, operations in LISTED.items():
            age = shown.get(pane)
            if age is None or any(operation not in last for operation in operations):
                continue
            true = max(now - last[operation] for operation in operations)
            self.looked += 1
            if true - age > self.behind:
                self.behind = true - age
                self.worst = f"{pane} showed {age:.0f}s, the true age was {true:.1f}s"
