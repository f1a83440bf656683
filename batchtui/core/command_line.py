"""A task's command line with placeholders, each quoted for the place that it stands in.

The service splits a command line into arguments and starts the program; a shell reads it only where
the command is one (`/bin/sh -c '...'`). A placeholder is one argument, or part of one, whatever its
value holds; in a shell's script it is one word. A command or a script that is nothing but
`{param.NAME}` or `{sweep.NAME}` is that value as it stands.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from batchtui.core.placeholders import Slot, Text
from batchtui.core.shell import (
    SHELLS,
    Item,
    Mark,
    UnsafeValueError,
    Word,
    literal,
    read_code,
    script_of,
    split,
)

OPERATOR = re.compile(r"\d*(?:>>?|<<?<?|<>)&?.*|&>>?.*|\|\|?|\|&|&&|;+|&|[^\0]+;", re.DOTALL)
INNER = re.compile(r"(?<=[^\0])(?:\|\|?|&&|;)(?=[^\0])")
"""An operator amid a word, as in `a|b`; `>` and `<` are in too many words that mean no file."""
HOME = re.compile(r"~(?:/|\Z)")
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=")
EXPANSION = re.compile(r"\$(?:[A-Za-z_]\w*|\{[^}]*\}?|\(\([^)]*\)\)|\([^)]*\)?)|`")
BUILTINS = frozenset(
    {
        *("cd", "export", "source", ".", "set", "ulimit", "umask", "alias", "exec", "eval"),
        *("for", "while", "until", "if", "case", "function", "{", "(", "!", "[["),
    }
)
ADVICE = 'put it into `environment` and write "$NAME" there'


class Command(Struct, frozen=True):
    """A command line that waits for its task's values."""

    template: Text
    given: tuple[tuple[str, str], ...] = ()
    """Values by placeholder that are the same for every task."""

    @property
    def slots(self) -> tuple[str, ...]:
        """The names that still wait for a value, in order."""
        given = dict(self.given)
        return tuple(name for name in self.template.slots if name not in given)

    @property
    def fault(self) -> str:
        """Why no task could run it, whatever the values; empty if one could."""
        return _read(self).fault

    @property
    def warnings(self) -> tuple[str, ...]:
        """What it may not mean as it is written."""
        return _read(self).warnings

    @property
    def picky(self) -> bool:
        """Whether there are values that it cannot take."""
        found = _read(self)
        return bool(found.picky) or (found.whole and found.marks[0].known is None)

    def refused(self, values: Mapping[str, str]) -> str:
        """Why one of the values cannot stand where its placeholder does; empty if all can.

        A placeholder without a value is a secret, whose characters nobody may choose.
        """
        found = _read(self)
        if found.whole and found.marks[0].known is None:
            return read_whole(values[found.marks[0].name])[0]
        for mark in found.picky:
            value = mark.known if mark.known is not None else values.get(mark.name)
            try:
                if value is None:
                    mark.quote("https://a?b=c&d")
                else:
                    mark.quote(value)
            except UnsafeValueError as error:
                why = str(error) if value is not None else f"a SAS cannot be quoted {mark.where}"
                return f"{{{mark.name}}}: {why}; {ADVICE}"
        return ""

    def fill(self, values: Mapping[str, str]) -> "Command":
        """Put in the values that there are; other placeholders go on waiting."""
        known = {name: values[name] for name in self.slots if name in values}
        return Command(self.template, (*self.given, *known.items()))

    def complete(self, values: Mapping[str, str]) -> str:
        """The command line itself.

        Raises KeyError for a placeholder without a value, and `UnsafeValueError` for a value that
        `refused` refuses.
        """
        return _read(self).complete({**values, **dict(self.given)})

    def __str__(self) -> str:
        waiting = {name: f"{{{name}}}" for name in self.slots}
        given = dict(self.given)
        marks = iter(_read(self).marks)
        return "".join(
            piece if isinstance(piece, str)
            else _shown(next(marks), given.get(piece.name), waiting.get(piece.name, ""))
            for piece in self.template.pieces
        )  # fmt: skip


def _shown(mark: Mark, value: str | None, waiting: str) -> str:
    return waiting if value is None else mark.quote(value)


