"""Which tasks wait for which others."""

from batchtui.local.store import Store
from batchtui.local.world.task import Json, Task


class Dependencies:
    """Keeps the number of unsatisfied dependencies of each task, `blocked`, up to date.

    A range counts every number in it, whether a task of that id exists yet or not.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def unsatisfied(self, job: str, depends_on: Json) -> int:
        """How many dependencies of a new task are not satisfied yet."""
        names = {str(name).lower() for name in depends_on.get("taskIds", ())}
        waiting = len(names) - sum(self._satisfied(job, name) for name in names)
        for span in depends_on.get("taskIdRanges", ()):
            ((satisfied,),) = self._store.read(
                "SELECT count(*) FROM tasks WHERE job = ? AND number BETWEEN ? AND ?"
                " AND satisfied = 1 AND number IS NOT NULL",
                (job, span["start"], span["end"]),
            )
            waiting += span["end"] - span["start"] + 1 - int(satisfied)
        return waiting

    def remember(self, task: Task, depends_on: Json) -> None:
        """Let a stored task be found when those that it waits for are done."""
        names = {str(name).lower() for name in depends_on.get("taskIds", ())}
        self._store.write_many(
            "INSERT INTO needs VALUES (?, ?, ?)", [(task.job, name, task.seq) for name in names]
        )
        self._store.write_many(
            "INSERT OR IGNORE INTO spans VALUES (?, ?, ?, ?)",
            [
                (task.job, span["start"], span["end"], task.seq)
                for span in depends_on.get("taskIdRanges", ())
            ],
        )

    def satisfy(self, task: Task) -> bool:
        """A task is done: those who waited for it wait for one less. Says if there are any."""
        if task.satisfied:
            return False
        task.satisfied = True
        changed = self._store.write(
            "UPDATE tasks SET blocked = blocked - 1 WHERE seq IN"
            " (SELECT seq FROM needs WHERE job = ? AND needed = ?)",
            (task.job, task.key),
        )
        if task.number is not None:
            changed += self._store.write(
                "UPDATE tasks SET blocked = blocked - 1 WHERE seq IN"
                " (SELECT seq FROM spans WHERE job = ? AND first <= ? AND last >= ?)",
                (task.job, task.number, task.number),
            )
        return changed > 0

    def _satisfied(self, job: str, name: str) -> bool:
        rows = self._store.read(
            "SELECT satisfied FROM tasks WHERE job = ? AND key = ?", (job, name)
        )
        return bool(rows and rows[0][0])


def number_of(task_id: str) -> int | None:
    """The number that a task's id is in a range of ids; None if it is none."""
    is_number = task_id.isascii() and task_id.isdigit() and len(task_id) <= 10
    return int(task_id) if is_number and str(int(task_id)) == task_id else None
