"""Every command that has a key of its own, read from the `BINDINGS` that declare it."""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key
from textual.screen import ModalScreen, Screen

import batchtui.ui
from batchtui.ui.panes.frame import Pane
from batchtui.ui.widgets.chords import LEADER

SHOWN_AS = {
    "question_mark": "?", "slash": "/", "colon": ":", "full_stop": ".", "comma": ",",
    "left_square_bracket": "[", "right_square_bracket": "]", "less_than_sign": "<",
    "greater_than_sign": ">", "number_sign": "#", "plus": "+", "minus": "-", "equals_sign": "=",
    "ctrl+backslash": "ctrl+\\",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it is declared, under the id by which the configuration may give it keys."""

    where: str
    """Of what: `Everywhere`, or a pane or screen in words."""
    keys: tuple[str, ...]
    words: str
    tooltip: str
    id: str


def commands() -> tuple[Command, ...]:
    """All of them, those of the whole program first, then those of the dashboard and its panes."""
    found = [command for cls in _classes() for command in _of(cls)]
    once: dict[tuple[str, tuple[str, ...]], Command] = {}
    for command in sorted(found, key=_order):
        once.setdefault((command.id, command.keys), command)
    return tuple(once.values())


def unknown(keymap: Mapping[str, str]) -> tuple[str, ...]:
    """Sentences about ids that no command has."""
    ids = {binding.id for cls in _classes() for binding in _bindings(cls) if binding.id}
    sentences = []
    for wanted in keymap:
        if wanted not in ids:
            near = difflib.get_close_matches(wanted, ids, n=1)
            hint = f", did you mean {near[0]!r}?" if near else "; the table of keys names them all"
            sentences.append(f"keys.{wanted}: there is no such command{hint}")
    return tuple(sentences)


def taken(keymap: Mapping[str, str]) -> tuple[str, ...]:
    """Sentences about commands that lose a key to another one.

    Textual tells of such clashes only for commands without an id, of the same pane or screen.
    """
    wanted = {_named(key): name for name, keys in keymap.items() for key in keys.split(",")}
    sentences = []
    for cls in _classes():
        bindings = [binding for kind in cls.__mro__ for binding in _bindings(kind)]
        ids = {binding.id for binding in bindings}
        for binding in bindings:
            for key in binding.key.split(","):
                thief = wanted.get(_named(key))
                if thief and thief in ids and binding.id not in (thief, *keymap):
                    sentences.append(
                        f"keys.{thief}: its key {_shown(key)} was that of {binding.id or 'another'}"
                        f" ({binding.description}), which does without it now; give it another"
                    )
    return (*dict.fromkeys(sentences), *_hidden(wanted, keymap))


def _hidden(wanted: Mapping[str, str], keymap: Mapping[str, str]) -> Iterable[str]:
    """The same where a pane has a key that its screen has too, or any of them one of the app."""
    declared = [
        (cls, binding)
        for cls in _classes()
        if not issubclass(cls, ModalScreen)
        for binding in _bindings(cls)
    ]
    for key, name in wanted.items():
        homes = [cls for cls, binding in declared if binding.id == name]
        for first in (True, False):
            words: dict[str, None] = {}
            places: dict[str, None] = {}
            for home, (cls, binding) in product(homes, declared):
                named = map(_named, binding.key.split(","))
                other = binding.id and binding.id not in (name, *keymap)
                if other and key in named and _meets(home, cls, first=first):
                    words[binding.description] = None
                    places[_where(cls if first else home)] = None
            if words:
                yield (
                    f"keys.{name}: its key {_shown(key)} is also that of {', '.join(words)}, "
                    f"{'which comes first' if first else 'before which it comes'} in: "
                    f"{', '.join(places)}"
                )


def _depth(cls: type[DOMNode]) -> int:
    """Keys are looked for in a pane at first, then in its screen, then in the app."""
    return 0 if issubclass(cls, App) else 1 if issubclass(cls, Screen) else 2


def _meets(home: type[DOMNode], other: type[DOMNode], *, first: bool) -> bool:
    """Whether a key is looked for in both, in the other one `first` or after this one."""
    outer, inner = (home, other) if first else (other, home)
    if _depth(outer) >= _depth(inner):
        return False
    return _depth(outer) == 0 or (_where(outer) == "Dashboard" and _where(inner) in FIRST)


def markdown() -> str:
    """The commands as a table, in the form that the README has it."""
    lines = ["| where | key | does | name in the configuration |", "|--|--|--|--|"]
    before = ""
    for command in commands():
        where = "" if command.where == before else command.where
        before = command.where
        keys = " ".join(f"`{_cell(key)}`" for key in command.keys)
        lines.append(
            f"| {where} | {keys} | {_cell(command.words)}: "
            f"{_cell(_begun(command.tooltip))} | `{command.id}` |"
        )
    return "\n".join(lines) + "\n"


def _classes() -> Iterable[type[DOMNode]]:
    """The classes of the package that declare commands, module by module."""
    prefix = f"{batchtui.ui.__name__}."
    for module in pkgutil.walk_packages(batchtui.ui.__path__, prefix):
        for cls in vars(importlib.import_module(module.name)).values():
            declares = isinstance(cls, type) and issubclass(cls, DOMNode)
            if declares and cls.__module__ == module.name and "BINDINGS" in vars(cls):
                yield cls


def _bindings(cls: type[DOMNode]) -> Iterable[Binding]:
    declared = vars(cls).get("BINDINGS", ())
    return (binding for binding in declared if isinstance(binding, Binding))


def _of(cls: type[DOMNode]) -> Iterable[Command]:
    """The commands of a class; dialogs, which say their keys themselves, have none."""
    if issubclass(cls, ModalScreen):
        return
    for binding in _bindings(cls):
        if binding.id and binding.tooltip:
            keys = tuple(_shown(key) for key in binding.key.split(","))
            yield Command(_where(cls), keys, binding.description, binding.tooltip, binding.id)


def _shown(key: str) -> str:
    chord = key.startswith(f"{LEADER} ")
    plain = key.removeprefix(f"{LEADER} ") if chord else key
    shown = SHOWN_AS.get(plain, plain if "+" in plain or len(plain) > 1 else format_key(plain))
    return f"{LEADER} {shown}" if chord else shown


def _named(key: str) -> str:
    """A key as Textual names it."""
    names = {character: name for name, character in SHOWN_AS.items()}
    return names.get(key.strip(), key.strip())


def _where(cls: type[DOMNode]) -> str:
    if issubclass(cls, App):
        return "Everywhere"
    if issubclass(cls, Pane):
        return cls.NAME or PLACES.get(cls.__name__, "Tables")
    name = cls.__name__.removesuffix("Screen")
    apart = "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip().capitalize()
    return PLACES.get(cls.__name__, apart)


PLACES = {
    "PanedScreen": "Dashboard",
    "ReadingsScreen": "Dashboard",
    "RequestsScreen": "Dashboard",
    "LookingScreen": "Dashboard",
    "BrowsingScreen": "Dashboard",
    "WatchingScreen": "Dashboard",
    "HeatPane": "Nodes",
    "FollowingScreen": "Other screens",
    "InspectableScreen": "Other screens",
    "LogScreen": "Requests and log",
    "ReadingScreen": "Texts",
    "PartView": "Texts",
    "TextView": "Texts",
}
"""Where the commands of a class work, where its own name does not say so."""

FIRST = ("Everywhere", "Dashboard", "Tables", "Pools", "Jobs", "Containers", "Nodes", "Tasks")


def _order(command: Command) -> tuple[int, str]:
    first = FIRST.index(command.where) if command.where in FIRST else len(FIRST)
    return first, command.where if first == len(FIRST) else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _begun(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
