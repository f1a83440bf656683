"""The service did it, and the answer was lost: what carries the run's id is the run's."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from batchtui.core import events
from batchtui.core.gateway import UNREADABLE, GatewayError
from batchtui.core.ledger import Fact, Kind, Outcome
from batchtui.core.models import NameValue
from batchtui.core.recipe.model import Fate
from batchtui.core.run.cleanup import CleanupRule
from batchtui.core.run.ownership import container_labels, labels, recipe_of, run_of
from tests.core.runs import Scene
from tests.fakes import pool_spec, refused, unreachable
from tests.fakes.world import FakePool

LOST = {
    "reset": unreachable("Could not: the connection was reset"),
    "headers": GatewayError("Could not: no answer of Azure's", code=UNREADABLE),
    "500": refused("Could not: internal error", status=500, code="InternalError"),
    "502": refused("Could not: bad gateway", status=502),
    "503": refused("Could not: server busy", status=503, code="ServerBusy"),
    "408": refused("Could not: timed out", status=408),
}
CREATIONS = ["create_container", "create_pool", "create_job"]
DELETIONS = ["delete_container", "delete_job", "delete_pool"]
MADE = ["count-r1-app", "count-r1-in", "count-r1-out", "count-r1", "count-r1"]


@pytest.mark.fault("4.1", "4.2", "4.3", "4.4")
@pytest.mark.parametrize(("way", "times"), [*((way, 1) for way in LOST), ("503", 3)])
@pytest.mark.parametrize("call", [*CREATIONS, "upload", "add_task", *DELETIONS])
async def test_a_run_goes_on_and_leaves_nothing(
    tmp_path: Path, call: str, way: str, times: int
) -> None:
    scene = Scene(tmp_path)
    scene.account.calls.lose(call, LOST[way], times=times)
    scene.new_run(yes=True, patience=5)
    assert await scene.carry_out() is Outcome.SUCCEEDED
    assert [event.name for event in scene.all(events.Created)] == MADE
    assert scene.left() == []
    assert scene.orphans() == []
    counts = {name: scene.account.calls.count(name) for name in (*CREATIONS, *DELETIONS)}
    assert counts == {
        "create_container": 3, "create_pool": 1, "create_job": 1,
        "delete_container": 3, "delete_job": 1, "delete_pool": 1,
    }, "nothing is asked for twice: a look tells that it was done"  # fmt: skip
    assert len(scene.all(events.Submitting)) >= 3
    assert scene.all(events.Submitting)[-1].tasks == 3


@pytest.mark.fault("4.1", "4.2", "4.3")
@pytest.mark.parametrize("call", CREATIONS)
async def test_the_ledger_never_says_less_than_there_is(tmp_path: Path, call: str) -> None:
    """The service does it and stays away: the run ends, and cleaning finds all."""
    scene = Scene(tmp_path)
    hold = scene.account.calls.hold_answer(call)
    scene.account.calls.lose(call, LOST["503"])
    scene.new_run(yes=True)

    async def away() -> None:
        await hold.reached.wait()
        scene.account.calls.down(LOST["reset"])
        hold.release()

    gone = asyncio.create_task(away())
    assert await scene.carry_out() is Outcome.REFUSED
    await gone
    scene.account.calls.down(None)
    left = set(scene.left())
    held = {f"container {name}" for name in scene.account.storage.held}
    held |= {f"pool {name}" for name in scene.account.batch.world.pools}
    held |= {f"job {name}" for name in scene.account.batch.world.jobs}
    assert held <= left
    assert held
    await scene.new_run().clean(Fate.DELETE)
    assert scene.orphans() == []
    assert scene.left() == []


@pytest.mark.fault("4.2")
@pytest.mark.parametrize(
    "error", [refused("exists", code="PoolExists"), LOST["500"]], ids=["exists", "500"]
)
async def test_what_somebody_else_made_is_a_conflict_and_stays(
    tmp_path: Path, error: GatewayError
) -> None:
    scene = Scene(tmp_path)
    world = scene.account.batch.world
    hold = scene.account.calls.hold("create_pool")
    scene.account.calls.fail("create_pool", error)
    work = asyncio.create_task(scene.carry_out())
    await hold.reached.wait()
    theirs = replace(pool_spec("count-r1"), metadata=labels("r2", "theirs"))
    world.pools["count-r1"] = FakePool(theirs, world.now)
    hold.release()
    assert await work is Outcome.REFUSED
    (ended,) = scene.all(events.Ended)
    assert "somebody else has created one of that name" in ended.sentence
    assert scene.ledger.read("r1").fact(Kind.POOL, "count-r1") is Fact.REFUSED
    await scene.new_run().clean(Fate.DELETE)
    assert "count-r1" in world.pools
    assert not scene.account.storage.held


@pytest.mark.fault("4.1", "4.2", "4.3")
@pytest.mark.parametrize("kind", list(Kind))
async def test_a_thing_made_again_by_somebody_else_is_not_deleted(
    tmp_path: Path, kind: Kind
) -> None:
    scene = Scene(tmp_path)
    scene.new_run(rule=CleanupRule.NEVER)
    await scene.carry_out()
    world, storage = scene.account.batch.world, scene.account.storage
    match kind:
        case Kind.CONTAINER:
            storage.labels["count-r1-in"] = container_labels("r2", "theirs")
        case Kind.POOL:
            pool = world.pools["count-r1"]
            pool.spec = replace(pool.spec, metadata=())
        case Kind.JOB:
            job = world.jobs["count-r1"]
            job.spec = replace(job.spec, metadata=labels("r2", "theirs"))
    await scene.new_run().clean(Fate.DELETE)
    (kept,) = scene.orphans()
    assert kept == ("count-r1-in" if kind is Kind.CONTAINER else "count-r1")
    assert scene.left() == []
    (said,) = scene.all(events.Troubled)
    assert said.sentence == (
        f"{kind.capitalize()} {kept} was created by somebody else by now, and is not deleted."
    )


@pytest.mark.fault("4.1")
async def test_containers_of_older_ledgers_carry_no_id_and_are_cleaned(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.new_run(rule=CleanupRule.NEVER)
    await scene.carry_out()
    scene.account.storage.labels.clear()
    scene.ledger.write(replace(scene.ledger.read("r1"), labelled=False))
    await scene.new_run().clean(Fate.DELETE)
    assert scene.orphans() == []


def test_metadata_names_the_run_and_its_recipe() -> None:
    assert run_of(labels("r1", "wörter")) == "r1"
    assert recipe_of(labels("r1", "wörter")) == "wörter"
    pairs = container_labels("r1", "words")
    assert all(name.isidentifier() for name in pairs)
    # Storage answers names in lower case, whatever they were.
    shown = [NameValue(name.upper(), value) for name, value in pairs.items()]
    assert (run_of(shown), recipe_of(shown)) == ("r1", "words")
    assert container_labels("r1", "wörter\n").keys() == {"batchtui_run"}
    assert run_of(()) == ""
