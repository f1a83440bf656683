"""The one seam between the program and the outside world.

Every method raises `GatewayError`, and nothing else, when the service refuses or cannot be
reached. `batchtui.client` implements the protocols over the Azure SDKs; the tests have one fake.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from batchtui.core.gateway_nodes import NodeCommands
from batchtui.core.histories import Histories
from batchtui.core.models import (
    Blob,
    Container,
    FileState,
    Job,
    Node,
    NodeFile,
    Pool,
    PoolNodeCounts,
    SupportedImage,
    Task,
    TaskCounts,
    Window,
)
from batchtui.core.queries import EVERY_TASK, TaskQuery
from batchtui.core.specs import JobSpec, PoolSpec, TaskSpec
from batchtui.core.states import NodeState
from batchtui.core.steering import Steering
from batchtui.core.things import Document, Thing

Counted = Callable[[int], None]
"""Called with how many more (bytes, tasks) have gone through since the last call."""


TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses after which the same request may work a little later."""

UNREADABLE = "Unreadable"
"""Our code for an answer that is not as the service answers, such as a network's sign-in page."""


class GatewayError(Exception):
    """A remote call failed: a sentence that says what was tried and why it failed.

    `status` is the HTTP status, None when the service did not answer; `code` is the service's own
    name for the error, such as `PoolExists`, or ours for what never reached a service (`LocalFile`,
    `NoStorage`, `NotSignedIn`, `NotSent`) or was answered by something else (`UNREADABLE`), or
    empty. `retry_after` are the seconds for which the service asks to be left alone, 0 where it
    says nothing.
    """

    def __init__(
        self,
        sentence: str,
        *,
        status: int | None = None,
        code: str = "",
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.retry_after = retry_after

    @property
    def transient(self) -> bool:
        """Whether the same request may work later: the service was busy, broken or out of reach.

        It may also have done what it was asked, and only the answer was lost. What something else
        answers passes too: a network's sign-in page goes once somebody has signed in.
        """
        if self.code == UNREADABLE:
            return True
        return not self.code if self.status is None else self.status in TRANSIENT

    @property
    def missing(self) -> bool:
        """Whether the thing asked for does not exist (any more)."""
        return self.status == 404

    @property
    def exists(self) -> bool:
        """Whether a thing of that name is there already."""
        return self.status == 409 and self.code.endswith(("Exists", "AlreadyExists"))


@dataclass(frozen=True, slots=True)
class TaskFile:
    """Where a file of a task is; `path` is relative to the task's directory (`stdout.txt`)."""

    job_id: str
    task_id: str
    path: str


@dataclass(frozen=True, slots=True)
class PoolNodeFile:
    """Where a file of a node is; `path` is relative to the node's root (`startup/stderr.txt`)."""

    pool_id: str
    node_id: str
    path: str


RemoteFile = TaskFile | PoolNodeFile


class Batch(NodeCommands, Steering, Histories, Protocol):
    """What batchtui asks of a Batch account."""

    async def pools(self, *, with_metadata: bool = False) -> tuple[Pool, ...]: ...
    async def pool(self, pool_id: str) -> Pool: ...
    async def node_counts(self) -> tuple[PoolNodeCounts, ...]: ...
    async def nodes(self, pool_id: str, *, at_most: int, with_errors: bool = False) -> Window[Node]:
        """The first of the pool's nodes; `with_errors`: their errors and start tasks too."""
        ...

    async def nodes_since(
        self, pool_id: str, states: Sequence[NodeState], before: datetime, *, at_most: int
    ) -> Window[Node]:
        """The pool's nodes that came into one of these states before that moment.

        Of each only its id, its states and the time of its last transition.
        """
        ...

    async def node(self, pool_id: str, node_id: str) -> Node: ...
    async def images(self) -> tuple[SupportedImage, ...]:
        """The images that the service has verified, each with its node agent SKU."""
        ...

    async def jobs(self, *, with_metadata: bool = False) -> tuple[Job, ...]: ...
    async def job(self, job_id: str) -> Job: ...
    async def task_counts(self, job_id: str) -> TaskCounts: ...
    async def tasks(
        self, job_id: str, *, at_most: int, where: TaskQuery = EVERY_TASK, rest: str = ""
    ) -> Window[Task]:
        """The first of the job's tasks, by id, that meet the query.

        Those that follow a window with its `rest`; the query has to be the same then.
        """
        ...

    async def task(self, job_id: str, task_id: str) -> Task: ...
    async def task_files(self, job_id: str, task_id: str) -> tuple[NodeFile, ...]: ...
    async def file_state(self, file: RemoteFile) -> FileState:
        """How long the file is at this moment, and since when."""
        ...

    async def read_file(self, file: RemoteFile, *, start: int, length: int) -> bytes:
        """At most `length` bytes from `start`; empty at the end of the file."""
        ...

    async def create_pool(self, pool: PoolSpec) -> None: ...
    async def create_job(self, job: JobSpec) -> None: ...
    async def add_tasks(
        self,
        job_id: str,
        tasks: Sequence[TaskSpec],
        *,
        added: Counted,
        again: bool = False,
        once: bool = False,
    ) -> None:
        """Add any number of tasks, in order; the error names the first task that was refused.

        `again`: some may have been added before, and count as added. `once`: no request is
        repeated; whoever asks does that.
        """
        ...

    async def terminate_job(self, job_id: str) -> None: ...
    async def delete_job(self, job_id: str) -> None: ...
    async def delete_pool(self, pool_id: str) -> None: ...
    async def delete_task(self, job_id: str, task_id: str) -> None: ...


class Storage(Protocol):
    """What batchtui asks of a storage account."""

    async def containers(self, *, with_metadata: bool = False) -> tuple[Container, ...]: ...
    async def container(self, name: str) -> Container: ...
    async def blobs(self, container: str, *, at_most: int | None = None) -> Window[Blob]:
        """The first of the container's blobs, by name; all of them, unless `at_most` is given."""
        ...

    async def container_exists(self, container: str) -> bool: ...
    async def create_container(
        self, container: str, *, metadata: Mapping[str, str] | None = None
    ) -> None:
        """The names in `metadata` are identifiers: letters, digits and underscores."""
        ...

    async def delete_container(self, container: str) -> None: ...
    async def delete_blob(self, container: str, blob: str) -> None: ...
    async def upload(self, container: str, blob: str, source: Path, *, sent: Counted) -> None: ...
    async def download(self, container: str, blob: str, target: Path, *, received: Counted) -> None:
        """Write the blob to `target`, which appears only once it is whole."""
        ...

    async def document(self, thing: Thing) -> Document:
        """All properties of a container or of a blob, with its metadata."""
        ...

    async def blob_state(self, container: str, blob: str) -> FileState:
        """How long the blob is at this moment, and since when."""
        ...

    async def read_blob(self, container: str, blob: str, *, start: int, length: int) -> bytes:
        """At most `length` bytes from `start`; empty at the end of the blob."""
        ...

    async def container_url(self, container: str, *, rights: str, lasting: timedelta) -> str:
        """The container's URL with a SAS: a secret. `rights` as in a SAS, such as `rwl`."""
        ...

    async def blob_url(
        self, container: str, blob: str, *, lasting: timedelta, rights: str = "r"
    ) -> str:
        """The blob's URL with a SAS: a secret. `rights` as in a SAS, such as `rw`."""
        ...


@dataclass(frozen=True, slots=True)
class Gateway:
    """An account as batchtui sees it. Without a storage account `storage` is None."""

    batch: Batch
    storage: Storage | None
    storage_trouble: str = ""
    """Why there is no storage account although the profile names one: a sentence."""

    @property
    def no_storage(self) -> str:
        """Why there is no storage account, in a sentence with what to do."""
        return self.storage_trouble or (
            "This profile names no storage account; set AZURE_STORAGE_CONNECTION_STRING or the "
            "profile's storage_account"
        )
