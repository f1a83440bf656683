"""Text from outside, made fit for a screen, a terminal or a file that somebody prints.

Whatever is in it, it moves no cursor, sets no title, fills no clipboard and turns no text around.
Names and sentences go through `visible`, what a task wrote through `lines_of`, JSON through
`visible_json`.
"""

import re
import unicodedata

ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor movements
    r"|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # titles, links and other strings
    r"|\x1b[ -/]*[0-~]"
)
UNSEEN = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Formatting characters: direction, joining, variants. They take no cell, or make others lie."""

CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"}
CONTROLS |= {0x7F: 0x2421, 0x2028: 0x20, 0x2029: 0x20}
CONTROLS |= dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
"""What is left of the control characters shows as a picture of itself, such as `␀`."""

TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Those that change the direction of what stands beside them: `exe.txt` reads `txt.exe`."""

BEYOND_ASCII = re.compile("[\x7f-\U0010ffff]")
"""What JSON may hold as it stands; control characters of ASCII it may not."""

TAB = 8


def visible(text: str) -> str:
    """`text` as one line in which everything can be seen: `good␍bad`.

    A control character is shown as its picture, and what has none, half a character of a file's
    name among it, as `�`.
    """
    if text.isprintable():
        return text
    text = UNSEEN.sub("", TURNING.sub("\ufffd", text.translate(CONTROLS)))
    return "".join(map(_seen, text))


def visible_json(text: str) -> str:
    """JSON that means the same, with what a terminal should not be given as `\\u` escapes."""
    return text if text.isprintable() else BEYOND_ASCII.sub(_escaped, text)


def _seen(char: str) -> str:
    if char.isprintable():
        return char
    if char in "\t\n":
        return chr(0x2400 + ord(char))
    return " " if unicodedata.category(char) == "Zs" else "\ufffd"


def _escaped(match: re.Match[str]) -> str:
    char, code = match[0], ord(match[0])
    if char.isprintable() or unicodedata.category(char) == "Zs":
        return char
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def lines_of(text: str, *, cut: bool = False) -> tuple[str, ...]:
    """The lines of a text, safe to show. `cut`: the text begins amid a line, which is left out.

    A carriage return does what it does in a terminal: the line starts anew, so that of a progress
    bar its last state stays.
    """
    if cut:
        _, found, rest = text.partition("\n")
        text = rest if found else text
    text = text.replace("\r\n", "\n")
    if "\x1b" in text:
        text = ESCAPES.sub("", text)
    if not text.isascii():
        text = UNSEEN.sub("", text)
    lines = text.removesuffix("\n").split("\n") if text else []
    if "\r" in text:
        lines = [line.rstrip("\r").rpartition("\r")[2] for line in lines]
    return tuple(_plain(line) for line in lines)


def _plain(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line
    return visible(line.expandtabs(TAB))
