"""Text with placeholders: `python3 count.py {input.name}`.

A placeholder is a dotted name in braces. `{{` and `}}` are braces as such, and `${NAME}` belongs to
a shell and stays as it is. Placeholders are filled in several rounds, secrets last; what a round
puts in is never looked at again, so a value may hold any braces.
"""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

TOKEN = re.compile(
    r"(?P<shell>\$\{[^{}]*\})|(?P<open>\{\{)|(?P<close>\}\})"
    r"|\{(?P<name>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)\}|(?P<stray>[{}])"
)


class PlaceholderError(ValueError):
    """A brace that belongs to no placeholder."""


class Slot(Struct, frozen=True):
    """A placeholder that is not filled yet."""

    name: str


class Text(Struct, frozen=True):
    """A text whose placeholders are filled, or are not yet."""

    pieces: tuple[str | Slot, ...] = ()

    @classmethod
    def parse(cls, source: str) -> "Text":
        """Raises `PlaceholderError` for a stray brace."""
        pieces: list[str | Slot] = []
        end = 0
        for token in TOKEN.finditer(source):
            pieces.append(source[end : token.start()])
            end = token.end()
            match token.lastgroup:
                case "name":
                    pieces.append(Slot(token["name"]))
                case "shell":
                    pieces.append(token["shell"])
                case "stray":
                    raise PlaceholderError(
                        f"the {token['stray']!r} at character {token.start() + 1} belongs to no "
                        "placeholder; write {{ or }} for a brace as such"
                    )
                case _:
                    pieces.append(token[0][0])
        return cls(tuple(_joined([*pieces, source[end:]])))

    @property
    def slots(self) -> tuple[str, ...]:
        """The names that still wait for a value, in order."""
        return tuple(piece.name for piece in self.pieces if isinstance(piece, Slot))

    @property
    def sole(self) -> str | None:
        """The name, when the text is one placeholder and nothing else."""
        match self.pieces:
            case (Slot(name),):
                return name
        return None

    def fill(self, values: Mapping[str, str]) -> "Text":
        """Put in the values that there are; other placeholders go on waiting."""
        return Text(
            tuple(
                _joined(
                    values.get(piece.name, piece) if isinstance(piece, Slot) else piece
                    for piece in self.pieces
                )
            )
        )

    def complete(self, values: Mapping[str, str]) -> str:
        """The text itself. Raises KeyError for a placeholder without a value."""
        return "".join(
            values[piece.name] if isinstance(piece, Slot) else piece for piece in self.pieces
        )

    def __str__(self) -> str:
        return "".join(
            f"{{{piece.name}}}" if isinstance(piece, Slot) else piece for piece in self.pieces
        )


def _joined(pieces: Iterable[str | Slot]) -> list[str | Slot]:
    """Neighbouring strings as one, empty ones left out."""
    joined: list[str | Slot] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return joined
