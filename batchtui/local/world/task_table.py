"""The table of all tasks: they stay on disk, however many there are."""

from collections.abc import Iterable

from batchtui.local.store import Store
from batchtui.local.wire.listing import Listing
from batchtui.local.wire.matching import to_sql
from batchtui.local.wire.times import stamp
from batchtui.local.world.job import SUMMED
from batchtui.local.world.task import COLUMNS, NAMES, Json, Task

_ALL = ", ".join(NAMES)
_INSERT = f"INSERT OR IGNORE INTO tasks ({_ALL}) VALUES ({', '.join('?' * len(NAMES))})"
_REPLACE = f"UPDATE tasks SET {', '.join(f'{name} = ?' for name in NAMES[1:])} WHERE seq = ?"
_DELETED_AT_ONCE = 500
_COUNTED_AT_ONCE = 100_000

# Members that a listing can serve from columns alone: column and how to spell it.
_CHEAP = {"id": "id", "state": "state", "stateTransitionTime": "changed"}


class TaskTable:
    """Tasks by job and key. A job's key is its id in lower case, and so is a task's."""

    def __init__(self, store: Store) -> None:
        self._store = store
        ((last,),) = store.read("SELECT coalesce(max(seq), 0) FROM tasks")
        self._last: int = last

    def add(self, task: Task) -> bool:
        """Append a task; False if the job has one of that id. Sets `seq`."""
        self._last += 1
        task.seq = self._last
        return self._store.write(_INSERT, task.row()) == 1

    def save(self, task: Task) -> None:
        row = task.row()
        self._store.write(_REPLACE, (*row[1:], row[0]))

    def get(self, job: str, key: str) -> Task | None:
        rows = self._store.read(f"SELECT {_ALL} FROM tasks WHERE job = ? AND key = ?", (job, key))
        return Task.of(rows[0]) if rows else None

    def delete(self, task: Task) -> None:
        self._store.write("DELETE FROM tasks WHERE seq = ?", (task.seq,))
        self._store.write("DELETE FROM needs WHERE seq = ? AND job = ?", (task.seq, task.job))
        self._store.write("DELETE FROM spans WHERE seq = ? AND job = ?", (task.seq, task.job))

    def delete_some(self, job: str) -> int:
        """Delete a bounded number of a job's tasks; 0 when there are none left."""
        deleted = self._store.write(
            "DELETE FROM tasks WHERE seq IN (SELECT seq FROM tasks WHERE job = ? LIMIT ?)",
            (job, _DELETED_AT_ONCE),
        )
        if not deleted:
            self._store.write("DELETE FROM needs WHERE job = ?", (job,))
            self._store.write("DELETE FROM spans WHERE job = ?", (job,))
        return deleted

    def ready(self, job: str, slots: int, limit: int, after: int = 0) -> list[Task]:
        """The first tasks that could run now and need no more than so many slots.

        `after` is the `seq` of the last one that is known already.
        """
        rows = self._store.read(
            f"SELECT {_ALL} FROM tasks WHERE job = ? AND state = 'active' AND blocked = 0"
            " AND placed = 0 AND slots <= ? AND seq > ? ORDER BY seq LIMIT ?",
            (job, slots, after, limit),
        )
        return [Task.of(row) for row in rows]

    def count_ready(self, job: str) -> int:
        """How many tasks `ready` could give, counted up to a hundred thousand."""
        ((count,),) = self._store.read(
            "SELECT count(*) FROM (SELECT 1 FROM tasks INDEXED BY tasks_ready WHERE job = ?"
            " AND state = 'active' AND blocked = 0 AND placed = 0 LIMIT ?)",
            (job, _COUNTED_AT_ONCE),
        )
        return int(count)

    def page(self, job: str, listing: Listing) -> tuple[list[Task], str]:
        """A page by key, and the key of its last task if there are more."""
        where, parameters = _condition(job, listing)
        rows = self._store.read(
            f"SELECT {_ALL} FROM tasks WHERE {where} ORDER BY key LIMIT ?",
            (*parameters, listing.limit + 1),
        )
        tasks = [Task.of(row) for row in rows[: listing.limit]]
        return tasks, tasks[-1].key if len(rows) > listing.limit else ""

    def brief_page(self, job: str, listing: Listing) -> tuple[list[Json], str]:
        """As `page`, for a `$select` of members that are columns: no JSON is decoded."""
        where, parameters = _condition(job, listing)
        rows = self._store.read(
            f"SELECT key, id, state, changed FROM tasks WHERE {where} ORDER BY key LIMIT ?",
            (*parameters, listing.limit + 1),
        )
        shown = rows[: listing.limit]
        chosen = listing.chosen
        things = [
            {"id": id_, "state": state, "stateTransitionTime": stamp(changed)}
            for _, id_, state, changed in shown
        ]
        if len(chosen) < len(_CHEAP):
            things = [{name: thing[name] for name in thing if name in chosen} for thing in things]
        return things, shown[-1][0] if len(rows) > listing.limit else ""

    def counts(self) -> Iterable[tuple[str, str, str | None, int, int, list[int]]]:
        """Per job, state and result: tasks, slots, and what is `SUMMED`. Read at the start."""
        waited = "max(coalesce(started - created, 0), 0)"
        sums = ", ".join(f"sum({waited if name == 'waited' else name})" for name in SUMMED)
        rows = self._store.read(
            f"SELECT job, state, result, count(*), sum(slots), {sums} FROM tasks"
            " GROUP BY job, state, result"
        )
        return [(*row[:5], list(row[5:])) for row in rows]

    def interrupted(self) -> list[Task]:
        """Tasks that held slots when the account stopped."""
        rows = self._store.read(f"SELECT {_ALL} FROM tasks WHERE state = 'running' OR placed = 1")
        return [Task.of(row) for row in rows]


def is_brief(chosen: frozenset[str]) -> bool:
    """Whether `brief_page` can serve this `$select`."""
    return bool(chosen) and chosen <= _CHEAP.keys()


def _condition(job: str, listing: Listing) -> tuple[str, list[object]]:
    where, parameters = "job = ?", [job]
    if listing.after:
        where += " AND key > ?"
        parameters.append(listing.after)
    if listing.filter:
        condition, values = to_sql(listing.filter, COLUMNS)
        return f"{where} AND {condition}", [*parameters, *values]
    return where, [*parameters]