class _Reading:
    """What was found in a command's template."""

    def __init__(self, command: Command) -> None:
        given = dict(command.given)
        self._pieces = command.template.pieces
        self.marks = [
            Mark(piece.name, given.get(piece.name))
            for piece in self._pieces
            if isinstance(piece, Slot)
        ]
        own = iter(self.marks)
        items: list[Item] = []
        for piece in self._pieces:
            items.extend(piece if isinstance(piece, str) else [next(own)])
        sole = command.template.sole
        self.whole = sole is not None and sole.startswith(("param.", "sweep."))
        if self.whole:
            known = given.get(sole or "")
            self.fault, self.warnings = read_whole(known) if known is not None else ("", ())
        else:
            self.fault, self.warnings = _look(items)
        self.picky = tuple(mark for mark in self.marks if mark.places and mark.refuses)

    def complete(self, values: Mapping[str, str]) -> str:
        marks = iter(self.marks)
        parts = []
        for piece in self._pieces:
            if isinstance(piece, str):
                parts.append(piece)
            else:
                value = values[piece.name]
                mark = next(marks)
                parts.append(value if self.whole else mark.quote(value))
        return "".join(parts)


@lru_cache(maxsize=256)
def _read(command: Command) -> _Reading:
    return _Reading(command)


def read_whole(line: str) -> tuple[str, tuple[str, ...]]:
    """What is wrong with a command line without placeholders, and what it may not mean."""
    return _look(list(line))


def _look(items: list[Item]) -> tuple[str, tuple[str, ...]]:
    words, fault = split(items)
    if fault:
        return fault, ()
    if not words or not literal(words[0]):
        return "is empty: name the program that a task runs", ()
    faults: list[str] = []
    read_code(words, faults.append)
    faults = [each for each in faults if each]
    return (faults[0] if faults else ""), (*_misread(words), *_spaced(items))


def _misread(words: list[Word]) -> Iterator[str]:
    """What a shell would read, where no shell does."""
    texts = [literal(word) for word in words]
    scripts = {
        script_of(texts, index)
        for index, text in enumerate(texts)
        if text.rpartition("/")[2] in SHELLS
    }
    if texts[0] in BUILTINS:
        yield f"{texts[0]!r} is a command of shells, no program; {_way(texts[0])}"
    if variable := ASSIGNMENT.match(_outside(words[0], ("",))):
        yield (
            f"{texts[0]!r} is taken for the program: no shell reads it; "
            f"put {variable[1]} into `environment`"
        )
    finds = texts[0].rpartition("/")[2] == "find"  # which has patterns of its own
    for index, word in enumerate(words):
        if index in scripts:
            continue
        plain, read = _outside(word, ("",)), _outside(word, ("", '"'))
        ends_find = plain == ";" and any(text.startswith("-exec") for text in texts[:index])
        if OPERATOR.fullmatch(plain) and not ends_find:
            yield f"{texts[index]!r} is passed on as an argument: no shell reads it; {_way('...')}"
        elif found := EXPANSION.search(read):
            yield f"{found[0]!r} is passed on as it stands: no shell reads it; {_way('...')}"
        elif (
            plain == "~"
            or plain.startswith("~/")
            or INNER.search(plain)
            or ("*" in plain and not finds)
        ):
            yield f"{texts[index]!r} is passed on as it stands: no shell reads it; {_way('...')}"


def _outside(word: Word, quotes: tuple[str, ...]) -> str:
    """What of the word stands in one of these quotes; a NUL for anything else."""
    return "".join(
        item if isinstance(item, str) and quote in quotes else "\0" for item, quote in word
    )


def _way(text: str) -> str:
    return f"write /bin/sh -c '{text}'" if text == "..." else f"write /bin/sh -c '{text} ...'"


def _spaced(items: list[Item]) -> Iterator[str]:
    for mark in items:
        if isinstance(mark, Mark) and mark.unquoted and len((mark.known or "").split()) > 1:
            yield (
                f"{{{mark.name}}} is one argument, spaces and all ({mark.known!r}); for several, "
                "put it into `environment` and write $NAME in a script of /bin/sh -c"
            )
