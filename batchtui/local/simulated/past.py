"""What a job's tasks have done before a scene begins, as rows of the table of tasks."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from batchtui.local.agent.launch import Failure
from batchtui.local.simulated.behaviour import Act, Behaviour
from batchtui.local.simulated.dice import Dice
from batchtui.local.simulated.places import Places
from batchtui.local.simulated.world_file import NUMBER
from batchtui.local.simulated.world_parts import JobPart
from batchtui.local.wire.body import convert
from batchtui.local.wire.task_bodies import CreateTask
from batchtui.local.world.job import Job
from batchtui.local.world.task import NAMES, Task, failure_info

Row = tuple[Any, ...]

SECOND = 1_000_000
_LONGEST_HANG = 7200
_AT = {name: NAMES.index(name) for name in NAMES}


class Past:
    """One job's tasks up to now: first those that are over, then those that run, then the rest."""

    def __init__(
        self, part: JobPart, job: Job, behaviour: Behaviour, seed: int, first_seq: int
    ) -> None:
        self._part = part
        self._job = job
        self._behaviour = behaviour
        self._dice = Dice(seed)
        self._first = first_seq
        self._width = len(str(part.tasks))
        self._id = part.task_id
        self._row = list(_waiting(part, job).row())
        self._spec: bytes = self._row[_AT["spec"]]
        self._failures: dict[Failure, bytes] = {}
        self.over = part.tasks if job.state == "completed" else round(part.done * part.tasks)
        """How many of the tasks are over, those that hang included."""
        self.begun_count = 0
        """How many `begun` has told of."""

    def begun(self, nodes: Sequence[str], places: Places, running: int, now: int) -> Iterator[Row]:
        """The rows of the tasks that are over or run, in their order; the rest waits.

        The tasks that are over ran on `nodes`; as far as `places` go so many are running.
        """
        over = self.over
        until = self._job.ended or now
        for number in range(1, self._part.tasks + 1):
            act = self._behaviour.task(
                self._job.key, self._name(number).lower(), self._part.retries
            )
            if number > over or act.seconds == math.inf:
                place = places.take(self._part.slots) if running > 0 else None
                if place is not None:
                    running -= 1
                    self.begun_count = number
                    yield self._running(number, act, now, place)
                    continue
                if number > over:
                    return
            ended = self._job.created + (until - self._job.created) * number // over
            node = nodes[number % len(nodes)] if nodes else None
            self.begun_count = number
            yield self._ended(number, act, ended, node)

    def waiting(self) -> tuple[str, list[Any]]:
        """SQL that adds those that wait, and its parameters after the first and the last number."""
        digits = f"printf('%0{self._width}d', n)"
        values = {
            "seq": "? + n",
            "id": f"replace(?, '{NUMBER}', {digits})",
            "key": f"lower(replace(?, '{NUMBER}', {digits}))",
            "spec": f"CAST(replace(?, '{NUMBER}', {digits}) AS BLOB)",
        }
        row = self._row.copy()
        row[_AT["seq"]], row[_AT["id"]], row[_AT["key"]] = self._first - 1, self._id, self._id
        row[_AT["spec"]] = self._spec.decode()
        sql = (
            f"INSERT INTO tasks ({', '.join(NAMES)}) WITH RECURSIVE numbers(n) AS"
            " (SELECT ? UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)"
            f" SELECT {', '.join(values.get(name, '?') for name in NAMES)} FROM numbers"
        )
        return sql, row

    def _name(self, number: int) -> str:
        return self._id.replace(NUMBER, f"{number:0{self._width}}")

    def _ended(self, number: int, act: Act, ended: int, node: str | None) -> Row:
        # One that hangs and found no place has been ended by somebody.
        seconds = min(act.seconds, _LONGEST_HANG)
        started = max(ended - round(seconds * SECOND), self._job.created)
        failed = act.failure is not None
        return self._filled(
            number,
            state="completed",
            changed=ended,
            previous="running",
            previous_at=started,
            started=started,
            ended=ended,
            node=node,
            exit_code=act.exit_code,
            result="failure" if failed else "success",
            satisfied=int(not failed),
            failure=self._failure(act.failure) if act.failure else None,
            retries=self._part.retries if failed and act.exit_code else 0,
            retried=started if failed and act.exit_code and self._part.retries else None,
        )

    def _running(self, number: int, act: Act, now: int, node: str) -> Row:
        share, _, _, _ = self._dice.draw(self._job.key, str(number), "so far")
        since = round(min(act.seconds, _LONGEST_HANG) * share * SECOND)
        started = max(now - since, self._job.created)
        return self._filled(
            number,
            state="running",
            changed=started,
            previous="active",
            previous_at=self._job.created,
            started=started,
            node=node,
            placed=1,
            retries=self._part.retries if act.failure and act.exit_code else 0,
        )

    def _filled(self, number: int, **columns: Any) -> Row:
        row = self._row.copy()
        name = self._name(number)
        row[_AT["seq"]] = self._first + number - 1
        row[_AT["id"]], row[_AT["key"]] = name, name.lower()
        row[_AT["spec"]] = self._spec.replace(NUMBER.encode(), _digits(number, self._width))
        if columns["node"]:
            row[_AT["pool"]] = self._part.pool
        for column, value in columns.items():
            row[_AT[column]] = value
        return tuple(row)

    def _failure(self, failure: Failure) -> bytes:
        if failure not in self._failures:
            self._failures[failure] = msgspec.json.encode(failure_info(failure))
        return self._failures[failure]


def _digits(number: int, width: int) -> bytes:
    """The number as it stands in a task's id and command line."""
    return b"%0*d" % (width, number)


def _waiting(part: JobPart, job: Job) -> Task:
    """A task that waits, with the placeholder for its number where its number will be."""
    # The placeholder is nothing that an id may hold, so it is put in after the id was checked.
    body = {"id": "number", "commandLine": part.command, "requiredSlots": part.slots}
    spec = convert(body, CreateTask).wire() | {"id": part.task_id}
    spec["constraints"].setdefault("maxTaskRetryCount", part.retries)
    return Task(
        seq=0,
        job=job.key,
        key=part.task_id,
        id=part.task_id,
        spec=spec,
        number=None,
        slots=part.slots,
        blocked=0,
        satisfied=False,
        state="active",
        changed=job.created,
        previous=None,
        previous_at=None,
        created=job.created,
        modified=job.created,
    )
