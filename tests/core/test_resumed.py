"""A run goes on from any point at which it was killed, and ends with its own outcome."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from batchtui.core import events
from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import Fact, Kind, Outcome
from batchtui.core.recipe.load import restored
from batchtui.core.recipe.model import Fate
from batchtui.core.run import inputs
from batchtui.core.run.cleanup import CleanupRule
from batchtui.core.run.errors import ChangedInputsError
from tests.core.recipes import GOOD
from tests.core.runs import Scene
from tests.fakes import Outcome as TaskOutcome

BEFORE = ["create_container", "upload", "container_url", "create_pool", "create_job", "blob_url",
          "add_task"]  # fmt: skip
WORKS = ["create_container", "upload", "create_pool", "create_job", "add_task"]
"""Of those, the ones that do some work before they answer."""
CLEANING = ["delete_container", "delete_job", "delete_pool"]
KILLS = [
    *((call, False) for call in (*BEFORE, "job", "task_counts", "node_counts", "blobs",
                                 "download", *CLEANING)),
    *((call, True) for call in (*WORKS, *CLEANING)),
]  # fmt: skip


@pytest.mark.fault("4.7", "4.8")
@pytest.mark.parametrize(("call", "served"), KILLS)
async def test_killed_anywhere_it_goes_on_to_its_end(
    tmp_path: Path, call: str, served: bool
) -> None:
    scene = Scene(tmp_path)
    if call == "job":
        # The first look at the job comes before anything is written down.
        call = "task_counts"
    scene.new_run(yes=True)
    await scene.killed_at(call, served=served)
    # The recipe on disk is of no importance any more.
    (tmp_path / "recipe" / "recipe.toml").write_text("")
    scene.new_run(yes=True)
    assert await scene.run.resume() is Outcome.SUCCEEDED
    assert (scene.output / "a_OUT.txt").read_bytes() == b"a: 10\n"
    assert scene.left() == []
    assert scene.orphans() == []
    calls = scene.account.calls
    created = {name: calls.count(name) for name in ("create_pool", "create_job")}
    asked = 1 + (call in created and not served)
    assert created == {name: asked if name == call else 1 for name in created}
    assert len(set(scene.ledger.read("r1").things)) == 5
    assert await scene.new_run().resume() is Outcome.SUCCEEDED, "it is over, and has its outcome"


@pytest.mark.fault("4.8")
@pytest.mark.parametrize("call", CLEANING)
@pytest.mark.parametrize("served", [False, True])
async def test_killed_in_its_clean_up_a_failed_run_stays_failed(
    tmp_path: Path, call: str, served: bool
) -> None:
    scene = Scene(tmp_path)
    scene.account.batch.outcomes = {"count-1": TaskOutcome(exit_code=7)}
    scene.new_run(rule=CleanupRule.ALWAYS)
    await scene.killed_at(call, served=served)
    listed = scene.account.calls.count("blobs")
    assert await scene.new_run(rule=CleanupRule.ALWAYS).resume() is Outcome.FAILED
    assert scene.orphans() == []
    assert scene.account.calls.count("blobs") == listed > 0, "what was fetched is not fetched again"


@pytest.mark.fault("4.7")
async def test_what_was_uploaded_is_not_uploaded_again(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    await scene.killed_at("create_pool", served=False)
    assert scene.account.calls.count("upload") == 4
    assert await scene.new_run().resume() is Outcome.SUCCEEDED
    assert scene.account.calls.count("upload") == 4


@pytest.mark.fault("4.7")
async def test_a_container_that_is_gone_is_filled_again(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    await scene.killed_at("create_pool", served=False)
    del scene.account.storage.held["count-r1-in"]
    assert await scene.new_run().resume() is Outcome.SUCCEEDED
    assert scene.account.calls.count("upload") == 4 + 3


@pytest.mark.fault("4.7")
@pytest.mark.parametrize("change", ["content", "size", "gone", "folder"])
@pytest.mark.parametrize("call", ["create_container", "create_pool", "add_task"])
async def test_an_input_that_changed_ends_it_and_deletes_nothing(
    tmp_path: Path, change: str, call: str
) -> None:
    scene = Scene(tmp_path)
    scene.new_run(yes=True)
    await scene.killed_at(call, served=True)
    before, held = scene.ledger.read("r1"), scene.orphans()
    file = tmp_path / "recipe" / "texts" / "b.txt"
    data = file.read_bytes()
    match change:
        case "content":
            file.write_bytes(data[::-1])
        case "size":
            file.write_bytes(data + b"more")
        case "gone":
            file.unlink()
        case "folder":
            file.unlink()
            file.mkdir()
    with pytest.raises(ChangedInputsError, match=r"b\.txt (has changed|cannot be read any more)"):
        await scene.new_run(yes=True).resume()
    assert scene.ledger.read("r1") == before
    assert scene.orphans() == held
    if change == "folder":
        file.rmdir()
    file.write_bytes(data)
    assert await scene.new_run(yes=True).resume() is Outcome.SUCCEEDED


async def test_a_file_that_was_only_touched_has_not_changed(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"abc")
    from batchtui.core.recipe.inputs import UploadFile

    (noted,) = await inputs.noted([UploadFile("in", "a", file, 3)])
    assert (noted.size, noted.md5) == (3, "900150983cd24fb0d6963f7d28e17f72")
    file.touch()
    assert await inputs.changes([noted]) == ()
    (again,) = inputs.files_of([noted])
    assert (again.role, again.blob, again.source) == ("in", "a", file)


@pytest.mark.fault("4.7")
async def test_new_files_beside_the_inputs_are_none_of_them(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    await scene.killed_at("create_job", served=False)
    (tmp_path / "recipe" / "texts" / "d.txt").write_text("d")
    assert await scene.new_run().resume() is Outcome.SUCCEEDED
    (finished,) = scene.all(events.Finished)
    assert finished.of_tasks == finished.counts.succeeded == 3


@pytest.mark.fault("4.7")
async def test_what_was_cleaned_before_submission_does_not_come_back(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    await scene.killed_at("create_job", served=False)
    await scene.new_run().clean(Fate.DELETE)
    assert await scene.new_run().resume() is Outcome.REFUSED
    assert scene.orphans() == []


@pytest.mark.fault("4.7")
async def test_an_older_ledger_without_the_recipe_can_only_be_cleaned(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    await scene.killed_at("create_job", served=False)
    scene.ledger.write(replace(scene.ledger.read("r1"), text=""))
    assert await scene.new_run().resume() is Outcome.REFUSED
    assert "there is nothing to wait for" in scene.all(events.Ended)[-1].sentence


@pytest.mark.fault("4.7")
async def test_a_name_that_somebody_took_meanwhile_is_said_and_nothing_deleted(
    tmp_path: Path,
) -> None:
    scene = Scene(tmp_path)
    await scene.killed_at("create_job", served=True)
    job = scene.account.batch.world.jobs["count-r1"]
    job.spec = replace(job.spec, metadata=())
    assert await scene.new_run().resume() is Outcome.REFUSED
    (ended,) = scene.all(events.Ended)
    assert "a job 'count-r1' exists already" in ended.sentence
    assert scene.ledger.read("r1").fact(Kind.JOB, "count-r1") is Fact.INTENDED
    assert len(scene.orphans()) == 5


async def test_a_run_goes_on_with_what_the_ledger_says_once_it_is_held(tmp_path: Path) -> None:
    """Another program may have cleaned it since somebody read its record."""
    scene = Scene(tmp_path)
    await scene.killed_at("task_counts", served=False)
    stale = scene.new_run()
    await scene.new_run().clean(Fate.DELETE)
    assert await stale.resume() is Outcome.REFUSED
    assert scene.left() == []
    assert not scene.all(events.Ended)[-1].resumable


def test_a_plan_is_restored_from_its_text(tmp_path: Path) -> None:
    plan = Scene(tmp_path).plan
    again = restored(plan.file, plan.text, plan.parameters, plan.uploads, plan.run_id)
    assert again == plan
    assert plan.text == GOOD


@pytest.mark.fault("3.3", "4.7", "4.8")
@pytest.mark.parametrize("call", ["images", *BEFORE, "task_counts", "download", *CLEANING])
async def test_an_interrupted_run_says_whether_it_can_be_gone_on_with(
    tmp_path: Path, call: str
) -> None:
    scene = Scene(tmp_path)
    scene.new_run(yes=True)
    await scene.cancelled_at(call)
    ended = scene.all(events.Ended)[-1]
    assert ended.outcome is Outcome.INTERRUPTED
    assert ended.resumable is scene.ledger.knows("r1") is (call != "images")
    if ended.resumable:
        assert await scene.new_run(yes=True).resume() is Outcome.SUCCEEDED
    assert scene.orphans() == []


async def test_a_run_that_was_cleared_away_cannot_be_gone_on_with(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.account.calls.fail("create_job", GatewayError("No.", status=400))
    scene.new_run(rule=CleanupRule.ALWAYS)
    assert await scene.carry_out() is Outcome.REFUSED
    assert scene.orphans() == []
    assert not scene.all(events.Ended)[-1].resumable
    assert await scene.new_run().resume() is Outcome.REFUSED
    ended = scene.all(events.Ended)[-1]
    assert "there is nothing to wait for" in ended.sentence
    assert not ended.resumable
