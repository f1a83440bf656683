"""What the dependencies between the tasks of a job mean, as far as its tasks are known."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from batchtui.core.dependencies import Dependencies, IdRange
from batchtui.core.models import Task
from batchtui.core.states import TaskState


class KnownTasks:
    """What is known of the tasks of a job, to tell what the dependencies between them mean.

    `complete` says whether these are all tasks of the job.
    """

    def __init__(self, tasks: Iterable[Task] = (), *, complete: bool = True) -> None:
        self.complete = complete
        self._tasks = {task.id.casefold(): task for task in tasks}

    def __getitem__(self, task_id: str) -> Task | None:
        """The task of that id, which the service finds in upper and lower case."""
        return self._tasks.get(task_id.casefold())

    def blocker(self, task: Task) -> str:
        """The id of the task whose end keeps this one from ever running, or empty."""
        if task.depends_on is None:
            return ""
        return next(self._blockers(task.depends_on), "")

    def awaited(self, wanted: Dependencies) -> Iterator[str]:
        """What is not known to satisfy: ids, and ranges of them such as `tasks 1 to 9`."""
        for task_id in wanted.task_ids:
            task = self[task_id]
            if task is None or not task.satisfies:
                yield task_id
        for span in wanted.task_id_ranges:
            if not self._all_satisfy(span):
                yield f"tasks {span.start} to {span.end}"

    def absent(self, wanted: Dependencies) -> tuple[str, ...]:
        """The ids of tasks that the job does not have; none where not all are known."""
        return tuple(each for each in wanted.task_ids if self[each] is None and self.complete)

    @cached_property
    def _numbered(self) -> Sequence[tuple[int, Task]]:
        """Tasks whose ids are numbers, by number."""
        numbers = (
            (int(task.id), task)
            for task in self._tasks.values()
            if task.id.isascii() and task.id.isdecimal()
        )
        return sorted(numbers, key=lambda pair: pair[0])

    def _within(self, span: IdRange) -> Sequence[tuple[int, Task]]:
        first = bisect_left(self._numbered, span.start, key=lambda pair: pair[0])
        last = bisect_right(self._numbered, span.end, key=lambda pair: pair[0])
        return self._numbered[first:last]

    def _all_satisfy(self, span: IdRange) -> bool:
        within = self._within(span)
        numbers = {number for number, _ in within}
        return len(numbers) == span.end - span.start + 1 and all(t.satisfies for _, t in within)

    @cached_property
    def _lost(self) -> dict[str, str]:
        """Tasks that satisfy no dependency any more, each with the one whose end is the cause."""
        lost = {
            key: task.id
            for key, task in self._tasks.items()
            if task.state is TaskState.COMPLETED and not task.satisfies
        }
        waiting = {
            key: task.depends_on
            for key, task in self._tasks.items()
            if task.state is TaskState.ACTIVE and task.depends_on is not None
        }
        after: dict[str, list[str]] = {}
        for key, wanted in waiting.items():
            for task_id in wanted.task_ids:
                after.setdefault(task_id.casefold(), []).append(key)
        ranged = [key for key, wanted in waiting.items() if wanted.task_id_ranges]
        fresh = list(lost)
        while fresh:
            for key in fresh:
                for later in after.get(key, ()):
                    if later not in lost:
                        lost[later] = lost[key]
                        fresh.append(later)
            fresh = []
            numbers = sorted(int(key) for key in lost if key.isascii() and key.isdecimal())
            for later in ranged:
                if later in lost:
                    continue
                if (number := _first_in(numbers, waiting[later].task_id_ranges)) is not None:
                    lost[later] = self._cause(lost, number)
                    fresh.append(later)
        return lost

    def _cause(self, lost: Mapping[str, str], number: int) -> str:
        return lost.get(str(number)) or next(
            lost[task.id.casefold()]
            for _, task in self._within(IdRange(number, number))
            if task.id.casefold() in lost
        )

    def _blockers(self, wanted: Dependencies) -> Iterator[str]:
        for task_id in wanted.task_ids:
            if (cause := self._lost.get(task_id.casefold())) is not None:
                yield cause
        for span in wanted.task_id_ranges:
            for _, task in self._within(span):
                if (cause := self._lost.get(task.id.casefold())) is not None:
                    yield cause


def _first_in(numbers: Sequence[int], spans: Iterable[IdRange]) -> int | None:
    for span in spans:
        at = bisect_left(numbers, span.start)
        if at < len(numbers) and numbers[at] <= span.end:
            return numbers[at]
    return None
