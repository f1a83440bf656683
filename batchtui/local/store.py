"""What survives a crash: one SQLite file in the data directory.

Everything happens on the event loop's thread: a statement takes microseconds, and a thread of its
own would cost each request two hand-overs and the simple order of things.

The account changes its memory first and the file second, so a write that fails (a full disk) would
leave it telling of what is nowhere kept. The first one that fails is therefore the last: from then
on nothing is answered, and the account ends. Its next start takes up what the file holds.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec

from batchtui.core.private_files import private_folder

Json = dict[str, Any]
Parameters = Iterable[Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entities (
    kind TEXT NOT NULL, parent TEXT NOT NULL, key TEXT NOT NULL, doc BLOB NOT NULL,
    PRIMARY KEY (kind, parent, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tasks (
    seq INTEGER PRIMARY KEY, job TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL,
    spec BLOB NOT NULL, number INTEGER, slots INTEGER NOT NULL, blocked INTEGER NOT NULL,
    satisfied INTEGER NOT NULL, state TEXT NOT NULL, changed INTEGER NOT NULL,
    previous TEXT, previous_at INTEGER, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    pool TEXT, node TEXT, exit_code INTEGER, result TEXT, started INTEGER, ended INTEGER,
    failure BLOB, retries INTEGER NOT NULL, retried INTEGER, requeues INTEGER NOT NULL,
    requeued INTEGER, placed INTEGER NOT NULL, wall INTEGER NOT NULL DEFAULT 0,
    user_cpu INTEGER NOT NULL DEFAULT 0, kernel_cpu INTEGER NOT NULL DEFAULT 0,
    reads INTEGER NOT NULL DEFAULT 0, writes INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS tasks_by_key ON tasks (job, key);
CREATE INDEX IF NOT EXISTS tasks_by_state ON tasks (job, state, key);
CREATE INDEX IF NOT EXISTS tasks_by_change ON tasks (job, changed);
CREATE INDEX IF NOT EXISTS tasks_ready ON tasks (job, seq)
    WHERE state = 'active' AND blocked = 0 AND placed = 0;
CREATE INDEX IF NOT EXISTS tasks_by_number ON tasks (job, number) WHERE number IS NOT NULL;
CREATE TABLE IF NOT EXISTS needs (
    job TEXT NOT NULL, needed TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (job, needed, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS retained (
    seq INTEGER PRIMARY KEY, due INTEGER NOT NULL, node TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS retained_by_due ON retained (due);
CREATE TABLE IF NOT EXISTS spans (
    job TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (job, first, last, seq)
) WITHOUT ROWID;
"""

_STEPS = 5_000
"""Of SQLite's virtual machine between two looks at the time: a fraction of a millisecond."""

# Columns that the table of tasks did not always have.
_LATER = ("wall", "user_cpu", "kernel_cpu", "reads", "writes")


class StoreError(Exception):
    """The data directory cannot be used: a sentence for the person who named it."""


