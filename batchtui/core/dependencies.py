"""Which tasks a task waits for, and which wait for it."""

from collections.abc import Iterable

from batchtui.core.wire import Wire


class IdRange(Wire, frozen=True):
    """Tasks whose ids are the numbers from `start` to `end`, both included."""

    start: int
    end: int


class Dependencies(Wire, frozen=True):
    task_ids: tuple[str, ...] = ()
    task_id_ranges: tuple[IdRange, ...] = ()

    def includes(self, task_id: str) -> bool:
        """Whether it waits for that task. The service tells no upper from lower case in ids."""
        if task_id.lower() in (each.lower() for each in self.task_ids):
            return True
        if not (task_id.isascii() and task_id.isdecimal()):
            return False
        return any(each.start <= int(task_id) <= each.end for each in self.task_id_ranges)


class Links(Wire, frozen=True):
    """A task with what it waits for; nothing where `depends_on` is None."""

    id: str
    depends_on: Dependencies | None = None


def waiting_for(task_id: str, tasks: Iterable[Links]) -> tuple[str, ...]:
    """The ids of those tasks that wait for this one."""
    return tuple(
        task.id
        for task in tasks
        if task.depends_on is not None and task.depends_on.includes(task_id)
    )
