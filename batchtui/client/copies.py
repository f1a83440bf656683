"""Tasks of Azure Batch, read and added word for word."""

from collections.abc import Sequence
from typing import Any, Final

from azure.batch.aio import BatchClient

from batchtui.client.adding import Adding, Spelled
from batchtui.client.service import Service
from batchtui.client.wire import Page, Wire, path_of
from batchtui.core.clone import MEMBERS
from batchtui.core.copies import Documents, Refused
from batchtui.core.gateway import Counted
from batchtui.core.things import Document, Kind
from batchtui.core.traffic import Traffic

COPIED: Final = ("id", *MEMBERS[Kind.TASK])
PAGE: Final = 500
"""Half of what a page may hold: decoding more of such tasks would be felt at the keyboard."""


class CopyAccount:
    """`core.copies.Copies`."""

    _client: BatchClient
    _service: Service
    _traffic: Traffic
    _wire: Wire

    async def task_documents(self, job_id: str, *, rest: str = "") -> Documents:
        page = await self._wire.page(
            f"read the tasks of job {job_id}",
            path_of("jobs", job_id, "tasks"),
            Page[dict[str, Any]],
            link=rest,
            count=PAGE,
            select=COPIED,
        )
        return Documents(page.value, page.next_link or "")

    async def add_documents(
        self, job_id: str, tasks: Sequence[Document], *, added: Counted, refused: Refused
    ) -> None:
        adding = Adding(self._client, self._service, self._traffic, job_id, added, refused)
        await adding.add([Spelled(task) for task in tasks])
