"""A share of the kills that `python -m tests.kills` carries out, another one for each means."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from batchtui.local.account import run_account
from batchtui.local.datadir import DataDir
from tests.kills.commands import Workplace, came_true
from tests.kills.inventory import inventory_of
from tests.kills.moments import Moment, Sender
from tests.kills.proof import kill_all, recorded_moments, sample
from tests.kills.survival import Means, kills_at
from tests.kills.verdict import EXIT_CODES
from tests.kills.workload import leftovers, write_recipe, wrong_outputs
from tests.local.account.conftest import processes_of

SEED = 9
SIGNALS = (Means.KILL, Means.TERMINATE, Means.INTERRUPT, Means.HANG_UP)
SHARE_OF_SIGNALS, SHARE_OF_OTHERS = 0.06, 0.04
"""Of the moments."""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> list[Moment]:
    return asyncio.run(recorded_moments(tmp_path_factory.mktemp("recorded")))


def test_the_moments_are_those_of_a_whole_run(moments: Sequence[Moment]) -> None:
    assert len(moments) > 60
    assert len(set(moments)) == len(moments)
    asked = {(moment.request.sender, moment.request.operation) for moment in moments}
    assert asked >= {
        *((Sender.RUN, f"Create{what}") for what in ("Container", "Pool", "Job", "TaskCollection")),
        *((Sender.RUN, f"Delete{what}") for what in ("Container", "Pool", "Job")),
        *((sender, "PutBlob") for sender in Sender if sender is not Sender.CHECK),
        *((sender, "GetBlob") for sender in (Sender.RUN, Sender.NODE)),
        (Sender.RUN, "GetJobTaskCounts"),
    }
    for served in (False, True):
        assert {moment.request for moment in moments if moment.served is served} == {
            moment.request for moment in moments
        }


@pytest.mark.fault("1.4", "3.3", "4.7", "4.8", "4.9")
@pytest.mark.parametrize("means", Means)
async def test_a_run_survives(means: Means, moments: Sequence[Moment], tmp_path: Path) -> None:
    share = SHARE_OF_SIGNALS if means in SIGNALS else SHARE_OF_OTHERS
    chosen = sample(moments, share, f"{SEED} {means}")
    survivals = await kill_all(kills_at(means, chosen, SEED), tmp_path, jobs=2)
    assert not [str(survival) for survival in survivals if survival.complaints]
    assert len(survivals) == len(chosen)


@pytest.mark.fault("3.3")
@pytest.mark.parametrize("means", [Means.KILL, Means.TERMINATE])
async def test_an_account_that_a_run_started_ends_with_it_and_comes_back_for_wait(
    means: Means, tmp_path: Path
) -> None:
    place = Workplace(tmp_path / "run", write_recipe(tmp_path / "recipe"), {})
    data_dir = tmp_path / "run" / "data" / "batchtui" / "local"
    process = await place.run("local", "--yes")
    await process.until("Submitted 2 tasks", 60)
    process.send(means.signal)
    code, said = await process.end(30)
    assert code == EXIT_CODES[means.signal], said
    assert await came_true(lambda: not processes_of(data_dir), 30)
    record = place.record()
    assert record is not None
    place.gate.touch()
    process = await place.start("wait", record.run_id)
    code, said = await process.end(60)
    assert code == 0, said
    assert wrong_outputs(place.output, complete=True) + leftovers(place.output) == []
    assert await came_true(lambda: not processes_of(data_dir), 30)
    async with (
        run_account(DataDir(data_dir), progress=print) as running,
        inventory_of(running.connection) as inventory,
    ):
        assert await inventory.empty(0)
