"""What was not fetched is never deleted; only what has ended well is cleaned up unasked."""

import asyncio
from itertools import count
from pathlib import Path

import pytest

from batchtui.core import events
from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import Kind, Outcome
from batchtui.core.models import Blob, Window
from batchtui.core.recipe.model import AfterTrouble, Cleanup, Fate
from batchtui.core.run.cleanup import CleanupRule, everywhere, fates_after
from tests.core.recipes import GOOD
from tests.core.runs import Scene
from tests.fakes import Outcome as TaskOutcome
from tests.fakes import refused, unreachable

DISK_FULL = GatewayError("Could not save it: No space left on device", code="LocalFile")
TROUBLE = {
    "403": refused("Denied.", status=403, code="AuthorizationPermissionMismatch"),
    "reset": unreachable("Reset."),
    "disk full": DISK_FULL,
}
RULES = [(None, True), (CleanupRule.ALWAYS, False), (CleanupRule.ALWAYS, True)]
DELETE = '[cleanup]\ncontainers = "delete"\njob = "delete"\npool = "delete"\n'
ALL = DELETE + '[cleanup.on_{0}]\ncontainers = "delete"\njob = "delete"\npool = "delete"\n'


def outputs(*names: str) -> dict[str, TaskOutcome]:
    return {"*": TaskOutcome(blobs={name: name.encode() for name in names})}


@pytest.mark.fault("3.2")
@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize(("rule", "yes"), RULES)
async def test_what_could_not_be_fetched_is_kept_by_any_option(
    tmp_path: Path, trouble: str, rule: CleanupRule | None, yes: bool
) -> None:
    scene = Scene(tmp_path)
    scene.account.batch.outcomes = outputs("a", "b", "c")
    scene.account.calls.fail("download", TROUBLE[trouble], times=10_000)
    scene.new_run(rule=rule, yes=yes)
    assert await scene.carry_out() is Outcome.UNFETCHED
    assert {event.blob for event in scene.all(events.NotFetched)} == {"a", "b", "c"}
    assert len(scene.left()) == 5
    assert not [call for call in scene.account.calls.made if call.startswith("delete")]
    assert set(scene.account.storage.held["count-r1-out"]) == {"a", "b", "c"}

    scene.account.calls._failures.clear()
    assert await scene.new_run(yes=True).resume() is Outcome.SUCCEEDED
    assert {path.name for path in scene.output.iterdir()} == {"a", "b", "c"}
    assert scene.orphans() == []
    assert scene.ledger.read("r1").unfetched == ()


