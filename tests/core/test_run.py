"""A run goes through, or says what went wrong and what it left."""

import asyncio
import json
import stat
from itertools import count
from pathlib import Path

import pytest

from batchtui.core import events
from batchtui.core.gateway import GatewayError
from batchtui.core.ledger import Kind, Ledger, LedgerError, Outcome
from batchtui.core.models import FailureInfo, PoolInfo, ResizeError
from batchtui.core.recipe.faults import RecipeError
from batchtui.core.recipe.model import Fate
from batchtui.core.run.cleanup import CleanupRule
from batchtui.core.specs import JobSpec
from batchtui.core.states import NodeState
from tests.core.recipes import GOOD
from tests.core.runs import Scene
from tests.fakes import Outcome as TaskOutcome
from tests.fakes import pool_spec, refused, unreachable
from tests.fakes.storage import SIGNATURE
from tests.fakes.world import FakeNode, FakePool

STEPS = [
    "create_container", "upload", "container_url", "create_pool", "create_job", "blob_url",
    "add_task", "task_counts", "node_counts", "download", "delete_container", "delete_job",
    "delete_pool",
]  # fmt: skip


async def test_the_tutorials_steps_in_order(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    assert await scene.carry_out() is Outcome.SUCCEEDED
    kinds = [type(event).__name__ for event in scene.said]
    assert list(dict.fromkeys(kinds)) == [
        "Started", "Created", "Transferring", "Transferred", "Signed", "Submitting", "Submitted",
        "Progressed", "Finished", "Deleted", "Asking", "Ended",
    ]  # fmt: skip
    assert [c.name for c in scene.all(events.Created)] == [
        "count-r1-app", "count-r1-in", "count-r1-out", "count-r1", "count-r1",
    ]  # fmt: skip
    assert (scene.output / "a_OUT.txt").read_text() == "a: 10\n"
    assert scene.asked == ["Delete job count-r1?", "Delete pool count-r1?"]
    assert not scene.account.storage.held
    scene.account.batch.step()
    assert not scene.account.batch.world.jobs
    assert not scene.account.batch.world.pools
    assert scene.left() == []


async def test_tasks_are_asked_for_as_the_recipe_says(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.answer = False
    await scene.carry_out()
    job = scene.account.batch.world.jobs["count-r1"]
    task = job.tasks["count-1"].spec
    assert task.command_line == f"count.py b.txt 3 sp=rcwl&sig={SIGNATURE}"
    assert task.resource_files[0].http_url is not None
    assert task.resource_files[0].http_url.startswith("https://fake.blob.example/count-r1-in/b.txt")
    pool = scene.account.batch.world.pools["count-r1"].spec
    assert pool.virtual_machine_configuration.node_agent_sku_id == "batch.node.ubuntu 22.04"
    assert pool.start_task is not None
    assert pool.start_task.command_line.endswith("${AZ_BATCH_NODE_SHARED_DIR}'")
    assert scene.left() == ["job count-r1", "pool count-r1"] or scene.left() == [
        "pool count-r1", "job count-r1",
    ]  # fmt: skip
    assert {kept.name for kept in scene.all(events.Kept)} == {"count-r1"}


async def test_no_secret_reaches_an_event_or_the_ledger(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.account.batch.outcomes = {
        "*": TaskOutcome(exit_code=1, stderr=f"PUT https://x?sp=w&sig={SIGNATURE}".encode())
    }
    assert await scene.carry_out() is Outcome.FAILED
    assert SIGNATURE not in repr(scene.said)
    assert SIGNATURE not in repr(scene.plan)
    (file,) = scene.ledger.folder.glob("*.json")
    assert SIGNATURE not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_failed_task_says_its_exit_code_and_last_words(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    lines = b"".join(b"line %d\n" % i for i in range(20))
    missing = FailureInfo("usererror", "BlobNotFound", "A resource file was not found.")
    scene.account.batch.outcomes = {
        "count-1": TaskOutcome(exit_code=7, stderr=lines),
        "count-2": TaskOutcome(exit_code=None, failure=missing),
    }
    assert await scene.carry_out() is Outcome.FAILED
    seven, lost = scene.all(events.TaskFailed)
    assert (seven.task_id, seven.exit_code, seven.reason) == ("count-1", 7, "exit code 7")
    assert seven.stderr.splitlines()[-1] == "line 19"
    assert len(seven.stderr.splitlines()) == 8
    assert lost.reason == "A resource file was not found (BlobNotFound)"
    (finished,) = scene.all(events.Finished)
    assert (finished.counts.succeeded, finished.counts.failed) == (1, 2)


async def test_names_that_are_taken_stop_it_before_anything_is_made(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.account.storage.put("count-r1-in")
    await scene.account.batch.create_pool(pool_spec("count-r1"))
    await scene.account.batch.create_job(JobSpec(id="count-r1", pool_info=PoolInfo("count-r1")))
    scene.account.calls.made.clear()
    with pytest.raises(RecipeError) as caught:
        await scene.carry_out()
    keys = [fault.key for fault in caught.value.faults]
    assert keys == [("job", "id"), ("pool", "id"), ("containers", "input")]
    assert not [call for call in scene.account.calls.made if call.startswith(("create", "delete"))]
    assert not list(scene.ledger.folder.glob("*.json"))


async def test_what_existed_is_used_if_the_recipe_says_so_and_never_deleted(
    tmp_path: Path,
) -> None:
    text = GOOD.replace('"count-{run}-out"', '{ name = "kept", if_exists = "use" }').replace(
        "[pool.start", 'if_exists = "use"\n[pool.start'
    )
    scene = Scene(tmp_path, text)
    scene.account.storage.put("kept", {"old_OUT.txt": b"old"})
    await scene.account.batch.create_pool(pool_spec("count-r1"))
    assert await scene.carry_out() is Outcome.SUCCEEDED
    assert {reused.kind for reused in scene.all(events.Reused)} == {Kind.CONTAINER, Kind.POOL}
    assert "kept" in scene.account.storage.held
    assert "count-r1" in scene.account.batch.world.pools


async def test_what_someone_else_made_in_the_meantime_is_not_deleted(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    taken = refused("Could not create the pool: it exists.", code="PoolExists")
    scene.account.calls.fail("create_pool", taken)
    assert await scene.carry_out() is Outcome.REFUSED
    await scene.new_run().clean(Fate.DELETE)
    assert scene.account.calls.count("delete_container") == 3
    assert scene.account.calls.count("delete_pool") == 0


async def test_access_lasts_twice_as_long_as_the_tasks_may_take(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    await scene.carry_out()
    long = Scene(tmp_path / "long", GOOD.replace('"20m"', '"2d"'))
    await long.carry_out()
    days = [each.all(events.Signed)[0].lasting / 86_400 for each in (scene, long)]
    assert days == [1.0, 4.0]


async def test_an_image_that_the_service_does_not_know_is_a_fault(tmp_path: Path) -> None:
    scene = Scene(tmp_path, GOOD.replace("22_04-lts", "22_04-tls"))
    with pytest.raises(RecipeError, match=r"pool\.image: .* did you mean 'canonical .*22_04-lts'"):
        await scene.carry_out()


@pytest.mark.parametrize("call", STEPS)
async def test_cancelled_in_any_step_it_leaves_a_true_ledger(tmp_path: Path, call: str) -> None:
    scene = Scene(tmp_path)
    await scene.cancelled_at(call)
    record = scene.ledger.read("r1")
    assert record.outcome is Outcome.INTERRUPTED
    held = {f"container {name}" for name in scene.account.storage.held}
    held |= {f"pool {name}" for name in scene.account.batch.world.pools}
    held |= {f"job {name}" for name in scene.account.batch.world.jobs}
    assert held <= {f"{thing.kind} {thing.name}" for thing in record.left}
    (ended,) = scene.all(events.Ended)
    assert ended.left == record.left

    await scene.new_run().clean(Fate.DELETE)
    scene.account.batch.step()
    assert scene.left() == []
    assert not scene.account.storage.held
    assert not scene.account.batch.world.pools


async def test_an_interrupted_run_is_resumed_to_its_end(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    await scene.cancelled_at("task_counts")
    assert await scene.new_run().resume() is Outcome.SUCCEEDED
    assert (scene.output / "a_OUT.txt").exists()
    assert scene.left() == []
    assert await scene.new_run().resume() is Outcome.SUCCEEDED
    assert "is over" in scene.all(events.Ended)[-1].sentence


async def test_a_service_that_stumbles_is_asked_again(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.account.calls.fail("task_counts", unreachable("No answer."), times=2)
    scene.account.calls.fail("node_counts", refused("Busy.", status=503))
    assert await scene.carry_out() is Outcome.SUCCEEDED
    said = scene.all(events.Troubled)
    assert [event.sentence for event in said] == ["No answer.", "Busy."]
    assert all(event.until for event in said)
    assert len(scene.all(events.Recovered)) == 2


@pytest.mark.parametrize(
    ("call", "error", "left"),
    [
        ("create_pool", refused("Quota.", code="PoolQuotaReached"), 3),
        ("create_job", refused("Quota.", code="ActiveJobAndScheduleQuotaReached"), 4),
        ("node_counts", refused("No.", status=400), 5),
    ],
)
async def test_a_refusal_ends_it_and_says_what_is_left(
    tmp_path: Path, call: str, error: GatewayError, left: int
) -> None:
    scene = Scene(tmp_path)
    scene.account.calls.fail(call, error)
    assert await scene.carry_out() is Outcome.REFUSED
    (ended,) = scene.all(events.Ended)
    assert ended.sentence == str(error)
    assert len(ended.left) == left
    assert len(scene.left()) == left


async def test_a_service_that_stays_away_is_given_up(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    await scene.cancelled_at("task_counts")
    scene.account.calls.down(unreachable("Gone."))
    assert await scene.new_run().resume() is Outcome.REFUSED
    ended = scene.all(events.Ended)[-1]
    assert ended.sentence == "Gone. Given up after 0.1 s (--patience)."
    assert len(ended.left) == 5


async def test_a_start_task_that_fails_everywhere_is_said_at_once(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.account.batch.world.start_task = TaskOutcome(exit_code=3, stderr=b"no apt\n")
    assert await scene.carry_out() is Outcome.FAILED
    (failed,) = scene.all(events.NodeFailed)
    assert (failed.exit_code, failed.stderr) == (3, "no apt")
    assert failed.reason == "its start task failed: exit code 3"
    assert "No node of pool count-r1 can run a task." in scene.all(events.Ended)[0].sentence


async def test_a_pool_that_gets_no_nodes_is_said_at_once(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    hold = scene.account.calls.hold("create_job")
    work = asyncio.create_task(scene.carry_out())
    await hold.reached.wait()
    pool = scene.account.batch.world.pools["count-r1"]
    pool.nodes.clear()
    pool.resize_errors = (ResizeError("AccountCoreQuotaReached", "The account has no cores left"),)
    hold.release()
    assert await work is Outcome.REFUSED
    assert "got no nodes: The account has no cores" in scene.all(events.Ended)[0].sentence


async def test_too_slow_is_timed_out_and_everything_kept(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.account.batch.outcomes = {"*": TaskOutcome(steps=1_000_000)}
    ticks = count(step=100.0)
    scene.new_run(clock=lambda: next(ticks))
    assert await scene.carry_out() is Outcome.TIMED_OUT
    assert "within 20 min" in scene.all(events.Ended)[0].sentence
    assert len(scene.left()) == 5
    assert not scene.asked


async def test_tasks_that_wait_for_a_failed_one_are_not_waited_for(tmp_path: Path) -> None:
    more = '[[tasks]]\nid = "last"\ncommand = "x"\ndepends_on = ["count-*"]\n[monitor]'
    scene = Scene(tmp_path, GOOD.replace("[monitor]", more))
    scene.account.batch.outcomes = {"count-0": TaskOutcome(exit_code=1)}
    assert await scene.carry_out() is Outcome.FAILED
    assert "Never run, for what they wait for failed: 1 task." in repr(scene.said)


async def test_containers_stay_until_a_slow_node_has_read_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(tmp_path)
    world = scene.account.batch.world
    boot, late = world._boot, 30

    def slowly(pool: FakePool, node: FakeNode) -> None:
        nonlocal late
        late -= node is pool.nodes[-1]
        if late < 0 or node is not pool.nodes[-1]:
            boot(pool, node)

    monkeypatch.setattr(world, "_boot", slowly)
    hold = scene.account.calls.hold("delete_container")
    work = asyncio.create_task(scene.carry_out())
    await hold.reached.wait()
    (pool,) = world.pools.values()
    assert len(pool.nodes) > 1
    assert {node.state for node in pool.nodes} == {NodeState.IDLE}
    hold.release()
    assert await work is Outcome.SUCCEEDED


async def test_keeping_everything_asks_nothing(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.new_run(rule=CleanupRule.NEVER)
    assert await scene.carry_out() is Outcome.SUCCEEDED
    assert not scene.asked
    assert len(scene.left()) == 5


@pytest.mark.fault("3.4")
async def test_outputs_that_no_file_can_have_are_named_and_kept(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    blobs = dict.fromkeys(("../evil", "ok", "x", "x/y", "n" * 300, "a//b", "."), b"y")
    scene.account.batch.outcomes = {"*": TaskOutcome(blobs=blobs)}
    assert await scene.carry_out() is Outcome.UNFETCHED
    assert not (tmp_path / "evil").exists()
    assert (scene.output / "ok").exists()
    assert (scene.output / "x" / "y").exists()
    names = {"../evil", "x", "n" * 300, "a//b", "."}
    assert {event.blob for event in scene.all(events.NotFetched)} == names
    assert {each.blob for each in scene.ledger.read("r1").unfetched} == names
    assert len(scene.left()) == 5, "nothing is deleted"


async def test_the_ledger_lists_runs_and_refuses_what_is_none(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    await scene.carry_out()
    heard: list[LedgerError] = []
    assert [run.run_id for run in scene.ledger.records(trouble=heard.append)] == ["r1"]
    with pytest.raises(LedgerError, match="There is no run 'r2'"):
        scene.ledger.read("r2")
    with pytest.raises(LedgerError, match="is no run's id"):
        scene.ledger.read("../r1")
    json.loads((scene.ledger.folder / "r1.json").read_text())
    for damaged in (b"{", b'{"run_id": "\xff"}'):
        (scene.ledger.folder / "r2.json").write_bytes(damaged)
        assert [run.run_id for run in scene.ledger.records(trouble=heard.append)] == ["r1"]
        assert "damaged" in str(heard.pop())
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(LedgerError, match="Could not write"):
        Ledger(blocked / "runs").write(scene.run.record)
