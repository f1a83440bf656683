"""A node: where it is in its life, and what a client sees of it."""

import secrets
from typing import Any

import msgspec

from batchtui.local.wire.filters import Kind, Value
from batchtui.local.wire.times import stamp
from batchtui.local.world.ending import ending

Json = dict[str, Any]

FILTERS = {
    "state": Kind.WORD,
    "stateTransitionTime": Kind.TIME,
    "lastBootTime": Kind.TIME,
    "allocationTime": Kind.TIME,
    "startTaskInfo/state": Kind.WORD,
    "startTaskInfo/result": Kind.WORD,
    "startTaskInfo/exitCode": Kind.NUMBER,
    "startTaskInfo/startTime": Kind.TIME,
    "startTaskInfo/endTime": Kind.TIME,
}

# The names of node counts, in the service's order; a state is such a name in lower case.
COUNTED = (
    "creating", "idle", "leavingPool", "offline", "preempted", "rebooting", "reimaging", "running",
    "starting", "startTaskFailed", "unusable", "unknown", "upgradingOS", "waitingForStartTask",
    "deallocated", "deallocating",
)  # fmt: skip

_AGENT = "1.12.3"


class StartRun(msgspec.Struct, kw_only=True):
    """How the start task fares on one node."""

    started: int
    state: str = "running"
    ended: int | None = None
    exit_code: int | None = None
    failure: Json | None = None
    retries: int = 0
    retried: int | None = None
    result: str | None = None


class NodeUser(msgspec.Struct, kw_only=True):
    """A user of one node, without password and key: they are never kept."""

    name: str
    is_admin: bool
    expires: int


class Node(msgspec.Struct, kw_only=True):
    """Times are microseconds since 1970; `pool` is the pool's id as it was written."""

    id: str
    pool: str
    number: int
    """Counts the nodes that the pool ever had; the address is made of it."""
    dedicated: bool
    state: str = "creating"
    changed: int
    scheduling: str = "enabled"
    allocated: int
    booted: int | None = None
    total_run: int = 0
    total_succeeded: int = 0
    start_task: Json | None = None
    start_run: StartRun | None = None
    recent: list[Json] = []
    errors: list[Json] = []
    users: list[NodeUser] = []

    @property
    def address(self) -> str:
        number = self.number + 3
        return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    @property
    def login(self) -> tuple[str, int]:
        """Address and port of a secure shell on it: this machine's own."""
        return "127.0.0.1", 22

    def move(self, state: str, at: int) -> None:
        if state != self.state:
            self.state, self.changed = state, at


def new_id(*, dedicated: bool) -> str:
    """`tvmps_<64 hex digits>_d`, or `_p` for a spot node."""
    return f"tvmps_{secrets.token_hex(32)}_{'d' if dedicated else 'p'}"


def render(
    node: Node, base: str, vm_size: str, image: Json, tasks: int, slots: int, recent: list[Json]
) -> Json:
    """A node as the service answers it, with the tasks and slots that it runs now."""
    body: Json = {
        "id": node.id,
        "url": f"{base}/pools/{node.pool}/nodes/{node.id}",
        "state": node.state,
        "schedulingState": node.scheduling,
        "stateTransitionTime": stamp(node.changed),
    }
    if node.booted is not None:
        body["lastBootTime"] = stamp(node.booted)
    body |= {
        "allocationTime": stamp(node.allocated),
        "ipAddress": node.address,
        "affinityId": f"TVM:{node.id}",
        "vmSize": vm_size,
        "totalTasksRun": node.total_run,
        "totalTasksSucceeded": node.total_succeeded,
        "runningTasksCount": tasks,
        "runningTaskSlotsCount": slots,
    }
    if recent:
        body["recentTasks"] = recent
    if node.start_task is not None:
        body["startTask"] = node.start_task
    if node.start_run is not None:
        body["startTaskInfo"] = start_info(node.start_run)
    if node.errors:
        body["errors"] = node.errors
    body["isDedicated"] = node.dedicated
    if node.booted is not None:
        body["nodeAgentInfo"] = {"lastUpdateTime": stamp(node.booted), "version": _AGENT}
    return body | {"virtualMachineInfo": {"imageReference": image}}


def start_info(run: StartRun) -> Json:
    """A node's `startTaskInfo`."""
    info: Json = {"state": run.state, "startTime": stamp(run.started)}
    if run.ended is not None:
        info["endTime"] = stamp(run.ended)
    return info | ending(run)


def filtered(node: Node, name: str) -> Value | None:
    """The value of a property that a filter may name."""
    match name:
        case "state":
            return node.state
        case "stateTransitionTime":
            return node.changed
        case "lastBootTime":
            return node.booted
        case "allocationTime":
            return node.allocated
    run = node.start_run
    if run is None:
        return None
    match name:
        case "startTaskInfo/state":
            return run.state
        case "startTaskInfo/result":
            return run.result
        case "startTaskInfo/exitCode":
            return run.exit_code
        case "startTaskInfo/startTime":
            return run.started
        case _:
            return run.ended
