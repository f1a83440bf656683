"""Text that a task wrote, made fit for a screen: whatever is in it, it moves no cursor."""

import re

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

TAB = 8


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
    return line.expandtabs(TAB).translate(CONTROLS)
