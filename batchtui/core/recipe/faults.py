"""What is wrong with a recipe, and where."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct

Key = tuple[str | int, ...]
"""Where a value is: `("tasks", 1, "id")`."""


class Fault(Struct, frozen=True):
    key: Key
    sentence: str


class RecipeError(Exception):
    """A recipe that cannot be run: each line names the file, the key's path and what is wrong."""

    def __init__(self, file: Path, faults: Iterable[Fault]) -> None:
        self.file = file
        self.faults = tuple(faults)
        super().__init__("\n".join(line_of(file, fault) for fault in self.faults))


def line_of(file: Path, fault: Fault) -> str:
    """`recipe.toml: tasks[1].id: is missing`."""
    place = f"{spelled(fault.key)}: " if fault.key else ""
    return f"{file}: {place}{fault.sentence}"


def spelled(key: Key) -> str:
    """`tasks[1].resource_files[0].url`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in key)
    return "".join(parts).removeprefix(".")


def unknown_placeholder(name: str, known: Iterable[str]) -> str:
    """What is wrong with a placeholder, with what can be written instead."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    meant = f"; did you mean {close[0]!r}?" if close else ""
    there = f"Known: {', '.join(names)}" if names else "There are none"
    return (
        f"{{{name}}} is an unknown placeholder here{meant} "
        f"({there}. Braces as such are written {{{{ and }}}}.)"
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """What to write instead: the name most like this one, or else all names that there are."""
    names = sorted(str(name) for name in known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    if not names:
        return "there are none"
    return "known are " + ", ".join(names)
