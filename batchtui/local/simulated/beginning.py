"""Lays a scene out: the database of an account that is in the middle of its work."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from batchtui.local.nodes import demolish
from batchtui.local.simulated.behaviour import Behaviour
from batchtui.local.simulated.cast import SECOND, USABLE, nodes_of, pool_of, stuck_of
from batchtui.local.simulated.dice import Dice
from batchtui.local.simulated.past import Past
from batchtui.local.simulated.places import Places
from batchtui.local.simulated.world_parts import JobPart, PoolPart, WorldFile
from batchtui.local.store import Store, StoreError
from batchtui.local.wire.body import convert
from batchtui.local.wire.job_bodies import CreateJob
from batchtui.local.world.job import Job
from batchtui.local.world.node import Node
from batchtui.local.world.task import NAMES

_INSERT = f"INSERT INTO tasks ({', '.join(NAMES)}) VALUES ({', '.join('?' * len(NAMES))})"
_WHEN_POOLS_WERE_MADE = 24 * 3600
"""Seconds before the beginning."""


class Beginning:
    """Writes the database that `Rules.carry_on` takes up."""

    def __init__(self, world: WorldFile, behaviour: Behaviour, now: int) -> None:
        self._world = world
        self._behaviour = behaviour
        self._now = now
        self._seq = 1
        self.stuck: set[str] = set()
        """Ids of the nodes that never come up."""

    def write(self, file: Path) -> None:
        """Make the database anew. Raises StoreError when it cannot be written."""
        try:
            for old in (file, *file.parent.glob(f"{file.name}-*")):
                old.unlink(missing_ok=True)
            demolish(file.parent / "nodes")  # What a play before this one let be seen.
            Store(file, soon=lambda commit: None).close()
            self._fill(file)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"The world cannot be laid out in {file.parent}: {error}. Check the room on its "
                "disk, or choose another directory."
            ) from error

    def _fill(self, file: Path) -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as db:
            # What a crash would leave behind is made anew at the next start anyway.
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")
            db.execute("BEGIN")
            indexes = _drop_indexes(db)
            for pool in self._world.pools:
                self._write_pool(db, pool)
            for sql in indexes:
                db.execute(sql)
            db.execute("COMMIT")

    def _write_pool(self, db: sqlite3.Connection, part: PoolPart) -> None:
        pool = pool_of(part, self._now - _WHEN_POOLS_WERE_MADE * SECOND)
        nodes = nodes_of(part, pool, self._now, self._world.seed)
        self.stuck.update(stuck_of(part, nodes))
        ready = [node.id for node in nodes if node.state == USABLE]
        places = Places(ready, part.slots)
        jobs = [job for job in self._world.jobs if job.pool.lower() == part.id.lower()]
        # Those that wait for a place longest get the first.
        jobs.sort(key=lambda job: (-job.priority, -job.age.total_seconds()))
        busy = sum(job.state == "active" for job in jobs)
        for job in jobs:
            share = places.capacity // (busy * job.slots) if job.state == "active" else 0
            self._write_job(db, job, ready, places, share)
        for node in nodes:
            if places.used(node.id, part.slots):
                node.state = "running"
            self._work(node, jobs, len(ready))
        _put(db, "pool", "", [(pool.key, pool)])
        _put(db, "node", pool.key, [(node.id, node) for node in nodes])

    def _write_job(
        self, db: sqlite3.Connection, part: JobPart, nodes: list[str], places: Places, share: int
    ) -> None:
        job = self._job(part)
        _put(db, "job", "", [(job.key, job)])
        past = Past(part, job, self._behaviour, self._world.seed, self._seq)
        running = share if part.parallel < 0 else min(share, part.parallel)
        db.executemany(_INSERT, past.begun(nodes, places, running, self._now))
        if past.begun_count < part.tasks:
            sql, parameters = past.waiting()
            db.execute(sql, (past.begun_count + 1, part.tasks, *parameters))
        self._seq += part.tasks

    def _job(self, part: JobPart) -> Job:
        created = self._now - round(part.age.total_seconds() * SECOND)
        body = {
            "id": part.id,
            "poolInfo": {"poolId": part.pool},
            "priority": part.priority,
            "maxParallelTasks": part.parallel,
            "constraints": {"maxTaskRetryCount": part.retries},
        }
        job = Job(
            id=part.id,
            spec=convert(body, CreateJob).wire(),
            created=created,
            modified=created,
            changed=created,
            started=created,
        )
        if part.state == "completed":
            share, _, _, _ = Dice(self._world.seed).draw(part.id, "ended")
            job.ended = created + round((0.3 + 0.6 * share) * (self._now - created))
            job.reason = "AllTasksComplete"
            job.move("completed", job.ended)
        elif part.state == "disabled":
            job.move("disabled", created + (self._now - created) // 2)
        return job

    def _work(self, node: Node, jobs: list[JobPart], ready: int) -> None:
        """Count what a node has run before now: an equal part of what is over."""
        if node.state in (USABLE, "running") and ready:
            over = sum(job.tasks * (1 if job.state == "completed" else job.done) for job in jobs)
            node.total_run = round(over / ready)
            failing = sum(kind.share for job in jobs for kind in job.failures) / max(len(jobs), 1)
            node.total_succeeded = round(node.total_run * (1 - failing))


def _drop_indexes(db: sqlite3.Connection) -> list[str]:
    """Drop the indexes of tasks, which are made faster at the end; the SQL that makes them."""
    found = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'tasks'"
        " AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in found:
        db.execute(f"DROP INDEX {name}")
    return [sql for _, sql in found]


def _put(
    db: sqlite3.Connection, kind: str, parent: str, things: list[tuple[str, msgspec.Struct]]
) -> None:
    db.executemany(
        "INSERT INTO entities VALUES (?, ?, ?, ?)",
        [(kind, parent, key, msgspec.json.encode(thing)) for key, thing in things],
    )
