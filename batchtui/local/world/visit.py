"""A job's visit to a node: how its preparation and its release task fare there."""

from collections.abc import Iterator
from typing import Any

import msgspec

from batchtui.local.agent.launch import Outcome
from batchtui.local.store import Store
from batchtui.local.wire.filters import Kind, Value
from batchtui.local.wire.times import micros, stamp
from batchtui.local.world.ending import ending
from batchtui.local.world.node import Node
from batchtui.local.world.task import failure_info, root_directory

Json = dict[str, Any]

_INFO = {
    "state": Kind.WORD,
    "startTime": Kind.TIME,
    "endTime": Kind.TIME,
    "exitCode": Kind.NUMBER,
    "result": Kind.WORD,
}
_PREPARATION = "jobPreparationTaskExecutionInfo"
_RELEASE = "jobReleaseTaskExecutionInfo"
FILTERS = {
    "poolId": Kind.WORD,
    "nodeId": Kind.WORD,
    **{f"{_PREPARATION}/{name}": kind for name, kind in _INFO.items()},
    **{f"{_RELEASE}/{name}": kind for name, kind in _INFO.items()},
}


class Attempt(msgspec.Struct, kw_only=True):
    """How a preparation or release task fares on one node, with its retries."""

    started: int
    state: str = "running"
    ended: int | None = None
    exit_code: int | None = None
    failure: Json | None = None
    retries: int = 0
    retried: int | None = None
    result: str | None = None

    def finish(self, outcome: Outcome) -> None:
        self.state = "completed"
        self.ended = micros(outcome.ended)
        self.exit_code = outcome.exit_code
        self.failure = failure_info(outcome.failure) if outcome.failure else None
        self.result = "failure" if outcome.failure else "success"


class Visit(msgspec.Struct, kw_only=True):
    """`job` is the job's key, `pool` the pool's id, `booted` when the node was last started."""

    job: str
    pool: str
    node: str
    booted: int | None
    preparation: Attempt
    release: Attempt | None = None


class Visits:
    """Which nodes each job has been to: kept until the job is deleted, also of nodes long gone."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._of_job: dict[str, dict[str, Visit]] = {}

    def load(self) -> None:
        """Take up what the store holds."""
        for doc in self._store.documents("visit"):
            visit = msgspec.json.decode(doc, type=Visit)
            self._of_job.setdefault(visit.job, {})[visit.node] = visit

    def of_job(self, job: str) -> list[Visit]:
        """The visits of a job, by pool and node."""
        visits = self._of_job.get(job, {}).values()
        return sorted(visits, key=lambda visit: (visit.pool.lower(), visit.node))

    def find(self, job: str, node: Node) -> Visit | None:
        return self._of_job.get(job, {}).get(node.id)

    def save(self, visit: Visit) -> None:
        self._of_job.setdefault(visit.job, {})[visit.node] = visit
        self._store.put("visit", visit.job, visit.node, visit)

    def forget_node(self, node: Node) -> None:
        """A node has a new disk: no job has been there."""
        for visit in self._on(node):
            del self._of_job[visit.job][visit.node]
            self._store.drop("visit", visit.job, visit.node)

    def forget_job(self, job: str) -> None:
        for visit in self._of_job.pop(job, {}).values():
            self._store.drop("visit", visit.job, visit.node)

    def _on(self, node: Node) -> Iterator[Visit]:
        found = [visits.get(node.id) for visits in self._of_job.values()]
        return (visit for visit in found if visit)


def render(visit: Visit, spec: Json, job_id: str, base: str) -> Json:
    """A line of the status list; `spec` is the job's, which names its tasks."""
    node_url = f"{base}/pools/{visit.pool}/nodes/{visit.node}"
    body: Json = {"poolId": visit.pool, "nodeId": visit.node, "nodeUrl": node_url}
    for name, task, attempt in (
        (_PREPARATION, "jobPreparationTask", visit.preparation),
        (_RELEASE, "jobReleaseTask", visit.release),
    ):
        if attempt is not None:
            root = root_directory(job_id, spec[task]["id"])
            body[name] = _info(attempt, root, f"{node_url}/files/{root}")
    if visit.release is not None:
        # A release task is not retried.
        del body[_RELEASE]["retryCount"]
    return body


def _info(attempt: Attempt, root: str, url: str) -> Json:
    info: Json = {"startTime": stamp(attempt.started)}
    if attempt.ended is not None:
        info["endTime"] = stamp(attempt.ended)
    info |= {"taskRootDirectory": root, "taskRootDirectoryUrl": url, "state": attempt.state}
    return info | ending(attempt)


def filtered(visit: Visit, name: str) -> Value | None:
    """The value of a property that a filter may name."""
    of, _, member = name.partition("/")
    if not member:
        return visit.pool if name == "poolId" else visit.node
    attempt = visit.preparation if of == _PREPARATION else visit.release
    if attempt is None:
        return None
    values: dict[str, Value | None] = {
        "state": attempt.state,
        "startTime": attempt.started,
        "endTime": attempt.ended,
        "exitCode": attempt.exit_code,
        "result": attempt.result,
    }
    return values[member]