class Store:
    """Reads at once; collects writes in a transaction until `commit`.

    `soon` is the event loop's `call_soon`: what no request commits is committed within the turn,
    and an answer is sent only after what it tells of is on disk. A write that fails is said by
    `commit`, which everything that is answered waits for, and once to `failed`; writes after it
    do nothing.
    """

    def __init__(
        self,
        path: Path,
        soon: Callable[[Callable[[], None]], object],
        failed: Callable[[StoreError], None] | None = None,
    ) -> None:
        self._path = path
        self._soon = soon
        self._failed = failed
        self.failure: StoreError | None = None
        try:
            private_folder(path.parent)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=0.5)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"Cannot keep the account in {path.parent}: {error}.") from error
        try:
            # The lock is held until the end: no second account ever writes beside this one.
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")
            self._add_columns()
        except sqlite3.Error as error:
            self._db.close()
            busy = "locked" in str(error)
            why = "another local account is using it" if busy else str(error)
            raise StoreError(f"Cannot keep the account in {path.parent}: {why}.") from error

    def read(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Raises `StoreError`; in the middle of a change that fails the store for good."""
        try:
            return self._db.execute(sql, tuple(parameters)).fetchall()
        except sqlite3.Error as error:
            if _code(error) == sqlite3.SQLITE_INTERRUPT:
                raise
            if self._db.in_transaction:
                raise self.fail(error) from error
            raise StoreError(f"The account's state could not be read: {error}.") from error

    def read_within(
        self, seconds: float, sql: str, parameters: Parameters = ()
    ) -> list[tuple[Any, ...]] | None:
        """As `read`, but None when it takes longer: nothing else runs meanwhile."""
        end = perf_counter() + seconds
        self._db.set_progress_handler(lambda: perf_counter() > end, _STEPS)
        try:
            return self.read(sql, parameters)
        except sqlite3.OperationalError:  # interrupted
            return None
        finally:
            self._db.set_progress_handler(None, 0)

    def write(self, sql: str, parameters: Parameters = ()) -> int:
        """Change something; says how many rows. 0 when it fails, which `commit` tells."""
        if self.failure:
            return 0
        try:
            self._begin()
            return self._db.execute(sql, tuple(parameters)).rowcount
        except sqlite3.Error as error:
            self.fail(error)
            return 0

    def write_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        if self.failure:
            return
        try:
            self._begin()
            self._db.executemany(sql, rows)
        except sqlite3.Error as error:
            self.fail(error)

    def commit(self) -> None:
        """Keep what was written. Raises `StoreError` when that or any write before it failed."""
        if self.failure:
            raise self.failure
        try:
            if self._db.in_transaction:
                self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self.fail(error) from error

    def fail(self, error: Exception) -> StoreError:
        """Give up writing: the file stays as it was at the last commit."""
        if self.failure is None:
            why = "the disk is full" if _code(error) == sqlite3.SQLITE_FULL else str(error)
            self.failure = StoreError(
                f"The local account stopped because its state could not be written to "
                f"{self._path}: {why}. What it has answered is kept: make room on that disk, or "
                "see what is wrong with it, and start the account again."
            )
            with contextlib.suppress(sqlite3.Error):  # SQLite may have rolled back already
                self._db.execute("ROLLBACK")
            if self._failed:
                self._failed(self.failure)
        return self.failure

    def close(self) -> None:
        """Raises `StoreError` when the last writes cannot be kept."""
        try:
            if not self.failure:
                self.commit()
        finally:
            self._db.close()

    def put(self, kind: str, parent: str, key: str, thing: object) -> None:
        """Keep a pool, node or job as a document."""
        self.write(
            "INSERT OR REPLACE INTO entities VALUES (?, ?, ?, ?)",
            (kind, parent, key, msgspec.json.encode(thing)),
        )

    def drop(self, kind: str, parent: str, key: str) -> None:
        self.write(
            "DELETE FROM entities WHERE kind = ? AND parent = ? AND key = ?", (kind, parent, key)
        )

    def documents(self, kind: str) -> Iterator[bytes]:
        """All documents of a kind, by parent and key."""
        for (doc,) in self.read(
            "SELECT doc FROM entities WHERE kind = ? ORDER BY parent, key", (kind,)
        ):
            yield doc

    def _add_columns(self) -> None:
        """Bring the file of an earlier version up to date."""
        there = {row[1] for row in self._db.execute("PRAGMA table_info(tasks)")}
        for name in _LATER:
            if name not in there:
                self._db.execute(f"ALTER TABLE tasks ADD COLUMN {name} INTEGER NOT NULL DEFAULT 0")

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")
            self._soon(self._commit_unasked)

    def _commit_unasked(self) -> None:
        with contextlib.suppress(StoreError):  # who owns the account has been told
            self.commit()


def _code(error: Exception) -> int:
    """SQLite's primary result code; 0 for what the library itself did not raise."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
