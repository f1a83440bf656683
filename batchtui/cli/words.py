"""A run's events in plain words."""

from collections.abc import Mapping
from datetime import datetime

from batchtui.core.events import (
    Created,
    Deleted,
    Direction,
    Ended,
    Event,
    Finished,
    Kept,
    NodeFailed,
    NotFetched,
    Progressed,
    Recovered,
    Resumed,
    Reused,
    Signed,
    Started,
    Submitted,
    TaskFailed,
    Transferred,
    Troubled,
)
from batchtui.core.ledger import Kind, Outcome, Thing
from batchtui.core.models import TaskCounts
from batchtui.core.plain import lines_of
from batchtui.core.prices import Prices
from batchtui.core.run.found import FoundRun
from batchtui.core.states import NodeState
from batchtui.core.wording import as_sentence, in_bytes, in_time, many, some

STATES = {
    NodeState.WAITING_FOR_START_TASK: "waiting for start task",
    NodeState.START_TASK_FAILED: "start task failed",
    NodeState.UPGRADING_OS: "upgrading",
    NodeState.LEAVING_POOL: "leaving",
}
EARLY = (Outcome.TIMED_OUT, Outcome.INTERRUPTED, Outcome.REFUSED)
"""The ends of runs that have not come to their own."""
LONG = 5.0
"""Seconds of waiting that are worth a word of their own."""
ENDS = {
    Outcome.SUCCEEDED: "All tasks succeeded",
    Outcome.FAILED: "Not all tasks succeeded",
    Outcome.REFUSED: "Stopped",
    Outcome.TIMED_OUT: "Timed out",
    Outcome.INTERRUPTED: "Interrupted",
    Outcome.UNFETCHED: "Outputs are missing",
}


def lines(event: Event) -> list[str]:
    """What a person reads of it; nothing for events that only move a bar."""
    match event:
        case Started():
            account = f"account {event.account} ({event.endpoint})"
            return [f"Run {event.run_id}: {event.recipe}, {many(event.tasks, 'task')}, {account}"]
        case Resumed():
            return [f"Going on with run {event.run_id}: {event.recipe}"]
        case Created():
            return [f"Created {event.kind} {event.name}"]
        case Reused():
            return [f"Using {event.kind} {event.name}, which existed before"]
        case Transferred():
            return [_transferred(event)]
        case Signed():
            count, lasting = len(event.containers), in_time(event.lasting)
            return [f"Signed the tasks' access to {many(count, 'container')}, for {lasting}"]
        case Submitted():
            return [f"Submitted {many(event.tasks, 'task')}"]
        case Progressed():
            nodes = f"; nodes: {of_nodes(event.nodes)}" if event.nodes else ""
            return [f"{in_time(event.elapsed):>7}  {of_tasks(event.counts)}{nodes}"]
        case Troubled():
            return [f"{as_sentence(event.sentence)}{trying_again(event)}"]
        case Recovered():
            long = event.elapsed >= LONG
            return [f"It works again, after {in_time(event.elapsed)}"] if long else []
        case NotFetched():
            if event.container in event.reason:
                return [f"Not fetched. {event.reason}"]
            what = f"output {event.blob}" if event.blob else "the outputs"
            return [f"Not fetched: {what} of container {event.container}: {event.reason}"]
        case NodeFailed():
            return [f"Node {event.node_id}: {event.reason}", *_quoted(event.stderr)]
        case TaskFailed():
            node = f" on node {event.node_id}" if event.node_id else ""
            said = f"Task {event.task_id} failed{node}: {event.reason}"
            return [said, *_quoted(event.stderr)]
        case Finished():
            return _finished(event)
        case Deleted():
            tense = "Deleted" if event.gone else "Deleting, which takes the service a while:"
            return [f"{tense} {event.kind} {event.name}"]
        case Kept():
            return [f"Kept {event.kind} {event.name}"]
        case Ended():
            return _ended(event)
    return []


def trying_again(event: Troubled) -> str:
    """` Trying again until 14:05:10.`; empty for what is not tried again."""
    if event.until is None:
        return ""
    wait = f" in {in_time(event.pause)}" if event.pause >= LONG else ""
    return f" Trying again{wait} until {event.until.astimezone():%H:%M:%S}."


def of_tasks(counts: TaskCounts) -> str:
    return (
        f"{counts.active:,} active, {counts.running:,} running, "
        f"{counts.succeeded:,} succeeded, {counts.failed:,} failed"
    )


def of_nodes(nodes: Mapping[NodeState, int]) -> str:
    """`2 running, 1 waiting for start task`."""
    return ", ".join(f"{count:,} {STATES.get(state, state)}" for state, count in nodes.items())


def of_things(things: tuple[Thing, ...]) -> str:
    """`job a, pool b and containers c, d`: those that may be there by their names too."""
    spoken = []
    for kind in Kind:
        names = [thing.name for thing in things if thing.kind is kind]
        if names:
            spoken.append(f"{kind}{'s' if len(names) > 1 else ''} {some(names, at_most=10)}")
    return "; ".join(spoken)


def of_found(run: FoundRun, prices: Prices, now: datetime) -> str:
    """`pool p; container c: 3 h old, 2 nodes, 0.19 EUR/h`."""
    age = run.age(now)
    facts = [f"{in_time(age)} old"] if age is not None else []
    if run.nodes:
        facts.append(many(run.nodes, "node"))
        if run.cost is not None:
            facts.append(prices.words(run.cost))
    return ": ".join(filter(None, (of_things(run.things), ", ".join(facts))))


def _transferred(event: Transferred) -> str:
    files = f"{many(event.files, 'file')} ({in_bytes(event.size)})"
    if event.direction is Direction.UP:
        return f"Uploaded {files} to container {event.container}"
    return f"Downloaded {files} from container {event.container} to {event.place}"


def _finished(event: Finished) -> list[str]:
    counts, hidden = event.counts, event.counts.failed - event.reported
    more = [f"{many(hidden, 'more task')} failed; their reasons are not shown"] if hidden else []
    return [
        *more,
        f"{counts.succeeded:,} of {many(event.of_tasks, 'task')} succeeded, "
        f"{counts.failed:,} failed, in {in_time(event.elapsed)}",
    ]


def _ended(event: Ended) -> list[str]:
    why = f": {event.sentence}" if event.sentence else ""
    said = [f"{ENDS.get(event.outcome, event.outcome)} after {in_time(event.elapsed)}{why}"]
    if event.left:
        said.append(f"Left: {of_things(event.left)}.")
    if event.outcome is Outcome.UNFETCHED:
        said.append(f"`batchtui wait {event.run_id}` fetches the outputs again.")
    elif event.resumable and event.outcome in EARLY:
        said.append(f"`batchtui wait {event.run_id}` goes on with the run.")
    if event.left:
        said.append(f"`batchtui clean {event.run_id}` deletes what it left.")
    return said


def _quoted(text: str) -> list[str]:
    return [f"    | {line}" for line in lines_of(text)]
