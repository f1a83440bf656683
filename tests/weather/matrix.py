"""All cells of the proof: what batchtui does in which weather, that strikes whom, by which seed."""

from enum import StrEnum

from msgspec import Struct

from tests.weather.outcome import CellOutcome
from tests.weather.weathers import LOST_ANSWERS, WEATHERS, Place, Weather


class Doing(StrEnum):
    """What batchtui does in a weather."""

    RUN = "run"
    LOST = "lost answer"
    """A run too, of which a single answer is lost."""
    TRANSFER = "transfer"
    BULK = "bulk"
    DASHBOARD = "dashboard"


PLACES = {
    Doing.RUN: (Place.BATCH, Place.STORAGE, Place.BOTH, Place.ALL),
    Doing.LOST: (Place.BOTH,),
    Doing.TRANSFER: (Place.STORAGE,),
    Doing.BULK: (Place.BATCH,),
    Doing.DASHBOARD: (Place.BOTH,),
}


class Cell(Struct, frozen=True):
    """One try."""

    doing: Doing
    weather: Weather
    place: Place
    seed: int

    def __str__(self) -> str:
        return f"{self.doing}, {self.weather.name} on {self.place}, seed {self.seed}"


def cells(doings: list[Doing], weathers: list[str], places: list[Place], seeds: int) -> list[Cell]:
    """All cells of these; a part of a weather's name is enough, and no names means every one."""
    return [
        Cell(doing, weather, place, seed)
        for doing in doings
        for weather in (LOST_ANSWERS if doing is Doing.LOST else WEATHERS).values()
        if not weathers or any(part in weather.name for part in weathers)
        for place in PLACES[doing]
        if not places or place in places
        for seed in range(1, (1 if doing is Doing.LOST else seeds) + 1)
    ]


class Tried(Struct, frozen=True):
    cell: Cell
    outcome: CellOutcome


def table(tried: list[Tried]) -> str:
    """A row for each weather, as in tests/README.md."""
    doings = [doing for doing in Doing if any(each.cell.doing is doing for each in tried)]
    lines = [
        "| weather | " + " | ".join(f"{doing}: well of tries" for doing in doings)
        + " | requests struck | lost | longest in the weather | recovery: median, longest |",
        "|--|" + "--|" * (len(doings) + 4),
    ]  # fmt: skip
    for name in dict.fromkeys(each.cell.weather.name for each in tried):
        lines.append(_row(name, doings, [each for each in tried if each.cell.weather.name == name]))
    lines.append(_row("all", doings, tried))
    return "\n".join(lines)


def _row(name: str, doings: list[Doing], tried: list[Tried]) -> str:
    counts = []
    for doing in doings:
        of = [each for each in tried if each.cell.doing is doing]
        counts.append(f"{sum(not each.outcome.complaints for each in of)} of {len(of)}")
    outcomes = [each.outcome for each in tried]
    recoveries = sorted(each.recovery for each in outcomes)
    return "| " + " | ".join((
        name,
        *counts,
        str(sum(each.struck for each in outcomes)),
        str(sum(each.lost for each in outcomes)),
        f"{max(each.took for each in outcomes):.0f}s",
        f"{recoveries[len(recoveries) // 2]:.1f}s, {recoveries[-1]:.1f}s",
    )) + " |"  # fmt: skip
