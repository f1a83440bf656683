"""Reads world files: the scenes that a simulated account plays."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from batchtui.local.agent.failures import WORDS
from batchtui.local.faults.reader import checked_faults, lines_of
from batchtui.local.simulated.world_parts import Failures, JobPart, PoolPart, WorldFile
from batchtui.local.trouble import LocalAccountError

NUMBER = "{n}"

T = TypeVar("T")


class WorldError(Exception):
    """Two things that a world file says and that cannot both be: key path and sentence."""


def read_world(file: Path) -> WorldFile:
    """Read a world file but for its faults, which are only checked.

    Raises `LocalAccountError`, which names the key that is wrong.
    """
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise LocalAccountError(
            f"The world {file} cannot be read: {error.strerror}. Name a world file, such as "
            "data/worlds/busy.toml."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LocalAccountError(f"The world {file} is not valid TOML: {error}") from error
    _, mistakes = checked_faults({"faults": table.pop("faults", [])})
    if mistakes:
        raise LocalAccountError(lines_of(file, mistakes))
    try:
        return numbered(msgspec.convert(table, WorldFile))
    except msgspec.ValidationError as error:
        reason = _spoken(error)
    except WorldError as error:
        reason = str(error)
    raise LocalAccountError(f"The world {file} cannot be played: {reason}.")


def _spoken(error: msgspec.ValidationError) -> str:
    """msgspec's sentence, with the key's path in front: `pools[0].slots: expected ...`."""
    reason, _, place = str(error).partition(" - at ")
    key = re.sub(r"^`?\$\.?|`$", "", place)
    reason = f"{reason[:1].lower()}{reason[1:]}"
    return f"{key}: {reason}" if key else reason


def numbered(world: WorldFile) -> WorldFile:
    """The world with each pool and job by itself. Raises `WorldError`."""
    pools: dict[str, PoolPart] = {}
    for index, pool in enumerate(world.pools):
        key = f"pools[{index}]"
        for number in range(1, pool.count + 1):
            one = msgspec.structs.replace(pool, id=_named(pool.id, number, key), count=1)
            _add(pools, one.id, one, key)
        _check_nodes(pool, key)
    jobs: dict[str, JobPart] = {}
    for index, job in enumerate(world.jobs):
        key = f"jobs[{index}]"
        for number in range(1, job.count + 1):
            name, pool_id = (text.replace(NUMBER, str(number)) for text in (job.id, job.pool))
            _check_job(job, pools.get(pool_id.lower()), pool_id, key)
            one_job = msgspec.structs.replace(job, id=name, pool=pool_id, count=1)
            _add(jobs, _named(name, number, key), one_job, key)
    return msgspec.structs.replace(world, pools=tuple(pools.values()), jobs=tuple(jobs.values()))


def _named(name: str, number: int, key: str) -> str:
    named = name.replace(NUMBER, str(number))
    if "{" in named or "}" in named:
        raise WorldError(f"{key}.id: {NUMBER} is the only placeholder, and {name!r} has another")
    return named


def _add(things: dict[str, T], name: str, thing: T, key: str) -> None:
    if name.lower() in things:
        raise WorldError(f"{key}.id: there are two of the id {name}; put {NUMBER} in it")
    things[name.lower()] = thing


def _check_nodes(pool: PoolPart, key: str) -> None:
    states = pool.states
    named = sum(getattr(states, name) for name in states.__struct_fields__)
    if named > pool.dedicated + pool.spot:
        raise WorldError(f"{key}.states: they count {named} nodes, more than the pool has")
    if states.preempted > pool.spot:
        raise WorldError(f"{key}.states.preempted: only spot nodes can be preempted")
    if pool.stuck > states.starting:
        raise WorldError(f"{key}.stuck: only {states.starting} nodes begin as starting")
    if pool.start_task is None and (states.waitingforstarttask or states.starttaskfailed):
        raise WorldError(f"{key}.states: without a start_task no node waits for it or failed it")


def _check_job(job: JobPart, pool: PoolPart | None, pool_id: str, key: str) -> None:
    if pool is None:
        raise WorldError(f"{key}.pool: there is no pool {pool_id}")
    if job.slots > pool.slots:
        raise WorldError(f"{key}.slots: a node of {pool_id} has only {pool.slots}")
    if job.tasks > 1 and NUMBER not in job.task_id:
        raise WorldError(f"{key}.task_id: all tasks would have one id; put {NUMBER} in it")
    if sum(failures.share for failures in job.failures) > 1:
        raise WorldError(f"{key}.failures: their shares come to more than 1")
    for index, failures in enumerate(job.failures):
        for wrong in _wrong(failures):
            raise WorldError(f"{key}.failures[{index}]{wrong}")


def _wrong(failures: Failures) -> Iterator[str]:
    kinds = (failures.exit_code is not None, failures.code is not None, failures.hangs)
    if sum(kinds) != 1:
        yield ": give one of exit_code, code and hangs"
    if failures.exit_code == 0:
        yield ".exit_code: 0 is no failure"
    if failures.code is not None and failures.code not in WORDS:
        yield f".code: {failures.code!r} is none of {', '.join(WORDS)}"
