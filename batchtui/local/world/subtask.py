"""Subtasks: what a multi-instance task does on its nodes but the first."""

from typing import Any

import msgspec

from batchtui.local.agent.launch import Outcome
from batchtui.local.store import Store
from batchtui.local.wire.times import stamp
from batchtui.local.world.task import Task, ended_by_user, failure_info, root_directory

Json = dict[str, Any]

_KIND = "subtasks"


class Subtask(msgspec.Struct, kw_only=True):
    """Times are microseconds since 1970; `pool` is the pool's id."""

    id: int
    pool: str
    node: str
    state: str = "preparing"
    changed: int
    previous: str | None = None
    previous_at: int | None = None
    started: int | None = None
    ended: int | None = None
    exit_code: int | None = None
    failure: Json | None = None
    result: str | None = None

    def begin(self, at: int) -> None:
        """Its resource files are being fetched."""
        self.state, self.changed, self.started = "running", at, at

    def finish(self, at: int, outcome: Outcome | None) -> None:
        """Its coordination command has ended; without an outcome, it has succeeded."""
        self._complete(at)
        self.exit_code = outcome.exit_code if outcome else 0
        self.failure = failure_info(outcome.failure) if outcome and outcome.failure else None
        self.result = "failure" if self.failure else "success"

    def stop(self, at: int) -> None:
        """It was ended with its task."""
        self._complete(at)
        self.failure, self.result = failure_info(ended_by_user()), "failure"

    def _complete(self, at: int) -> None:
        self.previous, self.previous_at = self.state, self.changed
        self.state = "completed"
        self.changed = self.ended = at


class Subtasks:
    """The subtasks of each multi-instance task, as they were in its last run."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, task: Task) -> list[Subtask]:
        rows = self._store.read(
            "SELECT doc FROM entities WHERE kind = ? AND parent = ? AND key = ?",
            (_KIND, task.job, task.key),
        )
        return msgspec.json.decode(rows[0][0], type=list[Subtask]) if rows else []

    def save(self, task: Task, subtasks: list[Subtask]) -> None:
        """Keep them while the task is there: another one may have its id by now."""
        if self._store.read("SELECT 1 FROM tasks WHERE seq = ?", (task.seq,)):
            self._store.put(_KIND, task.job, task.key, subtasks)

    def forget(self, task: Task) -> None:
        self._store.drop(_KIND, task.job, task.key)

    def forget_job(self, job: str) -> None:
        self._store.write("DELETE FROM entities WHERE kind = ? AND parent = ?", (_KIND, job))


def render(subtask: Subtask, task: Task, base: str, job_id: str) -> Json:
    """A line of a task's `subtasksinfo`."""
    body: Json = {"id": subtask.id}
    if subtask.started is not None:
        body["startTime"] = stamp(subtask.started)
    if subtask.ended is not None:
        body["endTime"] = stamp(subtask.ended)
    body |= {"state": subtask.state, "stateTransitionTime": stamp(subtask.changed)}
    if subtask.previous is not None and subtask.previous_at is not None:
        body["previousState"] = subtask.previous
        body["previousStateTransitionTime"] = stamp(subtask.previous_at)
    for name, value in (
        ("exitCode", subtask.exit_code),
        ("failureInfo", subtask.failure),
        ("result", subtask.result),
    ):
        if value is not None:
            body[name] = value
    node_url = f"{base}/pools/{subtask.pool}/nodes/{subtask.node}"
    root = f"{root_directory(job_id, task.id)}/{subtask.id}"
    body["nodeInfo"] = {
        "affinityId": f"TVM:{subtask.node}",
        "nodeUrl": node_url,
        "poolId": subtask.pool,
        "nodeId": subtask.node,
        "taskRootDirectory": root,
        "taskRootDirectoryUrl": f"{node_url}/files/{root}",
    }
    return body
