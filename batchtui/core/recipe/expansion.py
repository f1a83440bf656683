"""From an entry of a recipe to its tasks."""

import itertools
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

from batchtui.core.recipe.inputs import UploadFile
from batchtui.core.recipe.model import TaskEntry
from batchtui.core.recipe.reader import spelled_value


class PlannedTask(Struct, frozen=True):
    """One task of an entry, and what its placeholders stand for, secrets excepted."""

    id: str
    entry: TaskEntry
    values: dict[str, str]
    input: UploadFile | None = None


class Entry(Struct, frozen=True):
    """An entry with the files that it is repeated for."""

    entry: TaskEntry
    inputs: tuple[UploadFile, ...] = ()
    names: dict[str, str] = {}
    """The containers' names by placeholder."""

    def tasks(self) -> Iterator[PlannedTask]:
        """Its tasks, one after the other: a sweep may have very many."""
        for index, (point, file) in enumerate(self._points()):
            values = {**self.names, **point, "index": str(index)}
            yield PlannedTask(self.entry.id.complete(values), self.entry, values, file)

    def _points(self) -> Iterator[tuple[dict[str, str], UploadFile | None]]:
        if self.entry.for_each is not None:
            for index, file in enumerate(self.inputs):
                yield file.placeholders(index), file
            return
        names = [f"sweep.{name}" for name in self.entry.sweep]
        ranges = [
            values if isinstance(values, tuple) else values.values
            for values in self.entry.sweep.values()
        ]
        for point in itertools.product(*ranges):
            yield dict(zip(names, map(spelled_value, point), strict=True)), None


def dependencies(task: PlannedTask, ids: Mapping[str, None]) -> list[str]:
    """The ids that the task waits for, itself never among them, in the recipe's order."""
    wanted: dict[str, None] = {}
    for text in task.entry.depends_on:
        glob = text.complete(task.values)
        if glob in ids:
            wanted[glob] = None
        else:
            wanted.update(dict.fromkeys(i for i in ids if fnmatchcase(i, glob)))
    wanted.pop(task.id, None)
    return list(wanted)
