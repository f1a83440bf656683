"""A recipe made ready to run: read, checked, and its files and tasks known. Holds no secret."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from msgspec import Struct

from batchtui.core.durations import duration
from batchtui.core.recipe.expansion import Entry, PlannedTask
from batchtui.core.recipe.faults import Fault
from batchtui.core.recipe.inputs import UploadFile
from batchtui.core.recipe.model import Recipe, Scalar

LETTERS = "abcdefghijkmnopqrstuvwxyz"
"""Without the l that looks like a 1."""
DIGITS = "23456789"


def new_run_id() -> str:
    """Six lower-case letters and digits, a letter first: fit for any name of Azure's."""
    rest = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(5))
    return secrets.choice(LETTERS) + rest


class Plan(Struct, frozen=True):
    """What a run will do."""

    run_id: str
    file: Path
    """The recipe's file."""
    text: str
    """What the file held when it was read."""
    recipe: Recipe
    parameters: dict[str, Scalar]
    uploads: tuple[UploadFile, ...]
    entries: tuple[Entry, ...]
    ids: dict[str, None]
    """The ids of all tasks, in order."""
    warnings: tuple[Fault, ...] = ()
    """What the recipe may not mean as it is written; nothing that keeps it from running."""

    @property
    def pool_id(self) -> str:
        return self.recipe.pool.use or self.recipe.pool.id or ""

    @property
    def folder(self) -> str:
        """The name of a folder for the outputs that no other run has."""
        return f"{self.recipe.name}-{self.run_id}"

    @property
    def timeout(self) -> timedelta:
        return duration(self.recipe.monitor.timeout)

    @property
    def containers(self) -> dict[str, str]:
        """The containers' names by role."""
        return {role: self.recipe.container(role).name for role in self.recipe.containers}

    @property
    def bytes(self) -> int:
        """How much will be uploaded."""
        return sum(file.size for file in self.uploads)

    def tasks(self) -> Iterator[PlannedTask]:
        """All tasks in order, made as they are asked for."""
        for entry in self.entries:
            yield from entry.tasks()
