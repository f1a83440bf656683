"""Which placeholders each text of a recipe may use."""

from collections.abc import Iterable, Iterator

from batchtui.core.command_line import Command
from batchtui.core.placeholders import Text
from batchtui.core.recipe.faults import Fault, Key, unknown_placeholder
from batchtui.core.recipe.model import Output, Recipe, Resource, Start, TaskEntry

INPUT = ("input.name", "input.stem", "input.blob", "input.index")
Located = Iterator[tuple[Key, Text | Command, bool]]
"""Where a text is, the text, and whether it may carry a secret such as a SAS."""


def unknown_placeholders(recipe: Recipe) -> Iterator[Fault]:
    """A fault for each placeholder that would stay empty."""
    plain = {f"container.{role}.name" for role in recipe.containers}
    # These were filled in before; whoever misspells one is told of them.
    plain |= {"run", *(f"param.{name}" for name in recipe.parameters)}
    secret = {f"container.{role}.{what}" for role in recipe.containers for what in ("url", "sas")}
    if recipe.pool.start_task is not None:
        start = _start_task(recipe.pool.start_task, ("pool", "start_task"))
        yield from _faults(start, plain, secret)
    for index, entry in enumerate(recipe.tasks):
        own = {"index"} | {f"sweep.{name}" for name in entry.sweep}
        inputs = INPUT if entry.for_each is not None else ()
        secrets = secret | ({"input.url"} if inputs else set())
        yield from _faults(_entry(entry, ("tasks", index)), plain | own | {*inputs}, secrets)


def _faults(texts: Located, plain: set[str], secret: set[str]) -> Iterator[Fault]:
    for key, text, may_be_secret in texts:
        known = plain | secret if may_be_secret else plain
        for name in text.slots:
            if name in known:
                continue
            if name in secret:
                yield Fault(
                    key,
                    f"{{{name}}} is a secret; it belongs in a command, an environment or a "
                    "resource file's url",
                )
            else:
                yield Fault(key, unknown_placeholder(name, known))


def _start_task(start: Start, key: Key) -> Located:
    yield (*key, "command"), start.command, True
    for name, text in start.environment.items():
        yield (*key, "environment", name), text, True
    yield from _resources(start.resource_files, key)


def _entry(entry: TaskEntry, key: Key) -> Located:
    yield (*key, "id"), entry.id, False
    yield (*key, "command"), entry.command, True
    for name, text in entry.environment.items():
        yield (*key, "environment", name), text, True
    for index, text in enumerate(entry.depends_on):
        yield (*key, "depends_on", index), text, False
    yield from _resources(entry.resource_files, key)
    yield from _outputs(entry.output_files, key)


def _resources(resources: Iterable[Resource], key: Key) -> Located:
    for index, file in enumerate(resources):
        members = {"prefix": file.prefix, "blob": file.blob, "path": file.path, "url": file.url}
        for name, text in members.items():
            if text is not None:
                yield (*key, "resource_files", index, name), text, name == "url"


def _outputs(outputs: Iterable[Output], key: Key) -> Located:
    for index, file in enumerate(outputs):
        for name, text in (("pattern", file.pattern), ("path", file.path)):
            if text is not None:
                yield (*key, "output_files", index, name), text, False
