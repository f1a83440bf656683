"""The names of keys, as a terminal and Textual know them."""

import difflib
import unicodedata

MODIFIERS = frozenset(("ctrl", "alt", "shift", "super", "hyper", "meta"))
NAMED = frozenset(
    (
        *("enter", "escape", "tab", "space", "backspace", "delete", "insert", "home", "end"),
        *("pageup", "pagedown", "up", "down", "left", "right"),
        *(f"f{number}" for number in range(1, 25)),
        *("slash", "backslash", "at", "minus", "plus", "underscore"),
    )
)
"""The last ones are signs that Textual calls otherwise than Unicode."""


def key_trouble(text: str) -> str:
    """What is wrong with keys that stand in a text with commas between them; empty for nothing."""
    for key in text.split(","):
        *modifiers, name = (part for part in key.strip().removeprefix("x ").split("+"))
        if key.strip() in ("", "+"):
            name = key.strip()
            modifiers = []
        if not name:
            return "a key is missing" if text.strip() else "got an empty text"
        wrong = [each for each in modifiers if each not in MODIFIERS]
        if wrong or not _is_key(name):
            unknown = wrong[0] if wrong else name
            return f"no key is called {unknown!r}{_nearest(unknown)}"
    return ""


def _is_key(name: str) -> bool:
    if len(name) == 1:
        return name.isprintable() and not name.isspace()
    if name in NAMED:
        return True
    try:
        unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return False
    return True


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, (*NAMED, *MODIFIERS), n=1)
    return f", did you mean {near[0]!r}?" if near else ""
