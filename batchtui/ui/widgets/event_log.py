"""Each event of a run as a line of its log."""

from collections.abc import Mapping
from datetime import timedelta

from batchtui.core.events import (
    Asking,
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
from batchtui.core.models import TaskCounts
from batchtui.core.states import NodeState
from batchtui.core.wording import as_sentence, in_bytes, in_time, many, some
from batchtui.ui.widgets.glyphs import NODES
from batchtui.ui.widgets.names import short_node
from batchtui.ui.widgets.tones import Tone


def logged(
    event: Event, counts: TaskCounts, nodes: Mapping[NodeState, int]
) -> tuple[tuple[str, Tone], ...]:
    """The event in words, as lines; none for one that only counts on.

    `counts` and `nodes` are as they were before it.
    """
    match event:
        case Started():
            return ((f"started on {event.account}: {many(event.tasks, 'task')}", Tone.PLAIN),)
        case Resumed():
            return (("resumed", Tone.PLAIN),)
        case Created():
            return ((f"created {event.kind} {event.name}", Tone.PLAIN),)
        case Reused():
            return ((f"using {event.kind} {event.name}, which was there before", Tone.PLAIN),)
        case Transferred():
            return ((_transferred(event), Tone.PLAIN),)
        case Signed():
            lasting = in_time(timedelta(seconds=event.lasting))
            said = f"access to {many(len(event.containers), 'container')} for {lasting}"
            return ((said, Tone.MUTED),)
        case Submitted():
            return ((f"submitted {many(event.tasks, 'task')}", Tone.PLAIN),)
        case Progressed():
            return tuple(_progressed(event, counts, nodes))
    return _at_the_end(event)


def _at_the_end(event: Event) -> tuple[tuple[str, Tone], ...]:
    """The events of the time after the monitoring, and of its failures."""
    match event:
        case TaskFailed():
            return ((f"task {event.task_id} failed: {event.reason}", Tone.BAD),)
        case NodeFailed():
            node = short_node(event.node_id, 24)
            return ((f"node {node} cannot work: {event.reason}", Tone.BAD),)
        case Troubled():
            return ((f"{as_sentence(event.sentence)}{trying_again(event)}", Tone.WARNING),)
        case Recovered():
            return ((f"works again, after {in_time(event.elapsed)}", Tone.PLAIN),)
        case NotFetched():
            what = f"output {event.blob}" if event.blob else "the outputs"
            said = f"not fetched: {what} of container {event.container}: {event.reason}"
            return ((said, Tone.BAD),)
        case Finished():
            return (("the tasks are through", Tone.PLAIN),)
        case Asking():
            return ((f"asks whether to delete {event.kind} {some(event.names)}", Tone.WARNING),)
        case Deleted():
            slow = "" if event.gone else ", which goes on for a while"
            return ((f"deleted {event.kind} {event.name}{slow}", Tone.PLAIN),)
        case Kept():
            return ((f"kept {event.kind} {event.name}", Tone.PLAIN),)
        case Ended():
            return ((f"ended: {event.outcome}", Tone.STRONG),)
    return ()


def trying_again(event: Troubled) -> str:
    """` Trying again until 14:05:10.`; empty for what is not tried again."""
    if event.until is None:
        return ""
    return f" Trying again until {event.until.astimezone():%H:%M:%S}."


def _transferred(event: Transferred) -> str:
    files = f"{many(event.files, 'file')}, {in_bytes(event.size)},"
    if event.direction is Direction.UP:
        return f"uploaded {files} to {event.container}"
    return f"downloaded {files} from {event.container}"


def _progressed(
    event: Progressed, counts: TaskCounts, nodes: Mapping[NodeState, int]
) -> list[tuple[str, Tone]]:
    lines: list[tuple[str, Tone]] = []
    if event.nodes and event.nodes != nodes:
        each = [f"{count:,} {NODES[state][1]}" for state, count in event.nodes.items()]
        lines.append((f"nodes: {', '.join(each)}", Tone.MUTED))
    if event.counts != counts:
        now = event.counts
        amounts = {
            "waiting": now.active, "running": now.running,
            "ok": now.succeeded, "failed": now.failed,
        }  # fmt: skip
        said = ", ".join(f"{count:,} {word}" for word, count in amounts.items() if count)
        if said:
            lines.append((f"tasks: {said}", Tone.MUTED))
    return lines
