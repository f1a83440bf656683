"""The part of the seam by which tasks are copied as they are, many at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from batchtui.core.things import Document


@dataclass(frozen=True, slots=True)
class Documents:
    """A page of a listing; `rest` leads to the next one, and is empty at the end."""

    items: tuple[Document, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A task that the service did not take, why, and the service's own name for that."""

    task_id: str
    sentence: str
    code: str


Refused = Callable[[Refusal], None]


class Copies(Protocol):
    """Tasks as the service spells them. Every method raises `GatewayError` when it is refused."""

    async def task_documents(self, job_id: str, *, rest: str = "") -> Documents:
        """Some hundred tasks of a job, as far as a new task can be like them; may hold secrets.

        `rest` is that of the page before; without it the first page comes.
        """
        ...

    async def add_documents(
        self,
        job_id: str,
        tasks: Sequence[Document],
        *,
        added: Callable[[int], None],
        refused: Refused,
    ) -> None:
        """Add tasks; those that are refused one by one are told of, and the others are added."""
        ...
