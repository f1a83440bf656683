"""The last requests, as they went over the wire."""

from typing import ClassVar

from textual.reactive import var

from batchtui.core.filters import Kind
from batchtui.core.traffic import Request
from batchtui.core.wording import many
from batchtui.ui.panes.pane import TablePane
from batchtui.ui.widgets.columns import Column
from batchtui.ui.widgets.times import whole
from batchtui.ui.widgets.tones import Cell, Tone

SLOW = 2.0
"""Seconds after which an answer is worth a look."""


class SentPane(TablePane[Request]):
    NUMBER = 1
    NAME = "Requests"
    HELP: ClassVar[str] = """
The last requests of this session, the newest first, retries included: what was asked, the status
that came back, and after how long. A path is shown without its query, which may hold a signature.
A filter such as status:>399 or seconds:>1 finds the ones in trouble.
"""

    requests: var[tuple[Request, ...]] = var((), init=False)
    """The oldest first."""
    clock: var[float] = var(0.0, init=False)
    """The present time of the clock that times the requests."""

    def columns(self) -> tuple[Column[Request], ...]:
        return (
            Column("AGE", 7, self._age, right=True, kind=Kind.NUMBER, value=self._passed),
            Column("STATUS", 6, _status, right=True, kind=Kind.NUMBER, value=_code),
            Column("SECONDS", 7, _seconds, right=True, kind=Kind.NUMBER, value=_took),
            Column("METHOD", 6, lambda each: ((each.method, Tone.MUTED),), rank=1,
                   value=lambda each: each.method),
            Column("PATH", 20, lambda each: each.path, grow=1, value=lambda each: each.path),
        )  # fmt: skip

    def key(self, record: Request) -> str:
        return f"{record.at} {record.method} {record.path}"

    def name_of(self, record: Request) -> str:
        return record.path

    def watch_requests(self, requests: tuple[Request, ...]) -> None:
        bad = sum(each.status is None or each.status >= 400 for each in requests)
        trouble = (f"{bad:,} refused or lost",) if bad else ()
        self.summary = ", ".join((f"the last {many(len(requests), 'request')}", *trouble))
        self.show(tuple(reversed(requests)), known=True, empty="Nothing was asked yet.")

    def watch_clock(self) -> None:
        self.table.refresh_changed()

    def _passed(self, each: Request) -> float:
        return self.clock - each.at

    def _age(self, each: Request) -> Cell:
        return ((whole(max(0.0, self.clock - each.at)), Tone.MUTED),)


def _code(each: Request) -> int | None:
    return each.status


def _took(each: Request) -> float:
    return each.seconds


def _status(each: Request) -> Cell:
    if each.status is None:
        return (("lost", Tone.BAD),)
    tone = Tone.BAD if each.status >= 400 else Tone.GOOD
    return ((f"{each.status}", Tone.WARNING if each.status in (404, 412) else tone),)


def _seconds(each: Request) -> Cell:
    return ((f"{each.seconds:.2f}", Tone.WARNING if each.seconds > SLOW else Tone.PLAIN),)
