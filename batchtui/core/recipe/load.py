"""From a recipe's file to a plan, or to all that is wrong with it."""

import os
import tomllib
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from batchtui.core.plan import Plan
from batchtui.core.recipe.checks import wrongs
from batchtui.core.recipe.expansion import Dependencies, Entry
from batchtui.core.recipe.faults import Fault, RecipeError
from batchtui.core.recipe.inputs import UploadFile, matching
from batchtui.core.recipe.model import Parameter, Recipe, Scalar
from batchtui.core.recipe.names import PARAMETER, wrong_entity
from batchtui.core.recipe.parameters import values
from batchtui.core.recipe.reader import WRONG, Reader
from batchtui.core.recipe.scopes import unknown_placeholders

FILE = "recipe.toml"


def load(
    place: Path, given: Mapping[str, str], run_id: str, *, allow_outside: bool = False
) -> Plan:
    """The plan of the recipe in this file or folder, with these parameters set.

    `allow_outside` lets links among the inputs lead out of the recipe's folder. Raises
    `RecipeError` with all that is wrong, and `ParameterError` for a setting that fits no
    parameter. Reads files of this machine and nothing else.
    """
    # Not `Path.is_dir`, which raises for a name that is too long: reading it then says so.
    file = place / FILE if os.path.isdir(place) else place
    text = _read(file)
    raw = _parsed(file, text)
    parameters = values(_parameters(file, raw), given)
    recipe, faults = _recipe(file, raw, parameters, run_id)
    uploads = _uploads(recipe, file.parent, faults, allow_outside=allow_outside)
    if faults:
        raise RecipeError(file, faults)
    return _planned(file, text, run_id, recipe, parameters, uploads)


def restored(
    file: Path,
    text: str,
    parameters: dict[str, Scalar],
    uploads: tuple[UploadFile, ...],
    run_id: str,
) -> Plan:
    """The plan that a run had: of a recipe's text, parameters and uploads as they were then.

    Raises `RecipeError` for a text that this version of batchtui cannot read any more.
    """
    recipe, faults = _recipe(file, _parsed(file, text), parameters, run_id)
    if faults:
        raise RecipeError(file, faults)
    return _planned(file, text, run_id, recipe, parameters, uploads)


def _recipe(
    file: Path, raw: Mapping[str, Any], parameters: Mapping[str, Scalar], run_id: str
) -> tuple[Recipe, list[Fault]]:
    """The recipe with its parameters filled in, and what is wrong with it."""
    named = {f"param.{name}": value for name, value in parameters.items()}
    reader = Reader({"run": run_id, **named})
    recipe = reader.read(raw, Recipe, ())
    if recipe is WRONG:
        raise RecipeError(file, reader.faults)
    return recipe, [*reader.faults, *wrongs(recipe), *unknown_placeholders(recipe)]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise RecipeError(file, [Fault((), f"could not be read: {reason}")]) from error
    except UnicodeDecodeError as error:
        raise RecipeError(file, [Fault((), "is not UTF-8 text")]) from error


