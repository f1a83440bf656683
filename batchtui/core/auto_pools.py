"""Pools that the service created for a job, and deletes with it."""

import re
from collections.abc import Iterable

from batchtui.core.models import Job, Pool

_GUID = re.compile(r"(?:^|.*_)[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$", re.I)
"""How their ids end: a prefix that the user chose, and a GUID."""


def own_pools(pools: Iterable[Pool], jobs: Iterable[Job]) -> tuple[Pool, ...]:
    """Those that somebody created: others may use them, and they stay when a job ends."""
    automatic = {job.execution_info.pool_id.casefold() for job in jobs if not job.pool_info.pool_id}
    return tuple(
        pool
        for pool in pools
        if pool.id.casefold() not in automatic and not _GUID.fullmatch(pool.id)
    )
