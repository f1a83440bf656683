"""A task: its row in the store, and what a client sees of it."""

from dataclasses import dataclass, fields
from typing import Any

import msgspec

from batchtui.local.agent.launch import Failure, Outcome
from batchtui.local.wire.filters import Kind
from batchtui.local.wire.times import etag, micros, stamp
from batchtui.local.world.ending import ending

Json = dict[str, Any]

FILTERS = {
    "id": Kind.TEXT,
    "state": Kind.WORD,
    "stateTransitionTime": Kind.TIME,
    "creationTime": Kind.TIME,
    "lastModifiedTime": Kind.TIME,
    "lastModified": Kind.TIME,
    "executionInfo/startTime": Kind.TIME,
    "executionInfo/endTime": Kind.TIME,
    "executionInfo/exitCode": Kind.NUMBER,
    "executionInfo/result": Kind.WORD,
}
COLUMNS = {
    "id": "key",
    "state": "state",
    "stateTransitionTime": "changed",
    "creationTime": "created",
    "lastModifiedTime": "modified",
    "lastModified": "modified",
    "executionInfo/startTime": "started",
    "executionInfo/endTime": "ended",
    "executionInfo/exitCode": "exit_code",
    "executionInfo/result": "result",
}


@dataclass(slots=True)
class Task:
    """One row of the table of tasks; times are microseconds since 1970.

    `job` is the job's key (its id in lower case), `spec` the body that created the task with its
    defaults filled in. `blocked` counts the dependencies that are not yet satisfied, and
    `satisfied` says that those who depend on this task need not wait. `placed` is set while the
    task holds slots of the node that it was given to.
    """

    seq: int
    job: str
    key: str
    id: str
    spec: Json
    number: int | None
    slots: int
    blocked: int
    satisfied: bool
    state: str
    changed: int
    previous: str | None
    previous_at: int | None
    created: int
    modified: int
    pool: str | None = None
    node: str | None = None
    exit_code: int | None = None
    result: str | None = None
    started: int | None = None
    ended: int | None = None
    failure: Json | None = None
    retries: int = 0
    retried: int | None = None
    requeues: int = 0
    requeued: int | None = None
    placed: bool = False
    wall: int = 0
    """Microseconds that its runs have taken, all together, as the following count all of them."""
    user_cpu: int = 0
    kernel_cpu: int = 0
    reads: int = 0
    """Blocks of 512 bytes."""
    writes: int = 0

    @property
    def waited(self) -> int:
        """Microseconds from its creation to the start of its last run; 0 before the first."""
        return 0 if self.started is None else max(self.started - self.created, 0)

    @property
    def max_retries(self) -> int:
        """-1 for without end."""
        return int(self.spec["constraints"].get("maxTaskRetryCount", 0))

    def move(self, state: str, at: int) -> None:
        """Go to another state; what was becomes the previous state."""
        self.previous, self.previous_at = self.state, self.changed
        self.state, self.changed = state, at

    def forget_run(self) -> None:
        """Drop what the last run left, before the task runs again."""
        self.node = self.pool = self.exit_code = self.result = None
        self.started = self.ended = self.failure = None

    def account(self, outcome: Outcome | None, now: int) -> None:
        """Add what a run has used that ends; without an outcome, somebody ended it now."""
        if self.started is not None:
            ended = micros(outcome.ended) if outcome else now
            self.wall += max(ended - self.started, 0)
        usage = outcome.usage if outcome else None
        if usage:
            self.user_cpu += usage.user
            self.kernel_cpu += usage.kernel
            self.reads += usage.reads
            self.writes += usage.writes

    def touch(self, at: int) -> None:
        """A client changed it: only that moves the eTag (recorded fact 33)."""
        self.modified = at

    def row(self) -> tuple[Any, ...]:
        """Its columns, in the table's order."""
        values = [getattr(self, name) for name in NAMES]
        values[_SPEC] = msgspec.json.encode(self.spec)
        values[_FAILURE] = None if self.failure is None else msgspec.json.encode(self.failure)
        return tuple(values)

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "Task":
        """The task of a row."""
        values = list(row)
        values[_SPEC] = msgspec.json.decode(values[_SPEC])
        if values[_FAILURE] is not None:
            values[_FAILURE] = msgspec.json.decode(values[_FAILURE])
        return cls(*values)


