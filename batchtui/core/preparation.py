"""Asks how the preparation task of a job went."""

from collections.abc import Mapping
from typing import Any

from batchtui.core.gateway import Batch
from batchtui.core.preparation_status import FailedPreparation
from batchtui.core.things import Kind, Thing

PREPARATION = "jobPreparationTask"
RELEASE = "jobReleaseTask"
"""Members of a job that say what its nodes run before its first task, and after its end."""


class PreparationLook:
    """Asks on which nodes a job's preparation failed, and only of jobs that have one.

    Whether a job has one is fixed when it is created, and asked once.
    """

    AT_MOST = 100
    """Nodes that are listed."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._blocking: dict[tuple[str, str], bool | None] = {}
        """By id and creation time of a job; None for one without a preparation task."""

    async def fetch(self, job_id: str, created: str) -> FailedPreparation:
        """`created` tells the job from an earlier one of its id. Raises `GatewayError`."""
        key = (job_id, created)
        if key not in self._blocking:
            document = await self._batch.document(Thing(Kind.JOB, job_id))
            self._blocking[key] = blocks(document)
        blocking = self._blocking[key]
        if blocking is None:
            return FailedPreparation()
        window = await self._batch.preparation_status(job_id, at_most=self.AT_MOST, failed=True)
        return FailedPreparation(window.items, blocking)


def blocks(job: Mapping[str, Any]) -> bool | None:
    """Whether a job's tasks wait for its preparation to succeed; None where it has none."""
    spec = job.get(PREPARATION)
    if not isinstance(spec, Mapping):
        return None
    return spec.get("waitForSuccess") is not False
