"""Which other things one thing leads to."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from batchtui.core.dossier import Dossier
from batchtui.core.things import Kind, Thing, part, parts

AT_MOST = 200
"""Things of one kind that are named one by one."""


class Relation(Struct, frozen=True):
    """`words` say what the other thing is to this one, such as `ran on`."""

    words: str
    thing: Thing


def relations(thing: Thing, dossier: Dossier) -> tuple[Relation, ...]:
    """The nearest first, each thing once."""
    found: dict[Thing, Relation] = {}
    for relation in _all(thing, dossier):
        if relation.thing.id and relation.thing != thing:
            found.setdefault(relation.thing, relation)
    return tuple(found.values())


def _all(thing: Thing, dossier: Dossier) -> Iterator[Relation]:
    match thing.kind:
        case Kind.TASK:
            yield from _of_task(thing, dossier)
        case Kind.NODE:
            yield Relation("in", Thing(Kind.POOL, thing.within))
            yield from _recent(dossier)
        case Kind.JOB:
            yield from _of_job(thing, dossier)
        case Kind.SCHEDULE:
            recent = _member(dossier.document, "executionInfo", "recentJob", "id")
            yield Relation("made", Thing(Kind.JOB, recent))
            pool = _member(dossier.document, "jobSpecification", "poolInfo", "poolId")
            yield Relation("on", Thing(Kind.POOL, pool))
        case Kind.BLOB:
            yield Relation("in", Thing(Kind.CONTAINER, thing.within))
        case Kind.POOL:
            yield from (Relation("runs", Thing(Kind.JOB, job)) for job in dossier.jobs[:AT_MOST])
            for node in dossier.nodes[:AT_MOST]:
                yield Relation("has", Thing(Kind.NODE, node, thing.id))
        case Kind.CONTAINER:
            return


def _of_task(thing: Thing, dossier: Dossier) -> Iterator[Relation]:
    document = dossier.document
    pool, node = (_member(document, "nodeInfo", name) for name in ("poolId", "nodeId"))
    if node:
        over = document.get("state") == "completed"
        yield Relation("ran on" if over else "runs on", Thing(Kind.NODE, node, pool))
    yield Relation("in", Thing(Kind.JOB, thing.within))
    yield Relation("on", Thing(Kind.POOL, pool))
    for task_id in parts(part(document, "dependsOn"), "taskIds")[:AT_MOST]:
        yield Relation("waits for", Thing(Kind.TASK, str(task_id), thing.within))
    for task_id in dossier.waiting[:AT_MOST]:
        yield Relation("is waited for by", Thing(Kind.TASK, task_id, thing.within))


def _of_job(thing: Thing, dossier: Dossier) -> Iterator[Relation]:
    document = dossier.document
    ran = _member(document, "executionInfo", "poolId")
    yield Relation("on", Thing(Kind.POOL, ran or _member(document, "poolInfo", "poolId")))
    schedule, colon, _ = thing.id.partition(":")
    if colon:
        yield Relation("made by", Thing(Kind.SCHEDULE, schedule))
    manager = _member(document, "jobManagerTask", "id")
    yield Relation("managed by", Thing(Kind.TASK, manager, thing.id))


def _recent(dossier: Dossier) -> Iterator[Relation]:
    for recent in parts(dossier.document, "recentTasks"):
        running = isinstance(recent, Mapping) and recent.get("taskState") == "running"
        task = Thing(Kind.TASK, _member(recent, "taskId"), _member(recent, "jobId"))
        if task.within:
            yield Relation("runs" if running else "ran", task)


def _member(document: object, *names: str) -> str:
    """The text behind these names, one inside the other; empty where there is none."""
    for name in names:
        if not isinstance(document, Mapping):
            return ""
        document = document.get(name)
    return document if isinstance(document, str) else ""
