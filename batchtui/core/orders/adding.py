"""Many new tasks, added request by request."""

from collections.abc import Sequence

import msgspec

from batchtui.core.bulk import Bulk
from batchtui.core.copies import Refusal
from batchtui.core.gateway import Batch, GatewayError
from batchtui.core.specs import TaskSpec
from batchtui.core.traffic import Traffic
from batchtui.core.wording import many

AT_ONCE = 100
"""The most tasks that the service takes in one request."""
EXISTS = "TaskExists"

Some = tuple[TaskSpec, ...]


class TaskAdding:
    """Adds tasks to a job, at most a hundred at a time.

    What is tried again is what was refused. Where no answer came, it is all of them, and those
    that are there already are taken for added: nobody knows how far that request went.
    """

    def __init__(self, batch: Batch, job_id: str) -> None:
        self._batch = batch
        self._job_id = job_id
        self._left: dict[str, Some] = {}
        self._unanswered: set[str] = set()

    def bulk(self, tasks: Sequence[TaskSpec], traffic: Traffic) -> Bulk[Some]:
        """The order to add all of these."""
        starts = range(0, len(tasks), AT_ONCE)
        requests = [tuple(tasks[start : start + AT_ONCE]) for start in starts]
        return Bulk(requests, _named, self._add, traffic)

    async def _add(self, tasks: Some) -> None:
        refused: list[Refusal] = []
        request = tasks[0].id
        again = request in self._unanswered
        self._unanswered.add(request)
        left = self._left.get(request, tasks)
        await self._batch.add_documents(
            self._job_id,
            [msgspec.to_builtins(task) for task in left],
            added=lambda _more: None,
            refused=refused.append,
        )
        self._unanswered.discard(request)
        wrong = {each.task_id: each for each in refused if not (again and each.code == EXISTS)}
        if wrong:
            self._left[request] = tuple(task for task in left if task.id in wrong)
            first = next(iter(wrong.values()))
            more = f"; refused as well: {many(len(wrong) - 1, 'task')}." if len(wrong) > 1 else ""
            raise GatewayError(f"{first.sentence}{more}", status=400, code=first.code)


def _named(tasks: Some) -> str:
    return tasks[0].id if len(tasks) == 1 else f"{tasks[0].id} to {tasks[-1].id}"
