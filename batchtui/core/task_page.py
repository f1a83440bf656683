"""A task as a person reads it: what became of it when, before everything else."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from batchtui.core.dossier import Dossier
from batchtui.core.page import WRONG, Line, Section, clock, moment, sections
from batchtui.core.preparation_page import preparation_sections
from batchtui.core.things import Document, part, parts
from batchtui.core.waiting import FREE_SLOT, PREPARING
from batchtui.core.wording import in_time, some

TOLD = frozenset(
    (
        *("creationTime", "state", "stateTransitionTime"),
        *("previousState", "previousStateTransitionTime", "dependsOn"),
    )
)
"""Members that the timeline and the dependencies say better."""


def task_sections(dossier: Dossier, now: datetime) -> tuple[Section, ...]:
    """The timeline, what it waits for, then the rest of the document."""
    document = dossier.document
    rest = sections({n: value for n, value in document.items() if n not in TOLD}, now)
    wrong = [section for section in rest if section.title == WRONG]
    own = [
        Section("Timeline", tuple(_timeline(dossier, now))),
        Section("Dependencies", tuple(_dependencies(dossier))),
        Section("Subtasks", tuple(_subtasks(dossier, now))),
    ]
    return (
        *wrong,
        *(section for section in own if section.lines),
        *preparation_sections(dossier.preparation, dossier.preparation_errors, now),
        *(section for section in rest if section not in wrong),
    )


def _timeline(dossier: Dossier, now: datetime) -> Iterator[Line]:
    """What happened, in the order in which it did, and how long it took each time."""
    document = dossier.document
    ran = part(document, "executionInfo")
    state = str(document.get("state", "unknown"))
    created = moment(document.get("creationTime"))
    started, ended = moment(ran.get("startTime")), moment(ran.get("endTime"))
    changed = moment(document.get("stateTransitionTime"))
    if created:
        yield Line("created", clock(created, now))
    for name, count, last in (
        ("requeued", "requeueCount", "lastRequeueTime"),
        ("tried again", "retryCount", "lastRetryTime"),
    ):
        if (times := ran.get(count)) and isinstance(times, int):
            at = moment(ran.get(last))
            when = f", last at {clock(at, now)}" if at else ""
            yield Line(name, f"{times:,} {'time' if times == 1 else 'times'}{when}", bad=True)
    if state in ("active", "preparing") and changed:
        reason = dossier.reason or (FREE_SLOT if state == "active" else PREPARING)
        told = f"{reason.words}, for {in_time(now - changed)}"
        yield Line(state, told, bad=reason.blocked)
    if started:
        waited = f", {in_time(started - created)} after its creation" if created else ""
        yield Line("started", clock(started, now) + waited)
    if state == "running" and started:
        yield Line("running", f"for {in_time(now - started)}")
    if ended:
        took = f", after {in_time(ended - started)} of work" if started else ", without a start"
        yield Line("ended", clock(ended, now) + took)
        yield _end(ran)


def _end(ran: Document) -> Line:
    code = ran.get("exitCode")
    failed = str(ran.get("result", "")).lower() == "failure"
    words = "failed" if failed else "succeeded"
    return Line("result", words if code is None else f"{words} with exit code {code}", bad=failed)


def _dependencies(dossier: Dossier) -> Iterator[Line]:
    wanted = part(dossier.document, "dependsOn")
    if ids := parts(wanted, "taskIds"):
        yield Line("waits for", some([str(each) for each in ids], at_most=20))
    for each in parts(wanted, "taskIdRanges"):
        if isinstance(each, Mapping):
            yield Line("waits for", f"{each.get('start')} to {each.get('end')}")
    if dossier.waiting:
        yield Line("waited for by", some(dossier.waiting, at_most=20))
    elif dossier.searched:
        yield Line("waited for by", "no task")
    if not dossier.complete:
        yield Line("", f"Only the first {dossier.searched:,} tasks of the job were looked at.")


def _subtasks(dossier: Dossier, now: datetime) -> Iterator[Line]:
    for each in dossier.subtasks:
        failed = each.exit_code not in (None, 0)
        end = "" if each.exit_code is None else f", exit code {each.exit_code}"
        took = ""
        if each.start_time:
            took = f", {in_time((each.end_time or now) - each.start_time)}"
        text = f"{each.state}{took}{end}, on {each.node_info.node_id or 'no node yet'}"
        yield Line(str(each.id), text, bad=failed)
