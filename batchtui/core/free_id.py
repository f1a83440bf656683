"""An id that nothing has yet, for a copy of something that has one."""

import re
from collections.abc import Collection

from batchtui.core.gateway import Batch
from batchtui.core.queries import TaskQuery
from batchtui.core.things import Kind
from batchtui.core.window import PAGE

LONGEST = 64
"""Characters of an id at the most."""

_UNFIT = re.compile(r"[^A-Za-z0-9_-]")
"""What the service puts into ids, such as the colon in the id of a schedule's job, and takes from
nobody else."""


def next_id(of: str, taken: Collection[str]) -> str:
    """`night-2` for `night`, or the first number after it that is free.

    Ids are the same in upper and lower case. One that would be too long loses its end.
    """
    base, known = _UNFIT.sub("-", of), {each.casefold() for each in taken}
    number = 2
    while True:
        ending = f"-{number}"
        wanted = f"{base[: LONGEST - len(ending)]}{ending}"
        if wanted.casefold() not in known:
            return wanted
        number += 1


async def free_id(batch: Batch, kind: Kind, of: str, within: str = "") -> str:
    """An id for a copy of that thing. Raises `GatewayError`.

    Tasks are listed by how their ids begin, at most a thousand of them.
    """
    match kind:
        case Kind.POOL:
            taken = [pool.id for pool in await batch.pools()]
        case Kind.JOB:
            taken = [job.id for job in await batch.jobs()]
        case Kind.SCHEDULE:
            taken = [schedule.id for schedule in await batch.schedules()]
        case _:
            alike = TaskQuery(id_prefix=_UNFIT.sub("-", of)[: LONGEST - 4])
            window = await batch.tasks(within, at_most=PAGE, where=alike)
            taken = [task.id for task in window.items]
    return next_id(of, taken)
