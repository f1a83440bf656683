"""One line that says as much as there is room for."""

from dataclasses import dataclass, replace

from rich.cells import cell_len
from textual.reactive import reactive
from textual.strip import Strip

from batchtui.ui.widgets.columns import cut
from batchtui.ui.widgets.painted import Painted
from batchtui.ui.widgets.tones import Spans


@dataclass(frozen=True, slots=True)
class Fact:
    """A part of the line; that of the highest rank is the first to go."""

    text: Spans
    rank: int = 0
    right: bool = False
    """Whether it stands at the right end."""
    tied: bool = False
    """Whether it stands close to the fact before it."""
    short: Spans = ()
    """What it says instead once facts up to the rank `early` have to go."""
    early: int = 0

    @property
    def width(self) -> int:
        return sum(cell_len(text) for text, _ in self.text)


class StatusLine(Painted):
    """The facts beside each other, without the ones that do not fit."""

    GAP = 3
    DEFAULT_CSS = "StatusLine { height: 1; padding: 0 1; background: $surface; }"

    facts: reactive[tuple[Fact, ...]] = reactive(())

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        shown = fitting(self.facts, width, self.GAP)
        left = _line(tuple(fact for fact in shown if not fact.right), self.GAP)
        right = _line(tuple(fact for fact in shown if fact.right), self.GAP)
        taken = sum(cell_len(text) for text, _ in right)
        return self.line((*cut(left, max(0, width - taken)), *right))


def fitting(facts: tuple[Fact, ...], width: int, gap: int) -> tuple[Fact, ...]:
    """The facts that fit side by side, in their order; at least the most important one."""
    shown: dict[int, Fact] = dict(enumerate(facts))

    def too_long() -> bool:
        return sum(fact.width + _before(fact, gap) for fact in shown.values()) - gap > width

    while too_long() and (len(shown) > 1 or any(fact.short for fact in shown.values())):
        place = max(reversed(shown), key=lambda index: _yields(shown[index]))
        fact = shown.pop(place)
        if fact.short:
            shown[place] = replace(fact, text=fact.short, short=())
    # One that went before another became shorter may find room again.
    for place in sorted(range(len(facts)), key=lambda index: facts[index].rank):
        if place not in shown:
            shown[place] = facts[place]
            if too_long():
                del shown[place]
    return tuple(shown[place] for place in sorted(shown))


def _yields(fact: Fact) -> int:
    return fact.early if fact.short else fact.rank


def _line(facts: tuple[Fact, ...], gap: int) -> Spans:
    line: list[tuple[str, str]] = []
    for fact in facts:
        if line:
            line.append((" " * _before(fact, gap), ""))
        line.extend(fact.text)
    return tuple(line)


def _before(fact: Fact, gap: int) -> int:
    """Cells between the fact and the one before it."""
    return 1 if fact.tied else gap
