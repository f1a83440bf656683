"""A share of what `python -m tests.weather` tries."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from batchtui.local.faults.model import RULES, BodyChange, FaultAction, ResetAt
from tests.weather.matrix import Cell, Doing, cells
from tests.weather.proof import prove
from tests.weather.weathers import LOSABLE, LOST_ANSWERS, WEATHERS, Place, Weather

SEED = 9
LATE = "was fresh only"
SAMPLE = {Doing.RUN: 3, Doing.TRANSFER: 4, Doing.BULK: 6, Doing.DASHBOARD: 2}


def test_all_faults_are_played() -> None:
    """But those that hold a request, which are for tests with a hand on them."""
    faults = [fault for weather in WEATHERS.values() for fault in weather.faults]
    assert {fault["do"] for fault in faults} == set(RULES) - {FaultAction.HOLD}
    assert {fault.get("body") for fault in faults} >= set(BodyChange)
    assert {fault.get("at") for fault in faults} >= set(ResetAt)
    assert all(weather.on(place, 2).rules for weather in WEATHERS.values() for place in Place)
    assert all(weather.on(Place.BOTH, 1).rules for weather in LOST_ANSWERS.values())
    assert len(LOST_ANSWERS) == 48


async def well(chosen: Sequence[Cell], folder: Path) -> None:
    """Try these cells: nothing may be wrong in any.

    What was right but late is tried once more: on a machine that other tests use too, a feed can
    miss its turn. `python -m tests.weather` has no second try.
    """
    tried = await prove(list(chosen), folder / "first", 2)
    assert len(tried) == len(chosen)
    wrong = [one for one in tried if one.outcome.complaints]
    if wrong and all(LATE in text for one in wrong for text in one.outcome.complaints):
        again = await prove([one.cell for one in wrong], folder / "again", 2)
        wrong = [one for one in again if one.outcome.complaints]
    assert not wrong, "\n".join(f"{one.cell}: {one.outcome}" for one in wrong)


def runs_in(*names: str, place: Place = Place.BOTH) -> list[Cell]:
    return [Cell(Doing.RUN, WEATHERS[name], place, SEED) for name in names]


@pytest.mark.slow
@pytest.mark.xdist_group("weather")
@pytest.mark.parametrize("doing", SAMPLE)
async def test_a_sample(doing: Doing, tmp_path: Path) -> None:
    dice = random.Random(f"{SEED} {doing}")
    lasting = [cell for cell in cells([doing], [], [], SEED) if not cell.weather.ends_runs]
    await well(dice.sample(lasting, SAMPLE[doing]), tmp_path)


@pytest.mark.slow
@pytest.mark.xdist_group("weather")
@pytest.mark.fault("4.1", "4.2", "4.3", "4.4")
async def test_each_request_of_a_run_loses_an_answer(tmp_path: Path) -> None:
    """Each in one of the six ways; `tests/core/test_lost_answers.py` has them all."""
    dice = random.Random(SEED)
    names = [dice.choice([n for n in LOST_ANSWERS if n.startswith(each)]) for each in LOSABLE]
    await well([Cell(Doing.LOST, LOST_ANSWERS[name], Place.BOTH, 1) for name in names], tmp_path)


@pytest.mark.slow
@pytest.mark.xdist_group("weather")
@pytest.mark.fault("4.5", "4.6")
async def test_a_run_outlasts_refusals_that_pass(tmp_path: Path) -> None:
    once = [
        Weather(f"{status} once", ({"do": "answer", "status": status, "nth": [nth], **more},))
        for status, nth, more in (
            (429, 1, {}),
            (429, 9, {"retry_after": 2}),
            (401, 25, {}),
            (403, 25, {}),
        )
    ]
    await well([Cell(Doing.RUN, weather, Place.BOTH, 1) for weather in once], tmp_path)


@pytest.mark.slow
@pytest.mark.xdist_group("weather")
@pytest.mark.fault("1.11")
async def test_a_dashboard_outlasts_bodies_that_are_not_the_services(tmp_path: Path) -> None:
    bodies = [f"body: {each}" for each in ("html", "malformed", "empty")]
    await well([Cell(Doing.DASHBOARD, WEATHERS[b], Place.BOTH, SEED) for b in bodies], tmp_path)


@pytest.mark.slow
@pytest.mark.xdist_group("weather")
@pytest.mark.fault("2.17", "3.2", "3.9")
async def test_a_run_keeps_everything_where_it_gives_up_and_wait_finishes_it(
    tmp_path: Path,
) -> None:
    chosen = [
        *runs_in("503, Retry-After an hour", place=Place.BATCH),
        Cell(Doing.RUN, WEATHERS["away for good"], Place.STORAGE, 1),
        Cell(Doing.RUN, WEATHERS["page skipped"], Place.STORAGE, 1),
    ]
    await well(chosen, tmp_path)
