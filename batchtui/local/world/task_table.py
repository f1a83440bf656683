"""The table of all tasks: they stay on disk, however many there are."""

import asyncio
from collections.abc import Iterable
from typing import Any

from batchtui.local.store import Store
from batchtui.local.wire.listing import Listing
from batchtui.local.wire.matching import to_sql
from batchtui.local.wire.times import stamp
from batchtui.local.world.job import SUMMED
from batchtui.local.world.task import COLUMNS, NAMES, Json, Task

_ALL = ", ".join(NAMES)
_INSERT = f"INSERT OR IGNORE INTO tasks ({_ALL}) VALUES ({', '.join('?' * len(NAMES))})"
# What never changes is left out: SQLite writes anew every index over a column that is named.
_FIXED = frozenset(("seq", "job", "key", "id", "number", "created"))
_KEPT = tuple(n for n, name in enumerate(NAMES) if name not in _FIXED)
_REPLACE = f"UPDATE tasks SET {', '.join(f'{NAMES[n]} = ?' for n in _KEPT)} WHERE seq = ?"
_DELETED_AT_ONCE = 500
_COUNTED_AT_ONCE = 100_000
_PATIENCE = 0.01
"""Seconds that a filter may take before it is applied in slices."""
_SLICE = 5_000
_END = "\U0010ffff"
"""Above every key."""

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
        return self._store.write(_INSERT, task.row()) == 1 or self._store.failure is not None

    def save(self, task: Task) -> None:
        row = task.row()
        self._store.write(_REPLACE, (*(row[n] for n in _KEPT), task.seq))

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

    async def page(self, job: str, listing: Listing) -> tuple[list[Task], str]:
        """A page by key, and the key of its last task if there are more."""
        rows = await self._rows(_ALL, job, listing)
        tasks = [Task.of(row) for row in rows[: listing.limit]]
        return tasks, tasks[-1].key if len(rows) > listing.limit else ""

    async def brief_page(self, job: str, listing: Listing) -> tuple[list[Json], str]:
        """As `page`, for a `$select` of members that are columns: no JSON is decoded."""
        rows = await self._rows("key, id, state, changed", job, listing)
        shown = rows[: listing.limit]
        chosen = listing.chosen
        things = [
            {"id": id_, "state": state, "stateTransitionTime": stamp(changed)}
            for _, id_, state, changed in shown
        ]
        if len(chosen) < len(_CHEAP):
            things = [{name: thing[name] for name in thing if name in chosen} for thing in things]
        return things, shown[-1][0] if len(rows) > listing.limit else ""

    async def _rows(self, columns: str, job: str, listing: Listing) -> list[tuple[Any, ...]]:
        """The rows of a page, and one more if there are more.

        What no index finds quickly is looked for in slices, so that others have their turn.
        """
        sql, limit = f"SELECT {columns} FROM tasks", listing.limit + 1
        if listing.filter is None:
            return self._store.read(
                f"{sql} WHERE job = ? AND key > ? ORDER BY key LIMIT ?", (job, listing.after, limit)
            )
        condition, values = to_sql(listing.filter, COLUMNS)
        # On the first page the filter alone says where the keys begin.
        after, place = (" AND key > ?", (listing.after,)) if listing.after else ("", ())
        rows = self._store.read_within(
            _PATIENCE,
            f"{sql} WHERE job = ? AND {condition}{after} ORDER BY key LIMIT ?",
            (job, *values, *place, limit),
        )
        if rows is not None:
            return rows
        found: list[tuple[Any, ...]] = []
        first = listing.after
        while first < _END and len(found) < limit:
            await asyncio.sleep(0)
            last = self._slice_end(job, first)
            found += self._store.read(
                f"{sql} INDEXED BY tasks_by_key WHERE job = ? AND key > ? AND key <= ?"
                f" AND {condition} ORDER BY key LIMIT ?",
                (job, first, last, *values, limit - len(found)),
            )
            first = last
        return found

    def _slice_end(self, job: str, first: str) -> str:
        """The key of the task so many after a key."""
        rows = self._store.read(
            "SELECT key FROM tasks WHERE job = ? AND key > ? ORDER BY key LIMIT 1 OFFSET ?",
            (job, first, _SLICE - 1),
        )
        return str(rows[0][0]) if rows else _END

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
