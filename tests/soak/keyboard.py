"""Somebody who presses any key, types anything, and drags the window about."""

import random
from collections.abc import Awaitable, Callable

from textual.events import Key, Paste, Resize
from textual.geometry import Size

from tests.bench.keys import NAMES
from tests.soak.app import SoakedApp

MOVES = ["up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift+tab"]
PLACES = ["1", "2", "3", "4", "5", "6", "z", "[", "]", "escape", "escape", "escape"]
LETTERS = [*"abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ0123456789", *"./,?:+-=\\ "]
"""Without q, which leaves."""
SPECIAL = [
    "enter",
    "enter",
    "space",
    "backspace",
    "delete",
    "ctrl+a",
    "ctrl+p",
    "ctrl+s",
    "ctrl+t",
    "ctrl+\\",
    "f1",
    "f2",
    "f12",
]
OPENERS = [
    "i",
    "f",
    "J",
    "o",
    "b",
    "x",
    "c",
    "m",
    "B",
    "w",
    "e",
    "n",
    "?",
    ":",
    "/",
    "ctrl+p",
    "f2",
    "T",
    "O",
    "L",
]
"""What opens screens, dialogs and lines to type in."""
TEXTS = (
    "2h", "9999-12-31T23:59-01:00", "-1", "0", "1e99", "[/x]", "näme ✓", "a" * 300, "*", "exit:=2",
    "\x1b[31m", "../../x", "9" * 400, "state=failed", "", "C:\\x", "{n}", "\u202e", "frames",
)  # fmt: skip
SIZES = ((80, 24), (120, 40), (200, 60), (40, 10), (80, 3), (20, 5), (300, 90), (100, 12))


class Keyboard:
    """Random, but the same for a seed and a screen that shows the same."""

    def __init__(self, app: SoakedApp, seed: int) -> None:
        self.pressed = 0
        """Keys, texts and sizes so far."""
        self.last: list[str] = []
        """The last of them, for whoever wants to know what led to an error."""
        self._app = app
        self._random = random.Random(seed)
        self._acts: list[tuple[float, Callable[[], Awaitable[None]]]] = [
            (30, self._move),
            (15, self._go),
            (15, self._open),
            (15, self._letter),
            (12, self._special),
            (6, self._type),
            (3, self._paste),
            (4, self._resize),
        ]

    async def press(self) -> None:
        """Do one thing."""
        acts = [act for _, act in self._acts]
        (act,) = self._random.choices(acts, [weight for weight, _ in self._acts])
        await act()
        self.pressed += 1

    async def _move(self) -> None:
        self._key(self._random.choice(MOVES))

    async def _go(self) -> None:
        self._key(self._random.choice(PLACES))

    async def _open(self) -> None:
        self._key(self._random.choice(OPENERS))

    async def _letter(self) -> None:
        self._key(self._random.choice(LETTERS))

    async def _special(self) -> None:
        self._key(self._random.choice(SPECIAL))

    async def _type(self) -> None:
        text = self._random.choice(TEXTS)
        self._note(f"type {text[:20]!r}")
        for char in text[:40]:
            if char.isprintable() and char not in "qQ":
                self._app.post_message(Key(NAMES.get(char, char), char))
        self._app.post_message(Key("enter", "\r"))

    async def _paste(self) -> None:
        text = self._random.choice(TEXTS) * self._random.choice((1, 1, 50))
        self._note(f"paste {len(text)}")
        self._app.post_message(Paste(text))

    async def _resize(self) -> None:
        size = Size(*self._random.choice(SIZES))
        self._note(f"{size.width}x{size.height}")
        self._app.resize(size)
        self._app.post_message(Resize(size, size))

    def _key(self, key: str) -> None:
        self._note(key)
        name = NAMES.get(key, "space" if key == " " else key)
        self._app.post_message(Key(name, key if len(key) == 1 else None))

    def _note(self, what: str) -> None:
        self.last.append(what)
        del self.last[:-30]
