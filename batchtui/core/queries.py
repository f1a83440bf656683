"""What of a filter the service can apply itself, before it sends anything."""

from dataclasses import dataclass, replace
from datetime import datetime

from batchtui.core.filters import Filter, Op, Term
from batchtui.core.states import Result, TaskState


@dataclass(frozen=True, slots=True)
class TaskQuery:
    """Which tasks of a job to list: those that meet every condition given."""

    state: TaskState | None = None
    result: Result | None = None
    exit_code: tuple[Op, int] | None = None
    id_prefix: str = ""
    """Without regard to upper and lower case, as ids are."""
    changed_after: datetime | None = None
    """Aware; tasks whose state changed later than that."""


EVERY_TASK = TaskQuery()
FAILED = TaskQuery(result=Result.FAILURE)

FINISHED = TaskQuery(state=TaskState.COMPLETED, result=Result.SUCCESS)
WORDS = {
    "active": TaskQuery(state=TaskState.ACTIVE),
    "preparing": TaskQuery(state=TaskState.PREPARING),
    "running": TaskQuery(state=TaskState.RUNNING),
    "completed": FINISHED,
    "failed": FAILED,
}
"""What the tables call a task's state, and what the service calls it."""

COMPARED = (Op.WHOLE, Op.MORE, Op.LEAST, Op.LESS, Op.MOST)


def asked(wanted: Filter) -> TaskQuery:
    """The conditions of a filter on tasks that the service knows, over `task`, `state`, `exit`.

    All that pass the filter meet the query; what else meets it, the filter still sorts out.
    """
    query = EVERY_TASK
    for term in wanted.terms:
        if not term.inverted and len(term.places) == 1:
            query = _with(query, term)
    return query


def beginning(wanted: Filter) -> str:
    """What the id of a task that passes may begin with, where the filter looks for a text.

    The service cannot look for a part of an id, but for its beginning it can; empty where the
    query already asks for one.
    """
    for term in wanted.terms:
        plain = term.op in (Op.PART, Op.START) and not term.inverted
        if plain and isinstance(term.operand, str) and "task" in term.places:
            return "" if asked(wanted).id_prefix else term.operand
    return ""


def _with(query: TaskQuery, term: Term) -> TaskQuery:
    match term.places[0], term.op, term.operand:
        case "state", _, str():
            meant = [query for word, query in WORDS.items() if term.meets(word)]
            if len(meant) == 1:
                return replace(query, state=meant[0].state, result=meant[0].result)
        case "exit", op, float(number) if op in COMPARED and number.is_integer():
            return replace(query, exit_code=(op, int(number)))
        case "task", Op.START | Op.WHOLE, str(start):
            return replace(query, id_prefix=start)
    return query
