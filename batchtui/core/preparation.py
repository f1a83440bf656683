"""Asks how the preparation task of a job went."""

from collections.abc import Mapping
from typing import Any

from batchtui.core.gateway import Batch
from batchtui.core.preparation_status import JobPreparation
from batchtui.core.things import Kind, Thing

PREPARATION = "jobPreparationTask"
"""The member of a job that says what its nodes run before its first task there."""


class PreparationLook:
    """Asks how the preparation of jobs went, and only of those that have one.

    Whether a job has one is fixed when it is created, and asked once.
    """

    AT_MOST = 1_000
    """Nodes that are listed."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._blocking: dict[tuple[str, str], bool | None] = {}
        """By id and creation time of a job; None for one without a preparation task."""

    async def fetch(self, job_id: str, created: str, *, failed: bool = False) -> JobPreparation:
        """How it went on all nodes, or only where it failed. Raises `GatewayError`.

        `created` tells the job from an earlier one of its id.
        """
        key = (job_id, created)
        if key not in self._blocking:
            document = await self._batch.document(Thing(Kind.JOB, job_id))
            self._blocking[key] = blocks(document)
        blocking = self._blocking[key]
        if blocking is None:
            return JobPreparation()
        window = await self._batch.preparation_status(job_id, at_most=self.AT_MOST, failed=failed)
        nodes = sorted(window.items, key=lambda node: node.prepared)
        return JobPreparation(tuple(nodes), blocking, window.complete)


def blocks(job: Mapping[str, Any]) -> bool | None:
    """Whether a job's tasks wait for its preparation to succeed; None where it has none."""
    spec = job.get(PREPARATION)
    if not isinstance(spec, Mapping):
        return None
    return spec.get("waitForSuccess") is not False