@pytest.mark.fault("3.2")
async def test_a_folder_where_a_file_goes(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    (scene.output / "a_OUT.txt" / "x").mkdir(parents=True)
    scene.new_run(yes=True)
    assert await scene.carry_out() is Outcome.UNFETCHED
    (missed,) = scene.all(events.NotFetched)
    assert (missed.container, missed.blob) == ("count-r1-out", "a_OUT.txt")
    assert "a_OUT.txt" in scene.account.storage.held["count-r1-out"]
    (scene.output / "a_OUT.txt" / "x").rmdir()
    (scene.output / "a_OUT.txt").rmdir()
    assert await scene.new_run(yes=True).resume() is Outcome.SUCCEEDED


@pytest.mark.fault("3.2", "3.5")
async def test_one_that_cannot_be_fetched_keeps_no_other(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    names = [f"o{i}" for i in range(12)]
    scene.account.batch.outcomes = outputs(*names)
    scene.account.calls.fail("download", TROUBLE["403"])
    scene.new_run(yes=True)
    assert await scene.carry_out() is Outcome.UNFETCHED
    assert len(list(scene.output.iterdir())) == 11
    (missed,) = scene.all(events.NotFetched)
    (ended,) = scene.all(events.Ended)
    assert ended.sentence == "1 output could not be fetched, and everything is kept."
    assert scene.ledger.read("r1").unfetched[0].blob == missed.blob


@pytest.mark.fault("3.2")
@pytest.mark.parametrize("error", [refused("Gone.", status=404), refused("No.", status=400)])
async def test_outputs_that_cannot_be_listed(tmp_path: Path, error: GatewayError) -> None:
    scene = Scene(tmp_path)
    scene.account.calls.fail("blobs", error)
    scene.new_run(rule=CleanupRule.ALWAYS)
    assert await scene.carry_out() is Outcome.UNFETCHED
    assert len(scene.left()) == 5


@pytest.mark.fault("3.2")
async def test_outputs_of_one_name_from_two_containers_do_not_replace_each_other(
    tmp_path: Path,
) -> None:
    more = '[[downloads]]\nfrom = "output"\n[[downloads]]\nfrom = "input"'
    scene = Scene(tmp_path, GOOD.replace('[[downloads]]\nfrom = "output"', more))
    scene.account.batch.outcomes = outputs("a.txt")
    scene.new_run(yes=True)
    assert await scene.carry_out() is Outcome.UNFETCHED
    assert (scene.output / "a.txt").read_bytes() == b"a.txt"
    (missed,) = scene.all(events.NotFetched)
    assert (missed.container, missed.blob) == ("count-r1-in", "a.txt")


@pytest.mark.fault("3.2", "3.9")
@pytest.mark.parametrize(
    "listed",
    [
        [0],
        [2],
        [1, 2],
        [3, 0],
        [2, 0],
        [0, 1, 0, 2, 0],
        [0, 0],
        [0] * 5,
        [1, 0, 1, 1, 0],
        [0, 2, 2, 2],
    ],
)
async def test_what_a_listing_left_out_is_fetched_before_it_is_deleted(
    tmp_path: Path, listed: list[int]
) -> None:
    """`listed`: how many of the three outputs each of the first listings has."""
    scene = Scene(tmp_path)
    scene.account.batch.outcomes = outputs("a", "b", "c")
    storage, counts = scene.account.storage, iter(listed)
    whole = storage.blobs

    async def partly(container: str, *, at_most: int | None = None) -> Window[Blob]:
        window = await whole(container, at_most=at_most)
        count = next(counts, None) if container == "count-r1-out" else None
        if count is not None:
            return Window(window.items[:count])
        return Window((*window.items, *window.items))  # a page that is repeated

    storage.blobs = partly  # type: ignore[method-assign]
    scene.new_run(yes=True)
    assert await scene.carry_out() is Outcome.SUCCEEDED
    assert {path.name for path in scene.output.iterdir()} == {"a", "b", "c"}
    assert scene.account.calls.count("download") == 3


@pytest.mark.fault("3.2")
async def test_a_container_that_is_written_to_for_ever_is_kept(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    storage = scene.account.storage
    whole, looks = storage.blobs, count()

    async def written(container: str, *, at_most: int | None = None) -> Window[Blob]:
        storage.put(container, {f"more-{next(looks)}": b"x"})
        return await whole(container, at_most=at_most)

    storage.blobs = written  # type: ignore[method-assign]
    scene.new_run(yes=True)
    assert await scene.carry_out() is Outcome.UNFETCHED
    (missed,) = scene.all(events.NotFetched)
    assert missed.reason == "something still writes to it"
    assert len(scene.left()) == 5


@pytest.mark.fault("3.2")
async def test_a_failed_run_whose_outputs_cannot_be_fetched_is_failed_later(
    tmp_path: Path,
) -> None:
    scene = Scene(tmp_path)
    scene.account.batch.outcomes = {"count-1": TaskOutcome(exit_code=1), **outputs("a")}
    scene.account.calls.fail("download", TROUBLE["403"])
    scene.new_run(rule=CleanupRule.ALWAYS)
    assert await scene.carry_out() is Outcome.UNFETCHED
    assert await scene.new_run(rule=CleanupRule.ALWAYS).resume() is Outcome.FAILED
    assert scene.orphans() == []


@pytest.mark.fault("3.3")
@pytest.mark.parametrize("yes", [False, True])
@pytest.mark.parametrize("rule", [None, CleanupRule.ALWAYS])
@pytest.mark.parametrize(
    "call", ["create_pool", "task_counts", "download", "delete_container", "delete_pool"]
)
async def test_an_interrupted_run_keeps_everything(
    tmp_path: Path, call: str, rule: CleanupRule | None, yes: bool
) -> None:
    scene = Scene(tmp_path)
    scene.new_run(rule=rule, yes=yes)
    await scene.cancelled_at(call)
    made = scene.account.calls.made
    after = made[max(i for i, each in enumerate(made) if each.startswith(call)) + 1 :]
    assert not [each for each in after if each.startswith("delete")]
    assert not scene.asked or call == "delete_pool"
    assert scene.ledger.read("r1").outcome is Outcome.INTERRUPTED


@pytest.mark.fault("3.7")
@pytest.mark.parametrize("yes", [False, True])
async def test_a_failed_run_is_kept_unless_the_recipe_says_otherwise(
    tmp_path: Path, yes: bool
) -> None:
    scene = Scene(tmp_path, GOOD.replace('[cleanup]\ncontainers = "delete"\n', DELETE))
    scene.account.batch.outcomes = {"count-1": TaskOutcome(exit_code=1), **outputs("a")}
    scene.new_run(yes=yes)
    assert await scene.carry_out() is Outcome.FAILED
    assert len(scene.left()) == 5
    assert (scene.output / "a").exists()
    assert not scene.asked

    text = GOOD.replace('[cleanup]\ncontainers = "delete"\n', ALL.format("failure"))
    other = Scene(tmp_path / "other", text)
    other.account.batch.outcomes = scene.account.batch.outcomes
    other.new_run(yes=yes)
    assert await other.carry_out() is Outcome.FAILED
    assert other.orphans() == []


@pytest.mark.fault("3.7")
async def test_a_run_that_timed_out_is_ended_and_fetched_before_it_is_deleted(
    tmp_path: Path,
) -> None:
    text = GOOD.replace('[cleanup]\ncontainers = "delete"\n', ALL.format("timeout"))
    scene = Scene(tmp_path, text)
    scene.account.batch.outcomes = {
        "count-1": TaskOutcome(steps=1_000_000), **outputs("soon")
    }  # fmt: skip
    ticks = iter(range(0, 1_000_000, 10))
    scene.new_run(clock=lambda: float(next(ticks)))
    assert await scene.carry_out() is Outcome.TIMED_OUT
    made = [call.split()[0] for call in scene.account.calls.made]
    assert made.index("terminate_job") < made.index("blobs") < made.index("delete_container")
    assert (scene.output / "soon").exists()
    assert scene.orphans() == []


@pytest.mark.fault("3.7")
async def test_containers_that_tasks_still_write_to_stay_after_a_timeout(tmp_path: Path) -> None:
    scene = Scene(tmp_path, GOOD + '[cleanup.on_timeout]\ncontainers = "delete"\n')
    scene.account.batch.outcomes = {"*": TaskOutcome(steps=1_000_000)}
    ticks = iter(range(0, 1_000_000, 300))
    scene.new_run(clock=lambda: float(next(ticks)))
    assert await scene.carry_out() is Outcome.TIMED_OUT
    assert len(scene.left()) == 5


@pytest.mark.fault("3.7")
@pytest.mark.parametrize(
    ("rule", "deleted"),
    [
        (CleanupRule.ALWAYS, [Outcome.SUCCEEDED, Outcome.FAILED, Outcome.TIMED_OUT]),
        (CleanupRule.SUCCESS, [Outcome.SUCCEEDED]),
        (CleanupRule.NEVER, []),
    ],
)
def test_rules_overrule_the_recipe(rule: CleanupRule, deleted: list[Outcome]) -> None:
    for outcome in Outcome:
        for cleanup in (Cleanup(), Cleanup(Fate.DELETE, Fate.DELETE, Fate.DELETE)):
            fates = fates_after(outcome, cleanup, rule, yes=True)
            assert fates == everywhere(Fate.DELETE if outcome in deleted else Fate.KEEP)


@pytest.mark.fault("3.7")
def test_yes_answers_questions_and_nothing_more() -> None:
    kept = AfterTrouble(job=Fate.ASK)
    cleanup = Cleanup(Fate.DELETE, Fate.ASK, Fate.KEEP, on_failure=kept)
    assert fates_after(Outcome.SUCCEEDED, cleanup, None, yes=True) == {
        Kind.CONTAINER: Fate.DELETE, Kind.JOB: Fate.DELETE, Kind.POOL: Fate.KEEP,
    }  # fmt: skip
    assert fates_after(Outcome.SUCCEEDED, cleanup, None, yes=False)[Kind.JOB] is Fate.ASK
    assert fates_after(Outcome.FAILED, cleanup, None, yes=True) == {
        Kind.CONTAINER: Fate.KEEP, Kind.JOB: Fate.DELETE, Kind.POOL: Fate.KEEP,
    }  # fmt: skip
    for outcome in (Outcome.REFUSED, Outcome.INTERRUPTED, Outcome.UNFETCHED):
        assert fates_after(outcome, cleanup, None, yes=True) == everywhere(Fate.KEEP)


async def test_a_refusal_before_submission_is_cleaned_up_where_all_always_is(
    tmp_path: Path,
) -> None:
    for rule, left in ((None, 3), (CleanupRule.SUCCESS, 3), (CleanupRule.ALWAYS, 0)):
        scene = Scene(tmp_path / str(rule))
        scene.account.calls.fail("create_pool", refused("Quota.", code="PoolQuotaReached"))
        scene.new_run(rule=rule, yes=True)
        assert await scene.carry_out() is Outcome.REFUSED
        assert len(scene.orphans()) == len(scene.left()) == left


async def test_a_service_that_stays_away_deletes_nothing(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.account.calls.fail("create_pool", unreachable("Away."), times=10_000)
    scene.new_run(rule=CleanupRule.ALWAYS)
    assert await scene.carry_out() is Outcome.REFUSED
    assert scene.account.calls.count("delete_container") == 0
    assert len(scene.left()) == 4


async def test_a_deletion_that_fails_is_said_and_the_run_keeps_its_outcome(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.account.calls.fail("delete_job", refused("Locked.", status=409, code="Locked"))
    scene.new_run(yes=True)
    assert await scene.carry_out() is Outcome.REFUSED
    assert scene.left() == ["job count-r1"]
    await asyncio.sleep(0)
    assert await scene.new_run(yes=True).resume() is Outcome.SUCCEEDED
    assert scene.orphans() == []
