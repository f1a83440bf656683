"""Two entities of a kind beside each other: what they do not have in common, and what they do."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from batchtui.core.page import TIMED, TOLD, TROUBLE, is_free, moment, words
from batchtui.core.things import Document, Thing

Path = tuple[str | int, ...]
"""Where a member stands: names of members and of settings, and places in lists, from 0."""

OUTCOME = frozenset(
    (
        *("state", "result", "exitCode", "terminationReason", "allocationState"),
        *("schedulingState", "retryCount", "requeueCount", "elapsed"),
    )
)
"""Members that say how it goes or went, beside those that say what went wrong."""

_ADDRESS = re.compile(r"url$", re.I)
_WIRE = re.compile(r"[a-z][a-zA-Z]*")


class Member(Struct, frozen=True):
    """A member of one or of both; UNSET where that one does not have it."""

    path: Path
    left: Any = UNSET
    right: Any = UNSET

    @property
    def differs(self) -> bool:
        # A number is no truth value, although Python holds 1 and True to be equal.
        return type(self.left) is not type(self.right) or bool(self.left != self.right)

    @property
    def is_free(self) -> bool:
        """Whether a user named it."""
        return is_free(self.path[:-1])

    @property
    def is_time(self) -> bool:
        """Whether all that is known of it are moments, rather than texts that look like some."""
        known = [each for each in (self.left, self.right) if each is not UNSET]
        timed = self.path[-1] in TIMED and not self.is_free
        return timed and all(moment(each) is not None for each in known)

    @property
    def words(self) -> str:
        """`execution info · exit code`; places in a list are counted from 1."""
        return " · ".join(map(_spoken, self.path))

    @property
    def dotted(self) -> str:
        """`executionInfo.exitCode`, `resourceFiles[0].filePath`."""
        parts = (f"[{each}]" if isinstance(each, int) else f".{each}" for each in self.path)
        return "".join(parts).removeprefix(".")


def compared(left: Document, right: Document) -> tuple[Member, ...]:
    """Every member of the two: how they went first, and what is never the same last.

    Null and what is empty are as good as absent, and so are their ids and addresses, which their
    titles say. The time between a start and an end is told as a member `elapsed` of its own.
    """
    one, other = (
        dict(_leaves({name: value for name, value in document.items() if name not in TOLD}))
        for document in (left, right)
    )
    paths = dict.fromkeys((*one, *other))
    tops = {top: place for place, top in enumerate(dict.fromkeys(path[0] for path in paths))}
    members = (Member(path, one.get(path, UNSET), other.get(path, UNSET)) for path in paths)
    return tuple(sorted(members, key=lambda member: (_rank(member), tops[member.path[0]])))


def differing(members: Sequence[Member]) -> tuple[Member, ...]:
    return tuple(member for member in members if member.differs)


def as_json(things: Sequence[Thing], members: Sequence[Member]) -> str:
    """The two things as `a` and `b`, and of each of these members where and what it is."""
    a, b = things
    whole = {
        "a": _named(a),
        "b": _named(b),
        "members": [
            {"path": member.dotted}
            | {name: value for name, value in (("a", member.left), ("b", member.right))
               if value is not UNSET}
            for member in members
        ],
    }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode()


def _named(thing: Thing) -> dict[str, str]:
    named = {"kind": str(thing.kind), "id": thing.id}
    return named | ({"within": thing.within} if thing.within else {})


def _spoken(each: str | int) -> str:
    """Names of the wire in words; the names of settings, such as `HOME`, as they are."""
    if isinstance(each, int):
        return str(each + 1)
    return words(each) if _WIRE.fullmatch(each) else each


def _rank(member: Member) -> int:
    """What a person looks for first has the least."""
    last = member.path[-1]
    if last in OUTCOME or any(each in TROUBLE for each in member.path):
        return 0
    if member.is_time:
        return 2
    return 2 if isinstance(last, str) and _ADDRESS.search(last) else 1


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _leaves(each, (*path, name))
        if (length := _length(value)) and "elapsed" not in value:
            yield (*path, "elapsed"), length
    elif isinstance(value, list):
        named = _settings(value)
        for name, each in named.items() if named else enumerate(value):
            yield from _leaves(each, (*path, name))
    elif value not in (None, [], {}):
        yield path, value


def _settings(items: Sequence[Any]) -> dict[str, Any]:
    """The values by their names, of a list that holds nothing but names with values."""
    named = {
        item["name"]: item["value"]
        for item in items
        if isinstance(item, Mapping) and set(item) == {"name", "value"}
        and isinstance(item["name"], str)
    }  # fmt: skip
    return named if len(named) == len(items) else {}


def _length(value: Mapping[str, Any]) -> str:
    """From a start to an end, as the service would write it; empty where one is not known."""
    texts = (value.get("startTime"), value.get("endTime"))
    start, end = (moment(text) if isinstance(text, str) else None for text in texts)
    if start is None or end is None:
        return ""
    return str(msgspec.to_builtins(max(timedelta(), end - start)))
