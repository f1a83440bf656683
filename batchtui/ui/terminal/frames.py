"""What a terminal shows that knows no UTF-8: plain characters in place of frames and signs."""

import os
import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from rich.cells import cell_len

SIGNS = {
    "·": ".", "…": ".", "\N{EN DASH}": "-", "‖": "|", "┊": ":", "✗": "x", "✓": "v", "●": "*",
    "○": "o", "◌": "o", "◔": "o", "◐": "o", "◑": "o", "◗": "o", "◍": "o", "◎": "o", "◉": "*",
    "▲": "^", "△": "^", "▼": "v", "▽": "v", "▾": "v", "▶": ">", "▸": ">", "■": "#", "◆": "#",
    "◈": "#", "⊘": "/", "≠": "#", "↻": "@", "⏎": "<", "⇡": "^", "←": "<", "→": ">", "↑": "^",
    "↓": "v", "\N{REPLACEMENT CHARACTER}": "?",
}  # fmt: skip
BARS = "_.-=+*#"
"""Blocks that fill a cell from below, from an eighth of it to the whole."""
BLOCKS = range(0x2580, 0x25A0)
BRAILLE = range(0x2800, 0x2900)
PICTURES = range(0x2400, 0x2420)
"""Pictures of control characters."""
ASCII = 0x80


class Plain(dict[int, str]):
    """For `str.translate`: each character as one that `encoding` has, in as many cells."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if code < ASCII:
            return char
        shown = self[code] = self._shown(char)
        return shown

    def _shown(self, char: str) -> str:
        try:
            char.encode(self._encoding)
        except UnicodeEncodeError:
            return _plain(char).ljust(cell_len(char))[: cell_len(char)]
        return char


@cache
def _plain(char: str) -> str:
    code, name = ord(char), unicodedata.name(char, "")
    if char in SIGNS:
        return SIGNS[char]
    if name.startswith("BOX DRAWINGS"):
        return _line(name)
    if code in BLOCKS:
        eighths = code - 0x2580
        return BARS[min(eighths - 1, len(BARS) - 1)] if 0 < eighths < 8 else "#"
    if code in BRAILLE:
        return ":" if code > BRAILLE.start else " "
    if code in PICTURES:
        return "?"
    simple = unicodedata.normalize("NFKD", char)
    return "".join(each for each in simple if ord(each) < ASCII) or "?" * cell_len(char)


def _line(name: str) -> str:
    words = set(name.split())
    if "DIAGONAL" in words:
        return "/"
    across = words & {"HORIZONTAL", "LEFT", "RIGHT"}
    down = words & {"VERTICAL", "UP", "DOWN", "ARC"}
    return ("+" if down else "-") if across else "|"


def wanted_encoding(environment: Mapping[str, str] = os.environ) -> tuple[str, bool]:
    """The encoding that the locale asks for, and whether the user has chosen it.

    The C locale asks for ASCII, but what runs without any locale, as in a container, is mostly
    shown in a terminal that knows UTF-8. Python sets LC_CTYPE itself where nobody did
    (https://peps.python.org/pep-0538/), which is no choice of the user's.
    """
    name = next(filter(None, map(environment.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")
    if re.search("utf-?8", name, re.IGNORECASE):
        unset = not environment.get("LC_ALL") and environment.get("LANG", "") in ("", "C", "POSIX")
        return "utf-8", not (unset and name == "C.UTF-8")
    if name in ("", "C", "POSIX"):
        return "ascii", bool(name)
    return _known(name.partition(".")[2].partition("@")[0] or "iso8859-1"), True


def _known(codeset: str) -> str:
    try:
        "".encode(codeset)
    except LookupError:
        return "ascii"
    return codeset
