"""From an entry of a recipe to its tasks."""

import itertools
import math
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

    @property
    def count(self) -> int:
        """How many tasks there are, without making them."""
        return len(self.inputs) if self.entry.for_each is not None else points(self.entry)

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


def points(entry: TaskEntry) -> int:
    """How many points the entry's sweep has; 1 without one."""
    return math.prod(
        len(values) if isinstance(values, tuple) else values.count
        for values in entry.sweep.values()
    )


class Dependencies:
    """Which tasks wait for which, by ids or globs over all `ids`, kept in the recipe's order."""

    def __init__(self, ids: Mapping[str, None]) -> None:
        self._ids = ids
        self._matching: dict[str, tuple[str, ...]] = {}

    def of(self, task: PlannedTask) -> tuple[str, ...]:
        """The ids that the task waits for; a glob never stands for the task itself."""
        wanted: dict[str, None] = {}
        for glob in self._globs(task):
            wanted.update(dict.fromkeys(self._ids_of(glob)))
        wanted.pop(task.id, None)
        return tuple(wanted)

    def unmatched(self, task: PlannedTask) -> str:
        """The first of the task's ids and globs that fits no task; empty if there is none."""
        return next((glob for glob in self._globs(task) if not self._ids_of(glob)), "")

    def own_glob(self, task: PlannedTask) -> str:
        """The first glob that fits this task and no other; empty if there is none."""
        return next((glob for glob in self._globs(task) if self._ids_of(glob) == (task.id,)), "")

    def is_own(self, task: PlannedTask) -> bool:
        """Whether the task names itself."""
        return task.id in self._globs(task)

    def _globs(self, task: PlannedTask) -> Iterator[str]:
        return (text.complete(task.values) for text in task.entry.depends_on)

    def _ids_of(self, glob: str) -> tuple[str, ...]:
        if glob in self._ids:
            return (glob,)
        if glob not in self._matching:
            # Often the same for every task of an entry, and there may be very many of either.
            self._matching[glob] = tuple(i for i in self._ids if fnmatchcase(i, glob))
        return self._matching[glob]