NAMES = tuple(field.name for field in fields(Task))
_SPEC = NAMES.index("spec")
_FAILURE = NAMES.index("failure")

# What a client sends and gets back, in the order in which the service shows it.
_ECHOED = (
    "commandLine", "resourceFiles", "outputFiles", "environmentSettings", "affinityInfo",
    "exitConditions", "userIdentity", "multiInstanceSettings", "constraints", "requiredSlots",
    "dependsOn",
)  # fmt: skip


def ended_by_user() -> Failure:
    """Why a task failed that somebody ended."""
    return Failure("UserError", "TaskEnded", "The task was ended by a user request")


def failure_info(failure: Failure) -> Json:
    """A failure as the wire's `failureInfo`; details are absent when there are none."""
    info: Json = {
        "category": failure.category,
        "code": failure.code,
        "message": failure.message,
    }
    if failure.details:
        info["details"] = [{"name": name, "value": value} for name, value in failure.details]
    return info


def render(task: Task, base: str, job_id: str) -> Json:
    """A task as the service answers it; nothing is null (recorded fact 21)."""
    spec = task.spec
    body: Json = {"id": task.id}
    if "displayName" in spec:
        body["displayName"] = spec["displayName"]
    body |= {
        "url": f"{base}/jobs/{job_id}/tasks/{task.id}",
        "eTag": etag(task.modified),
        "creationTime": stamp(task.created),
        "lastModified": stamp(task.modified),
        "state": task.state,
        "stateTransitionTime": stamp(task.changed),
    }
    if task.previous is not None and task.previous_at is not None:
        body["previousState"] = task.previous
        body["previousStateTransitionTime"] = stamp(task.previous_at)
    body |= {name: spec[name] for name in _ECHOED if name in spec}
    body["executionInfo"] = execution_info(task)
    if task.node is not None and task.state != "active":
        body["nodeInfo"] = node_info(task, base, job_id)
    elif task.state == "completed":
        body["nodeInfo"] = {}
    return body


def node_info(task: Task, base: str, job_id: str) -> Json:
    """Where a task runs or ran."""
    node_url = f"{base}/pools/{task.pool}/nodes/{task.node}"
    info: Json = {
        "affinityId": f"TVM:{task.node}",
        "nodeUrl": node_url,
        "poolId": task.pool,
        "nodeId": task.node,
    }
    if task.state != "preparing":
        root = root_directory(job_id, task.id)
        info |= {"taskRootDirectory": root, "taskRootDirectoryUrl": f"{node_url}/files/{root}"}
    return info


def root_directory(job_id: str, task_id: str) -> str:
    """A task's directory below its node's root; `job-1` is literal (recorded fact 45).

    The job of a schedule has its number there: its id is `<schedule>:job-<number>`.
    """
    return f"{job_directory(job_id)}/{task_id}"


def job_directory(job_id: str) -> str:
    """The directory of a job's tasks below a node's root."""
    schedule, _, job = job_id.partition(":")
    return f"workitems/{schedule}/{job or 'job-1'}"


def execution_info(task: Task) -> Json:
    """A task's `executionInfo`: only what its state has (recorded fact 36)."""
    info: Json = {}
    if task.started is not None:
        info["startTime"] = stamp(task.started)
    if task.ended is not None:
        info["endTime"] = stamp(task.ended)
    info |= ending(task)
    info["requeueCount"] = task.requeues
    if task.requeued is not None:
        info["lastRequeueTime"] = stamp(task.requeued)
    return info
