"""Tasks of the account in memory, read and added word for word."""

from collections.abc import Callable, Sequence

import msgspec

from batchtui.core.copies import Documents, Refusal, Refused
from batchtui.core.specs import TaskSpec
from batchtui.core.things import Document
from tests.fakes import views
from tests.fakes.held import Held
from tests.fakes.world import FakeTask, Outcome


class FakeCopies(Held):
    """`batchtui.core.copies.Copies` over the fake's world."""

    copied_at_once = 2
    """Tasks of a page."""
    unwanted: frozenset[str] = frozenset()
    """Ids of tasks that are refused when they are copied."""

    async def task_documents(self, job_id: str, *, rest: str = "") -> Documents:
        await self._calls.note("task_documents", job_id, rest)
        begin = int(rest or 0)
        end = begin + self.copied_at_once
        tasks = [task for _, task in sorted(self._job(job_id).tasks.items())]
        found = tuple(
            msgspec.to_builtins(views.task(task)) | msgspec.to_builtins(task.spec)
            for task in tasks[begin:end]
        )
        return Documents(found, str(end) if end < len(tasks) else "")

    async def add_documents(
        self,
        job_id: str,
        tasks: Sequence[Document],
        *,
        added: Callable[[int], None],
        refused: Refused,
    ) -> None:
        await self._calls.note("add_documents", job_id, *(task["id"] for task in tasks))
        job, now = self._job(job_id), self.world.now
        for document in tasks:
            task = msgspec.convert(document, TaskSpec)
            if task.id in job.tasks:
                refused(Refusal(task.id, f"{task.id} exists already", "TaskExists"))
            elif task.id in self.unwanted:
                refused(Refusal(task.id, f"{task.id} is not wanted", "InvalidPropertyValue"))
            else:
                job.tasks[task.id] = FakeTask(task, Outcome(), now, now)
                added(1)
