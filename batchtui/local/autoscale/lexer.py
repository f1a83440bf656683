"""The words of a formula."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from batchtui.local.autoscale.trouble import FormulaSyntaxError, Place


class Kind(Enum):
    NUMBER = auto()
    TEXT = auto()
    NAME = auto()
    SIGN = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A word; `text` is what stands in the formula, without the quotes of a string."""

    kind: Kind
    text: str
    place: Place

    def __str__(self) -> str:
        return "the end of the formula" if self.kind is Kind.END else f"'{self.text}'"


_WORD = re.compile(
    r"(?P<SPACE>[ \t\r\n\f\v]+|//[^\n]*)"
    r"|(?P<NUMBER>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r'|"(?P<TEXT>[^"\n]*)"'
    r"|(?P<NAME>\$?[A-Za-z_]\w*)"
    r"|(?P<SIGN>&&|\|\||[<>=!]=|[-+*/<>!=?:;,.()\[\]])",
    re.ASCII,
)


def tokens(text: str) -> Iterator[Token]:
    """The words of a formula and an END, comments left out. Raises FormulaSyntaxError."""
    at, line, line_start = 0, 1, 0
    while at < len(text):
        place = Place(line, at - line_start + 1)
        match = _WORD.match(text, at)
        if not match:
            what = "This string has no end" if text[at] == '"' else f"Unexpected '{text[at]}'"
            raise FormulaSyntaxError(place, what)
        kind = match.lastgroup or ""
        if kind != "SPACE":
            yield Token(Kind[kind], match[kind], place)
        breaks = match[0].count("\n")
        if breaks:
            line, line_start = line + breaks, at + match[0].rindex("\n") + 1
        at = match.end()
    yield Token(Kind.END, "", Place(line, at - line_start + 1))
