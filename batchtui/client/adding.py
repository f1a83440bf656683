"""Adds any number of tasks to a job, a hundred to a request.

The SDK's `create_tasks` does this too, but last task first, and it retries a service that stays
away for ever.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
from azure.batch.aio import BatchClient
from azure.core.rest import HttpRequest

from batchtui.client.refusal import Refusal as Reason
from batchtui.client.refusal import refusal_of
from batchtui.client.service import Service
from batchtui.client.wire import address, body, decode, path_of
from batchtui.core.copies import Refusal, Refused
from batchtui.core.gateway import Counted, GatewayError
from batchtui.core.models import Wire
from batchtui.core.things import Document
from batchtui.core.traffic import Traffic

CHUNK = 100
"""The most tasks that the service takes in one request."""

IN_FLIGHT = 4
"""Requests at a time; enough to hide a 50 ms way to the service, few enough to keep the order."""

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between the attempts of one request, unless the service asks for more."""

LONGEST_PAUSE = 60.0
"""Seconds; where the service asks for more, whoever adds the tasks is told."""


class Addable(Protocol):
    """A task to be: a `TaskSpec`, or one as the service spells it."""

    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Spelled:
    """A task that is sent word for word."""

    document: Document

    @property
    def id(self) -> str:
        return str(self.document["id"])


class AddedTask(Wire, frozen=True):
    """What the service says of one task. The results come in no particular order."""

    status: str
    task_id: str
    error: dict[str, Any] | None = None
    """As the service has it in the answer to a single task."""


class AddedTasks(Wire, frozen=True):
    value: tuple[AddedTask, ...]


@dataclass(slots=True)
class Adding:
    """One call of `add_tasks`: the requests in flight share what is left and the chunk's size."""

    client: BatchClient
    service: Service
    traffic: Traffic
    job_id: str
    added: Counted
    refused: Refused | None = None
    """Told of each task that is refused; without it, the first such one ends it all."""
    chunk: int = CHUNK
    once: bool = False
    """Whether no request is repeated, because whoever asks does that."""
    again: bool = False
    """Whether an earlier call may have added some of the tasks: one that exists counts as added."""

    async def add(self, tasks: Sequence[Addable]) -> None:
        """Add them all, or raise a `GatewayError` for the first refused of the failing request."""
        rest = _Rest(tasks)
        try:
            async with asyncio.TaskGroup() as requests:
                for _ in range(min(IN_FLIGHT, -(-len(tasks) // CHUNK))):
                    requests.create_task(self._send_rest(rest))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures

    async def _send_rest(self, rest: "_Rest") -> None:
        while some := rest.take(self.chunk):
            await self._send(some)

    async def _send(self, tasks: Sequence[Addable]) -> None:
        """Add `tasks`, in halves where they are too large for one request."""
        try:
            await self._send_whole(tasks)
        except GatewayError as error:
            if error.code != "RequestBodyTooLarge" or len(tasks) == 1:
                raise
            half = len(tasks) // 2
            self.chunk = min(self.chunk, max(1, half))
            await self._send(tasks[:half])
            await self._send(tasks[half:])

    async def _send_whole(self, tasks: Sequence[Addable]) -> None:
        """Add `tasks` in one request, again and again while the service cannot serve it."""
        again = self.again
        pauses = () if self.once else PAUSES
        for pause in pauses:
            try:
                tasks = self._settle(tasks, await self._post(tasks), again=again)
            except GatewayError as error:
                if not error.transient or error.retry_after > LONGEST_PAUSE:
                    raise
            if not tasks:
                return
            again = True
            await asyncio.sleep(max(pause, min(self.traffic.throttled, LONGEST_PAUSE)))
        tasks = self._settle(tasks, await self._post(tasks), again=again)
        if tasks:
            times = f", {len(pauses) + 1} times" if pauses else ""
            raise GatewayError(
                f"Could not add task {tasks[0].id} to job {self.job_id}: the service failed to"
                f"{times}",
                status=500,
            )

    async def _post(self, tasks: Sequence[Addable]) -> tuple[AddedTask, ...]:
        with self.service.trying(self._what(tasks)):
            request = HttpRequest(
                "POST",
                address(path_of("jobs", self.job_id, "addtaskcollection")),
                headers={
                    "Accept": "application/json",
                    "Content-Type": "application/json; odata=minimalmetadata",
                },
                content=msgspec.json.encode({"value": [_body(task) for task in tasks]}),
            )
            # One attempt: the SDK would repeat a 503, but neither a 429 nor a lost connection.
            return decode(await body(self.client, request, retry_total=0), AddedTasks).value

    def _settle(
        self, tasks: Sequence[Addable], results: Sequence[AddedTask], *, again: bool
    ) -> Sequence[Addable]:
        """Count what was added and return what is to be sent again.

        Once a request was repeated, a task that exists is one that its first attempt added.
        """
        by_id: dict[str, list[AddedTask]] = {}
        for result in results:
            by_id.setdefault(result.task_id, []).append(result)
        refused: list[tuple[Addable, Reason]] = []
        left: list[Addable] = []
        for task in tasks:
            found = by_id.get(task.id)
            answer = found.pop() if found else None
            if answer is None or answer.status.lower() == "servererror":
                left.append(task)
            elif answer.error:
                reason = refusal_of(answer.error)
                if not (again and reason.code == "TaskExists"):
                    refused.append((task, reason))
        self.added(len(tasks) - len(left) - len(refused))
        for task, reason in refused:
            sentence = f"Could not add task {task.id} to job {self.job_id}: {reason.sentence}"
            if self.refused is None:
                status = 409 if reason.code == "TaskExists" else 400
                raise GatewayError(sentence, status=status, code=reason.code)
            self.refused(Refusal(task.id, sentence, reason.code))
        return left

    def _what(self, tasks: Sequence[Addable]) -> str:
        if len(tasks) == 1:
            return f"add task {tasks[0].id} to job {self.job_id}"
        return f"add tasks {tasks[0].id} to {tasks[-1].id} to job {self.job_id}"


def _body(task: Addable) -> object:
    return task.document if isinstance(task, Spelled) else task


class _Rest:
    """The tasks that no request has taken yet, in order."""

    def __init__(self, tasks: Sequence[Addable]) -> None:
        self._tasks = tasks
        self._next = 0

    def take(self, count: int) -> Sequence[Addable]:
        some = self._tasks[self._next : self._next + count]
        self._next += len(some)
        return some
