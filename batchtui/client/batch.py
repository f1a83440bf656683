"""A Batch account over `azure.batch.aio`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from azure.batch.aio import BatchClient
from azure.core.rest import HttpRequest

from batchtui.client.adding import Adding
from batchtui.client.conditions import condition, in_state_before
from batchtui.client.copies import CopyAccount
from batchtui.client.headers import http_date
from batchtui.client.histories import HistoryAccount
from batchtui.client.nodes import NodeAccount
from batchtui.client.service import Service
from batchtui.client.steering import SteeredAccount
from batchtui.client.wire import Page, address, members, path_of, raw_body
from batchtui.core.gateway import UNREADABLE, Counted, GatewayError, RemoteFile, TaskFile
from batchtui.core.models import (
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
from batchtui.core.models import Wire as WireValue
from batchtui.core.queries import EVERY_TASK, TaskQuery
from batchtui.core.specs import JobSpec, PoolSpec, TaskSpec
from batchtui.core.states import NodeState
from batchtui.core.traffic import Traffic

POOL: Final = members(Pool)
POOL_ROW: Final = members(Pool, without=("metadata",))
JOB: Final = members(Job)
JOB_ROW: Final = members(Job, without=("metadata",))
TASK: Final = members(Task)
NODE: Final = members(Node)
UNLISTED = ("recent_tasks", "total_tasks_succeeded", "allocation_time", "last_boot_time")
"""A node's recent tasks alone are four fifths of its size, and no list shows them."""
NODE_ERRORS: Final = members(Node, without=UNLISTED)
NODE_STATES: Final = ("id", "state", "stateTransitionTime", "schedulingState")
NODE_ROW: Final = members(Node, without=(*UNLISTED, "errors", "start_task_info"))


class _BothCounts(WireValue, frozen=True):
    """Tasks, and the slots that they need, which nothing here shows."""

    task_counts: TaskCounts


