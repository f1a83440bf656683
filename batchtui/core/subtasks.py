"""The parts of a multi-instance task, each on a node of its own."""

from batchtui.core.models import FailureInfo, NodeInfo, Wire
from batchtui.core.states import Result, TaskState
from batchtui.core.wire import Time


class Subtask(Wire, frozen=True):
    id: int = 0
    state: TaskState = TaskState.UNKNOWN
    node_info: NodeInfo = NodeInfo()
    start_time: Time | None = None
    end_time: Time | None = None
    exit_code: int | None = None
    failure_info: FailureInfo | None = None
    result: Result | None = None
