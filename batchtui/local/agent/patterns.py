"""File patterns of output files: `*`, `**`, `?`, `[abc]`, `[!abc]` and escapes like `[*]`.

A name that begins with a dot is matched only by a pattern that says the dot.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

WILDCARD = re.compile(r"[*?\[]")
VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern made absolute: a directory without wildcards and what is matched below it."""

    base: Path
    parts: tuple[str, ...]
    """One per level below `base`; the last one names files."""

    @property
    def single(self) -> bool:
        """Whether it names one file: no wildcard anywhere."""
        return not any(WILDCARD.search(part) for part in self.parts)

    def find(self) -> list[Path]:
        """The files that match, in order of their path. Links to directories are not followed."""
        return sorted(_below(self.base, self.parts))


def pattern(text: str, *, wd: Path, environment: Mapping[str, str]) -> Pattern:
    """The pattern that a client wrote: variables replaced, relative to the working directory."""

    def value(found: re.Match[str]) -> str:
        return environment.get(found[1] or found[2], "")

    levels = os.path.normpath(wd / VARIABLE.sub(value, text)).strip("/").split("/")
    fixed = next((i for i, level in enumerate(levels) if WILDCARD.search(level)), len(levels) - 1)
    parts = levels[fixed:]
    if parts[-1] == "**":
        parts.append("*")
    return Pattern(Path("/", *levels[:fixed]), tuple(parts))


def _below(directory: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    first, *rest = parts
    entries = _entries(directory)
    if first == "**":
        yield from _below(directory, tuple(rest))
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                yield from _below(Path(entry.path), parts)
        return
    matcher = segment(first)
    for entry in entries:
        if not matcher.fullmatch(entry.name):
            continue
        if rest and entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path), tuple(rest))
        elif not rest and entry.is_file():
            yield Path(entry.path)


def _entries(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []


def segment(text: str) -> re.Pattern[str]:
    """One level of a pattern as a regular expression."""
    out = "" if text.startswith(".") else r"(?!\.)"
    position = 0
    while position < len(text):
        char = text[position]
        end = text.find("]", position + 2) if char == "[" else -1
        if char == "*":
            out += ".*"
        elif char == "?":
            out += "."
        elif end > 0:
            out += _character_class(text[position + 1 : end])
            position = end
        else:
            out += re.escape(char)
        position += 1
    return re.compile(out, re.DOTALL)


def _character_class(body: str) -> str:
    negated = body.startswith("!") and len(body) > 1
    members = body[1:] if negated else body
    inner = members.replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^")
    return f"[{'^' if negated else ''}{inner}]"
