"""Reads fault files, and the faults of world files: strictly, and all mistakes at once."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec

from batchtui.core.recipe.faults import Fault, Key, nearest, spelled
from batchtui.core.recipe.reader import WRONG, Reader
from batchtui.local.faults.model import (
    RULES,
    AccountService,
    AnswerFault,
    AwayFault,
    BodyChange,
    FaultAction,
    FaultRule,
    FaultSet,
    ResetAt,
    ResetFault,
    WrongBodyFault,
    key_of,
    texts,
)
from batchtui.local.faults.operations import NAMES
from batchtui.local.trouble import LocalAccountError

NTH = re.compile(r"\d{1,9}(-(\d{1,9})?)?|every( \d{1,9})?", re.ASCII)


class _FileTable(msgspec.Struct, frozen=True):
    """The top level of a fault file; each fault is read by what it does."""

    seed: int = 0
    faults: tuple[dict[str, object], ...] = ()


def read_faults(file: Path, *, in_world: bool = False) -> FaultSet:
    """The faults of a fault file, or of a world file. Raises `LocalAccountError`."""
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise LocalAccountError(
            f"The faults {file} cannot be read: {error.strerror}. Name a fault file, such as "
            "data/faults/throttled.toml."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LocalAccountError(f"The faults {file} are not valid TOML: {error}") from error
    if in_world:
        table = {name: table[name] for name in ("seed", "faults") if name in table}
    faults, wrong = checked_faults(table)
    if wrong:
        raise LocalAccountError(lines_of(file, wrong))
    return faults


def lines_of(file: Path, wrong: Iterable[Fault]) -> str:
    """Each mistake on a line with the file and the key's path."""
    return "\n".join(f"{file}: {spelled(one.key)}: {one.sentence}" for one in wrong)


def checked_faults(table: dict[str, Any]) -> tuple[FaultSet, tuple[Fault, ...]]:
    """The faults of a table with `seed` and `[[faults]]`, and what is wrong with them."""
    reader = Reader()
    top = {**table, "faults": []}
    read = reader.read(top, _FileTable, ())
    tables = table.get("faults", [])
    if not isinstance(tables, list):
        reader.fault(("faults",), "must be a list of tables: write [[faults]] above each fault")
        tables = []
    rules = [_rule(reader, item, index) for index, item in enumerate(tables)]
    if reader.faults:
        return FaultSet(), tuple(reader.faults)
    return FaultSet(tuple(rules), read.seed), ()


def _rule(reader: Reader, table: object, index: int) -> Any:
    key = key_of(index)
    if not isinstance(table, dict):
        return reader.fault(key, "must be a table")
    if "do" not in table:
        return reader.fault((*key, "do"), f"is missing; {nearest('', FaultAction)}")
    action = reader.read(table["do"], FaultAction, (*key, "do"))
    if action is WRONG:
        return WRONG
    given = dict(table)
    if type(given.get("nth")) is int:
        given["nth"] = [given["nth"]]
    rule = reader.read(given, RULES[FaultAction(action)], key)
    if rule is not WRONG:
        for wrong in _contradictions(rule, key):
            reader.fault(wrong.key, wrong.sentence)
    return rule


def _contradictions(rule: FaultRule, key: Key) -> Iterator[Fault]:
    """What each key allows and all of them together do not."""
    yield from _unknown_operations(rule, key)
    if isinstance(rule.nth, str) and not _is_nth(rule.nth):
        yield Fault(
            (*key, "nth"),
            f"cannot be {rule.nth!r}; write a number, [1, 4], '2-5', '10-' or 'every 3'",
        )
    if rule.until is not None and rule.until <= rule.from_:
        yield Fault((*key, "until"), f"must be later than from, which is {rule.from_:g}")
    match rule:
        case AnswerFault(retry_after=int(), retry_after_date=float()):
            yield Fault((*key, "retry_after_date"), "cannot stand beside retry_after: keep either")
        case AnswerFault(body=str()) if rule.code or rule.message:
            yield Fault((*key, "body"), "cannot stand beside code and message, which make a body")
        case WrongBodyFault(carried_out=False) if rule.body not in (
            BodyChange.HTML,
            BodyChange.JSON,
        ):
            yield Fault(
                (*key, "carried_out"), f"cannot be false: {rule.body} is made of the true answer"
            )
        case ResetFault(carried_out=False) if rule.at is not ResetAt.BEFORE_HEADERS:
            yield Fault((*key, "carried_out"), f"cannot be false where at is {rule.at}")
        case AwayFault(seconds=None):
            yield from _untimed(rule, key)
        case _:
            pass


def _untimed(rule: FaultRule, key: Key) -> Iterator[Fault]:
    """What is wrong with a service that is away between two times, whatever is asked."""
    if rule.until is None:
        yield Fault((*key, "until"), "is missing: say until when, or with seconds for how long")
    for name in ("method", "operation", "path", "user_agent", "nth", "times"):
        if getattr(rule, name):
            yield Fault((*key, name), "goes with seconds only: it chooses the requests")
    if rule.share < 1 or getattr(rule, "carried_out", False):
        name = "share" if rule.share < 1 else "carried_out"
        yield Fault((*key, name), "goes with seconds only: it is about the requests")


def _is_nth(text: str) -> bool:
    if not NTH.fullmatch(text):
        return False
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    return all(numbers) and numbers == sorted(numbers)


def _unknown_operations(rule: FaultRule, key: Key) -> Iterator[Fault]:
    """Patterns that no operation of the service matches."""
    services = [rule.service] if rule.service else list(AccountService)
    known = {name for service in services for name in NAMES[service]}
    for pattern in texts(rule.operation):
        if not any(fnmatchcase(name, pattern) for name in known):
            of = f" of {rule.service}" if rule.service else ""
            yield Fault(
                (*key, "operation"), f"no operation{of} is {pattern!r}; {nearest(pattern, known)}"
            )
