"""What must hold after a run was killed, and after it was gone on with: complaints in sentences."""

import json
import signal
from collections import Counter
from collections.abc import Iterable, Sequence

from batchtui.core.ledger import Kind, Outcome, Record
from batchtui.local.faults.log import RequestEvent
from tests.kills.inventory import Found
from tests.kills.moments import Sender, sender_of

CREATIONS = frozenset(
    {"CreatePool", "CreateJob", "CreateTask", "CreateTaskCollection", "CreateContainer"}
)
EXIT_CODES = {
    signal.SIGKILL: -signal.SIGKILL,
    signal.SIGTERM: 143,
    signal.SIGINT: 130,
    signal.SIGHUP: 129,
}


def ledger_complaints(record: Record | None, found: Iterable[Found]) -> list[str]:
    """Everything that exists is of this run, says so itself, and is in the ledger."""
    complaints = []
    for thing in found:
        name = f"{thing.kind.capitalize()} {thing.name}"
        if record is None:
            complaints.append(f"{name} exists, and the ledger knows of no run.")
        elif thing.run_id != record.run_id:
            complaints.append(f"{name} exists, and carries the run {thing.run_id!r}.")
        elif (thing.kind, thing.name) not in {(each.kind, each.name) for each in record.left}:
            complaints.append(f"{name} exists, and the ledger does not know it.")
    return complaints


def creation_complaints(events: Iterable[RequestEvent]) -> list[str]:
    """Nothing was created twice; blobs may well be uploaded again."""
    made = Counter(
        path
        for event in events
        if event.event == "carried_out" and event.operation in CREATIONS
        for path in event.made
    )
    return [f"{path} was created {count} times." for path, count in made.items() if count > 1]


def deletions(events: Iterable[RequestEvent]) -> set[str]:
    """The operations by which a run asked for something to be deleted."""
    return {
        event.operation
        for event in events
        if event.event == "received"
        and event.operation.startswith("Delete")
        and sender_of(event) is Sender.RUN
    }


def goodbye_complaints(
    number: signal.Signals, said: str, record: Record | None, *, as_json: bool
) -> list[str]:
    """A run that was told to end says so, and how to go on where the ledger knows of it."""
    if number is signal.SIGKILL or record is None:
        return ["A traceback was shown."] if "Traceback" in said else []
    if "Traceback" in said:
        return [f"A traceback was shown:\n{said}"]
    wait = f"batchtui wait {record.run_id}"
    if as_json:
        events = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        last = events[-1] if events else {}
        if (last.get("event"), last.get("outcome")) != ("ended", Outcome.INTERRUPTED):
            return [f"The last event is not that of an interrupted run: {last}"]
        left = {(thing["kind"], thing["name"]) for thing in last["left"]}
        if left != {(str(thing.kind), thing.name) for thing in record.left}:
            return [f"The last event names other things than the ledger: {last}"]
        return []
    if wait not in said:
        return [f"It does not say that `{wait}` goes on:\n{said}"]
    return []


def of_kind(found: Sequence[Found], kind: Kind) -> list[str]:
    return [thing.name for thing in found if thing.kind is kind]
