"""What must hold in a recipe beyond its types, before anything is created."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from batchtui.core.download_plan import wrong_name
from batchtui.core.durations import DurationError, duration
from batchtui.core.recipe.expansion import points
from batchtui.core.recipe.faults import Fault, Key, nearest
from batchtui.core.recipe.model import Range, Recipe, Resource, TaskEntry
from batchtui.core.recipe.names import wrong_container, wrong_entity, wrong_variable

MOST_TASKS = 1_000_000
"""Tasks of a recipe: each takes some 200 bytes here, and a request of a hundred at the service."""


def wrongs(recipe: Recipe) -> Iterator[Fault]:
    """All that is wrong with it as it stands, its files and its tasks' ids aside."""
    yield from _said(("name",), wrong_entity(recipe.name))
    yield from _containers(recipe)
    yield from _pool(recipe)
    yield from _said(("job", "id"), wrong_entity(recipe.job.id))
    yield from _duration(("job", "max_time"), recipe.job.max_time)
    yield from _duration(("monitor", "timeout"), recipe.monitor.timeout)
    yield from _duration(("monitor", "patience"), recipe.monitor.patience)
    if not recipe.tasks:
        yield Fault(("tasks",), "must have at least one entry")
    yield from _count(recipe)
    for index, entry in enumerate(recipe.tasks):
        yield from _entry(recipe, entry, ("tasks", index))
    for index, download in enumerate(recipe.downloads):
        yield from _role(recipe, download.from_, ("downloads", index, "from"))
        here: Key = ("downloads", index, "to")
        parts = PurePosixPath(download.to)
        if parts.is_absolute() or ".." in parts.parts:
            yield Fault(here, f"{download.to!r} must stay below the output folder")
        elif parts.parts and wrong_name(str(parts)):
            yield Fault(here, f"{download.to!r} is no folder: {wrong_name(str(parts))}")


def _said(key: Key, wrong: str) -> Iterator[Fault]:
    if wrong:
        yield Fault(key, wrong)


def _duration(key: Key, text: str | None) -> Iterator[Fault]:
    try:
        if text is not None:
            duration(text)
    except DurationError as error:
        yield Fault(key, str(error))


def _role(recipe: Recipe, role: str, key: Key) -> Iterator[Fault]:
    if role not in recipe.containers:
        known = nearest(role, recipe.containers)
        yield Fault(key, f"{role!r} is no role of [containers]; {known}")


def _containers(recipe: Recipe) -> Iterator[Fault]:
    names = Counter(recipe.container(role).name for role in recipe.containers)
    for role in recipe.containers:
        name = recipe.container(role).name
        yield from _said(("containers", role), wrong_container(name))
        if names[name] > 1:
            yield Fault(("containers", role), f"{name!r} is the name of another role too")
    for index, upload in enumerate(recipe.uploads):
        yield from _role(recipe, upload.to, ("uploads", index, "to"))


def _pool(recipe: Recipe) -> Iterator[Fault]:
    pool = recipe.pool
    new = ("id", "vm_size", "image")
    if pool.use is not None:
        yield from _said(("pool", "use"), wrong_entity(pool.use))
        for name in (*new, "start_task"):
            if getattr(pool, name) is not None:
                yield Fault(("pool", name), "does not go with `use`: that pool exists already")
        return
    for name in new:
        if getattr(pool, name) is None:
            yield Fault(("pool", name), "is missing (or `use` an existing pool)")
    if pool.id is not None:
        yield from _said(("pool", "id"), wrong_entity(pool.id))
    if pool.dedicated + pool.spot == 0:
        yield Fault(("pool",), "has no nodes: set `dedicated` or `spot`")
    if pool.start_task is not None:
        start: Key = ("pool", "start_task")
        yield from _said((*start, "command"), pool.start_task.command.fault)
        yield from _resources(recipe, pool.start_task.resource_files, start)
        yield from _environment(pool.start_task.environment, start)


def _entry(recipe: Recipe, entry: TaskEntry, key: Key) -> Iterator[Fault]:
    if entry.for_each is not None:
        yield from _role(recipe, entry.for_each, (*key, "for_each"))
        if entry.sweep:
            yield Fault((*key, "sweep"), "does not go with `for_each`; use one of them")
        if entry.for_each not in {upload.to for upload in recipe.uploads}:
            sentence = f"nothing is uploaded to {entry.for_each!r}, so there would be no task"
            yield Fault((*key, "for_each"), sentence)
    for name, values in entry.sweep.items():
        if isinstance(values, Range) and values.step == 0:
            yield Fault((*key, "sweep", name, "step"), "must not be 0")
        elif not (values.count if isinstance(values, Range) else values):
            yield Fault((*key, "sweep", name), "has no values")
    yield from _said((*key, "command"), entry.command.fault)
    yield from _duration((*key, "max_time"), entry.max_time)
    if recipe.pool.use is None and entry.slots > recipe.pool.slots:
        sentence = f"{entry.slots} are more than the {recipe.pool.slots} of a node of this pool"
        yield Fault((*key, "slots"), sentence)
    yield from _resources(recipe, entry.resource_files, key)
    yield from _environment(entry.environment, key)
    for index, output in enumerate(entry.output_files):
        yield from _role(recipe, output.container, (*key, "output_files", index, "container"))


def _count(recipe: Recipe) -> Iterator[Fault]:
    """Told before the tasks are made, which may be too many to hold."""
    counts = [points(entry) for entry in recipe.tasks if entry.for_each is None]
    if sum(counts) <= MOST_TASKS:
        return
    large = max(range(len(recipe.tasks)), key=lambda index: _points(recipe.tasks[index]))
    key: Key = ("tasks", large, "sweep")
    yield Fault(
        key,
        f"makes {spelled_count(_points(recipe.tasks[large]))} tasks; "
        f"a recipe can have {MOST_TASKS:,} at most",
    )


def _points(entry: TaskEntry) -> int:
    return points(entry) if entry.for_each is None else 0


def spelled_count(count: int) -> str:
    """`10,000,000`; of numbers that nobody reads their size alone."""
    return f"{count:,}" if count < 10**15 else f"over {10**15:,}"


def _environment(names: Iterable[str], key: Key) -> Iterator[Fault]:
    for name in names:
        yield from _said((*key, "environment", name), wrong_variable(name))


def _resources(recipe: Recipe, files: Iterable[Resource], key: Key) -> Iterator[Fault]:
    for index, file in enumerate(files):
        here: Key = (*key, "resource_files", index)
        if (file.container is None) == (file.url is None):
            yield Fault(here, "needs either `container` or `url`")
            continue
        if file.container is not None:
            yield from _role(recipe, file.container, (*here, "container"))
        if file.url is not None and file.path is None:
            yield Fault((*here, "path"), "is missing: the file's path on the node")
        if file.blob is not None and (file.url is not None or file.prefix is not None):
            yield Fault((*here, "blob"), "goes with `container` alone")
        if file.prefix is not None and file.url is not None:
            yield Fault((*here, "prefix"), "goes with `container`")