def _parsed(file: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise RecipeError(file, [Fault((), "is not read: it is nested too deeply")]) from error
    except ValueError as error:  # TOMLDecodeError is one; numbers of over 4,300 digits are another
        raise RecipeError(file, [Fault((), f"is not TOML: {error}")]) from error


def _parameters(file: Path, raw: Mapping[str, Any]) -> dict[str, Parameter]:
    """The parameters come first: the rest of the recipe cannot be read without their values."""
    reader = Reader({})
    found = reader.read(raw.get("parameters", {}), dict[str, Parameter], ("parameters",))
    for name in found if isinstance(found, dict) else ():
        if not PARAMETER.fullmatch(name):
            reader.fault(("parameters", name), "is no name: letters, digits, - and _")
    if reader.faults:
        raise RecipeError(file, reader.faults)
    parameters: dict[str, Parameter] = found
    return parameters


def _uploads(
    recipe: Recipe, folder: Path, faults: list[Fault], *, allow_outside: bool
) -> tuple[UploadFile, ...]:
    """The files to upload; two that would become one blob are a fault."""
    uploads: dict[tuple[str, str], UploadFile] = {}
    for index, upload in enumerate(recipe.uploads):
        found, wrong = matching(upload, folder, allow_outside=allow_outside)
        key = ("uploads", index, "files")
        faults.extend(Fault(key, sentence) for sentence in wrong)
        for file in (file for files in found.values() for file in files):
            other = uploads.setdefault((file.role, file.blob), file)
            if other.source != file.source:
                sentence = f"{other.source} and {file.source} would both become {file.blob!r}"
                faults.append(Fault(key, sentence))
    return tuple(uploads.values())


def _planned(
    file: Path,
    text: str,
    run_id: str,
    recipe: Recipe,
    parameters: dict[str, Scalar],
    uploads: tuple[UploadFile, ...],
) -> Plan:
    names = {f"container.{role}.name": recipe.container(role).name for role in recipe.containers}
    entries = tuple(
        Entry(entry, tuple(file for file in uploads if file.role == entry.for_each), names)
        for entry in recipe.tasks
    )
    faults, ids = _ids(entries)
    faults += _command_faults(recipe, entries)
    if not faults and any(entry.depends_on for entry in recipe.tasks):
        faults = list(_dependency_faults(entries, ids))
    if faults:
        raise RecipeError(file, faults)
    warnings = tuple(_warnings(recipe))
    return Plan(run_id, file, text, recipe, parameters, uploads, entries, ids, warnings)


def _command_faults(recipe: Recipe, entries: Iterable[Entry]) -> Iterable[Fault]:
    """One for each entry whose command cannot take a value of one of its tasks."""
    start = recipe.pool.start_task
    names = {f"container.{role}.name": recipe.container(role).name for role in recipe.containers}
    if start is not None and (refused := start.command.refused(names)):
        yield Fault(("pool", "start_task", "command"), refused)
    for index, entry in enumerate(entries):
        command = entry.entry.command
        if not command.picky:
            continue
        for refused in (command.refused(task.values) for task in entry.tasks()):
            if refused:
                yield Fault(("tasks", index, "command"), refused)
                break


def _warnings(recipe: Recipe) -> Iterable[Fault]:
    start = recipe.pool.start_task
    for sentence in start.command.warnings if start is not None else ():
        yield Fault(("pool", "start_task", "command"), sentence)
    for index, entry in enumerate(recipe.tasks):
        for sentence in entry.command.warnings:
            yield Fault(("tasks", index, "command"), sentence)


def _ids(entries: Iterable[Entry]) -> tuple[list[Fault], dict[str, None]]:
    """All ids, and a fault for each entry that makes a wrong one or one that there is already."""
    faults = []
    ids: dict[str, None] = {}
    lowered: set[str] = set()
    for index, entry in enumerate(entries):
        for task_id in (task.id for task in entry.tasks()):
            wrong = wrong_entity(task_id)
            if task_id.lower() in lowered:
                wrong = f"a second task would have the id {task_id!r}; ids are alike in any case"
            if wrong:
                faults.append(Fault(("tasks", index, "id"), wrong))
                break
            lowered.add(task_id.lower())
            ids[task_id] = None
    return faults, ids


def _dependency_faults(entries: Iterable[Entry], ids: dict[str, None]) -> Iterable[Fault]:
    graph: dict[str, tuple[str, ...]] = {}
    waiting = Dependencies(ids)
    for index, entry in enumerate(entries):
        for task in entry.tasks():
            if waiting.is_own(task):
                yield Fault(("tasks", index, "depends_on"), f"{task.id!r} would wait for itself")
                break
            if glob := waiting.own_glob(task):
                sentence = f"{glob!r} fits no task but {task.id!r} itself"
                yield Fault(("tasks", index, "depends_on"), sentence)
                break
            graph[task.id] = waiting.of(task)
            missing = waiting.unmatched(task)
            if missing:
                sentence = f"{missing!r} is the id of no task of this recipe"
                yield Fault(("tasks", index, "depends_on"), sentence)
                break
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " waits for ".join(error.args[1][::-1])
        yield Fault(("tasks",), f"these would wait for one another for ever: {circle}")