class BatchAccount(NodeAccount, SteeredAccount, CopyAccount, HistoryAccount):
    """`core.gateway.Batch`, spoken to Azure Batch.

    Everything goes through `Wire`: the SDK signs, sends and retries, and nothing of its models is
    used.
    """

    def __init__(self, client: BatchClient, service: Service, traffic: Traffic) -> None:
        super().__init__(client, service)
        self._traffic = traffic

    async def pools(self, *, with_metadata: bool = False) -> tuple[Pool, ...]:
        select = POOL if with_metadata else POOL_ROW
        return (await self._wire.window("list pools", "/pools", Page[Pool], select=select)).items

    async def pool(self, pool_id: str) -> Pool:
        what = f"look at pool {pool_id}"
        return await self._wire.one(what, path_of("pools", pool_id), Pool, select=POOL)

    async def node_counts(self) -> tuple[PoolNodeCounts, ...]:
        counts = await self._wire.window("count nodes", "/nodecounts", Page[PoolNodeCounts])
        return counts.items

    async def nodes(self, pool_id: str, *, at_most: int, with_errors: bool = False) -> Window[Node]:
        return await self._wire.window(
            f"list the nodes of pool {pool_id}",
            path_of("pools", pool_id, "nodes"),
            Page[Node],
            at_most=at_most,
            select=NODE_ERRORS if with_errors else NODE_ROW,
        )

    async def nodes_since(
        self, pool_id: str, states: Sequence[NodeState], before: datetime, *, at_most: int
    ) -> Window[Node]:
        return await self._wire.window(
            f"list the nodes of pool {pool_id} by state",
            path_of("pools", pool_id, "nodes"),
            Page[Node],
            at_most=at_most,
            select=NODE_STATES,
            condition=in_state_before(states, before),
        )

    async def node(self, pool_id: str, node_id: str) -> Node:
        path = path_of("pools", pool_id, "nodes", node_id)
        what = f"look at node {node_id} of pool {pool_id}"
        return await self._wire.one(what, path, Node, select=NODE)

    async def images(self) -> tuple[SupportedImage, ...]:
        what = "list the supported images"
        images = await self._wire.window(
            what,
            "/supportedimages",
            Page[SupportedImage],
            condition="verificationType eq 'verified'",
        )
        if not images.items:
            # There are always some: a recipe's image is not wrong because a page came empty.
            raise GatewayError(f"Could not {what}: the service names none", code=UNREADABLE)
        return images.items

    async def jobs(self, *, with_metadata: bool = False) -> tuple[Job, ...]:
        select = JOB if with_metadata else JOB_ROW
        return (await self._wire.window("list jobs", "/jobs", Page[Job], select=select)).items

    async def job(self, job_id: str) -> Job:
        what = f"look at job {job_id}"
        return await self._wire.one(what, path_of("jobs", job_id), Job, select=JOB)

    async def task_counts(self, job_id: str) -> TaskCounts:
        path = path_of("jobs", job_id, "taskcounts")
        counts = await self._wire.one(f"count the tasks of job {job_id}", path, _BothCounts)
        return counts.task_counts

    async def tasks(
        self, job_id: str, *, at_most: int, where: TaskQuery = EVERY_TASK, rest: str = ""
    ) -> Window[Task]:
        return await self._wire.window(
            f"list the tasks of job {job_id}",
            path_of("jobs", job_id, "tasks"),
            Page[Task],
            at_most=at_most,
            select=TASK,
            condition=condition(where),
            link=rest,
        )

    async def task(self, job_id: str, task_id: str) -> Task:
        path = path_of("jobs", job_id, "tasks", task_id)
        what = f"look at task {task_id} of job {job_id}"
        return await self._wire.one(what, path, Task, select=TASK)

    async def task_files(self, job_id: str, task_id: str) -> tuple[NodeFile, ...]:
        files = await self._wire.window(
            f"list the files of task {task_id} of job {job_id}",
            path_of("jobs", job_id, "tasks", task_id, "files"),
            Page[NodeFile],
            recursive=True,
        )
        return files.items

    async def file_state(self, file: RemoteFile) -> FileState:
        request = HttpRequest("HEAD", address(_path(file)))
        what = f"look at {_words(file)}"
        with self._service.trying(what):
            async with await self._client.send_request(request, stream=True) as response:
                headers = response.headers
        length = headers.get("Content-Length") or ""
        # What compresses answers on their way leaves the length out.
        size = int(length) if length.isdecimal() else await self._listed_size(what, file)
        return FileState(
            size,
            http_date(headers.get("Last-Modified")),
            http_date(headers.get("ocp-creation-time")),
        )

    async def _listed_size(self, what: str, file: RemoteFile) -> int:
        """The size of a file as the listing of its task's or node's files has it."""
        listing = path_of(*_holder(file), "files")
        files = await self._wire.window(what, listing, Page[NodeFile], recursive=True)
        sizes = [each.properties for each in files.items if each.name == file.path]
        if not sizes or sizes[0] is None:
            raise GatewayError(
                f"Could not {what}: the service does not say how long it is", code=UNREADABLE
            )
        return sizes[0].content_length

    async def read_file(self, file: RemoteFile, *, start: int, length: int) -> bytes:
        """Asks for a range: the service answers it with 200 and the part alone."""
        part = {"ocp-range": f"bytes={start}-{start + length - 1}", "Accept-Encoding": "identity"}
        request = HttpRequest("GET", address(_path(file)), headers=part)
        try:
            with self._service.trying(f"read {_words(file)}"):
                return await raw_body(self._client, request)
        except GatewayError as error:
            if error.status == 416:  # the range begins at the end of the file, or after it
                return b""
            raise

    async def create_pool(self, pool: PoolSpec) -> None:
        await self._wire.send(f"create pool {pool.id}", "POST", "/pools", pool, status=201)

    async def create_job(self, job: JobSpec) -> None:
        await self._wire.send(f"create job {job.id}", "POST", "/jobs", job, status=201)

    async def add_tasks(
        self,
        job_id: str,
        tasks: Sequence[TaskSpec],
        *,
        added: Counted,
        again: bool = False,
        once: bool = False,
    ) -> None:
        adding = Adding(
            self._client, self._service, self._traffic, job_id, added, again=again, once=once
        )
        await adding.add(tasks)

    async def terminate_job(self, job_id: str) -> None:
        await self._wire.send(
            f"terminate job {job_id}",
            "POST",
            path_of("jobs", job_id, "terminate"),
            {"terminateReason": "UserTerminate"},
            status=202,
        )

    async def delete_job(self, job_id: str) -> None:
        path = path_of("jobs", job_id)
        await self._wire.send(f"delete job {job_id}", "DELETE", path, status=202)

    async def delete_pool(self, pool_id: str) -> None:
        path = path_of("pools", pool_id)
        await self._wire.send(f"delete pool {pool_id}", "DELETE", path, status=202)

    async def delete_task(self, job_id: str, task_id: str) -> None:
        path = path_of("jobs", job_id, "tasks", task_id)
        await self._wire.send(f"delete task {task_id} of job {job_id}", "DELETE", path)


def _holder(file: RemoteFile) -> tuple[str, ...]:
    if isinstance(file, TaskFile):
        return ("jobs", file.job_id, "tasks", file.task_id)
    return ("pools", file.pool_id, "nodes", file.node_id)


def _path(file: RemoteFile) -> str:
    return path_of(*_holder(file), "files", file.path)


def _words(file: RemoteFile) -> str:
    if isinstance(file, TaskFile):
        return f"{file.path} of task {file.task_id} of job {file.job_id}"
    return f"{file.path} of node {file.node_id} of pool {file.pool_id}"
