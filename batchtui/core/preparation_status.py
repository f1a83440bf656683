"""How the preparation and release tasks of a job went on each node."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct, field

from batchtui.core.models import EXIT, FailureInfo
from batchtui.core.states import Result
from batchtui.core.wire import Time, Wire
from batchtui.core.wording import many, some


class NodeTaskRun(Wire, frozen=True):
    """How a preparation or release task went on one node."""

    state: str = ""
    """`running` or `completed`."""
    start_time: Time | None = None
    end_time: Time | None = None
    exit_code: int | None = None
    result: Result | None = None
    failure_info: FailureInfo | None = None
    retry_count: int = 0
    task_root_directory: str = ""
    """Below the root of the node's files, where its `stderr.txt` is."""

    @property
    def failed(self) -> bool:
        return self.result is Result.FAILURE

    @property
    def words(self) -> str:
        """`running`, `succeeded`, `failed, exit 7`, `failed: BlobAccessDenied`."""
        if not self.failed:
            done = self.result is Result.SUCCESS
            tries = f", retry {self.retry_count:,}" if self.retry_count else ""
            return ("succeeded" if done else self.state or "unknown") + tries
        return f"failed{_end(self)}"


class PreparationStatus(Wire, frozen=True):
    """What a node did for a job beside its tasks; `release` is None before the job's end."""

    pool_id: str = ""
    node_id: str = ""
    preparation: NodeTaskRun | None = field(default=None, name="jobPreparationTaskExecutionInfo")
    release: NodeTaskRun | None = field(default=None, name="jobReleaseTaskExecutionInfo")

    @property
    def prepared(self) -> bool:
        """Whether its preparation has not failed."""
        return self.preparation is None or not self.preparation.failed


class JobPreparation(Struct, frozen=True):
    """What the nodes did for a job beside its tasks; those first on which they failed."""

    nodes: tuple[PreparationStatus, ...] = ()
    blocking: bool = True
    """Whether the job's tasks stay away from a node on which its preparation failed."""
    complete: bool = True
    """Whether these are all such nodes."""

    @property
    def failed(self) -> tuple[PreparationStatus, ...]:
        """The nodes on which the preparation failed."""
        return tuple(each for each in self.nodes if not each.prepared)

    def on(self, pool_id: str) -> "JobPreparation":
        """Of this pool alone: a job may have been moved to another one."""
        pool = pool_id.casefold()
        here = tuple(each for each in self.nodes if each.pool_id.casefold() == pool)
        return JobPreparation(here, self.blocking, self.complete)


def failure_words(nodes: Iterable[PreparationStatus]) -> str:
    """`preparation failed on 2 nodes, exit 7`; empty where it failed on none."""
    runs = [each.preparation for each in nodes if each.preparation and each.preparation.failed]
    if not runs:
        return ""
    ends = [end for end, _ in Counter(map(_end, runs)).most_common(2)]
    end = ends[0] if len(ends) == 1 else f", {some([each.lstrip(',: ') for each in ends])}"
    return f"preparation failed on {many(len(runs), 'node')}{end}"


def _end(run: NodeTaskRun) -> str:
    """`, exit 7`, or `: BlobAccessDenied` where no process ended or something else went wrong."""
    code = run.failure_info.code if run.failure_info else ""
    if run.exit_code is not None and code in ("", EXIT):
        return f", exit {run.exit_code}"
    return f": {code}" if code else ""
