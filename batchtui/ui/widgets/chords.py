"""Commands without a key of their own: two strokes, the first of which opens the menu."""

from textual.binding import Binding

LEADER = "x"
"""The key of the menu of actions."""


def chord(letter: str, action: str, words: str, tooltip: str, *, id: str) -> Binding:
    """A binding like any other, so that menu, help, palette and keymap know it.

    No terminal sends its key, `x r`: the menu, once open, takes the letter.
    """
    return Binding(f"{LEADER} {letter}", action, words, show=False, tooltip=tooltip, id=id)


def letter_of(key: str) -> str:
    """The key that chooses a command while the menu is open."""
    return key.removeprefix(f"{LEADER} ")
