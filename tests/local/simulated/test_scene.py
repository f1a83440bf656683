"""A scene as clients see it: in the middle of its work, and going on."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from azure.batch.aio import BatchClient
from azure.core.exceptions import ResourceNotFoundError
from azure.core.rest import HttpRequest

from batchtui.local.pace import SteadyPace
from batchtui.local.simulated.world_parts import (
    Failures,
    JobPart,
    PoolPart,
    StartTask,
    States,
    WorldFile,
)
from tests.local.batch import job_options, nodes, pool_options, steady_pool, task_options, until

from .conftest import Play

MINUTE = timedelta(minutes=1)
HANGS = Failures(share=1.0, hangs=True, stderr="waits for a lock")


def world(*, states: States | None = None, **job: object) -> WorldFile:
    start = StartTask(command="install.sh", failing=0.5, stderr="no licence")
    pool = PoolPart(
        id="p", dedicated=8, spot=4, slots=2, start_task=start, states=states or States(), stuck=0
    )
    settings = {"id": "j", "pool": "p", "tasks": 100, "duration": 30 * MINUTE, **job}
    return WorldFile(name="test", pools=(pool,), jobs=(JobPart(**settings),))  # type: ignore[arg-type]  # the test's own words


async def counts(client: BatchClient, job: str = "j") -> dict[str, int]:
    return dict((await client.get_job_task_counts(job)).task_counts)


async def tasks(client: BatchClient, job: str = "j") -> list[Any]:
    """Not typed: in the SDK's words everything may be absent."""
    return [task async for task in client.list_tasks(job)]


async def finished(client: BatchClient, job: str, task: str) -> Any:
    return await until(lambda: client.get_task(job, task), lambda task: task.state == "completed")


async def text(client: BatchClient, task: str, name: str, job: str = "j") -> str:
    pieces = await client.download_task_file(job, task, name)
    return b"".join([piece async for piece in pieces]).decode()


async def test_it_begins_in_the_middle(play: Play) -> None:
    failing = (Failures(share=0.3, exit_code=7),)
    async with play(world(done=0.4, failures=failing)) as client:
        seen = await counts(client)
        assert (seen["completed"], seen["running"], seen["active"]) == (40, 24, 36)
        assert 0 < seen["failed"] < 30
        there = await tasks(client)
        assert Counter(task.state for task in there) == {
            "completed": 40,
            "running": 24,
            "active": 36,
        }
        for task in there:
            info = task.execution_info
            if task.state == "completed":
                assert task.creation_time <= info.start_time <= info.end_time
                assert info.exit_code == (7 if info.result == "failure" else 0)
            if task.state == "running":
                assert info.start_time >= task.creation_time
                assert task.state_transition_time == info.start_time
        assert {node.state for node in await nodes(client, "p")} == {"running"}
        assert there[6].command_line == "simulate --item 007"


async def test_the_same_seed_begins_the_same(play: Play) -> None:
    found = []
    for _ in range(2):
        async with play(world(done=0.4)) as client:
            found.append(
                [
                    (task.id, task.state, task.node_info and task.node_info.node_id)
                    for task in await tasks(client)
                ]
            )
    assert found[0] == found[1]


async def test_nodes_begin_in_the_states_that_were_asked_for(play: Play) -> None:
    states = States(offline=1, unusable=1, starttaskfailed=2, preempted=2, unknown=1)
    async with play(world(states=states)) as client:
        there = await nodes(client, "p")
        assert Counter(node.state for node in there) == {
            "running": 5,
            "offline": 1,
            "unusable": 1,
            "starttaskfailed": 2,
            "preempted": 2,
            "unknown": 1,
        }
        failed = next(node for node in there if node.state == "starttaskfailed")
        assert failed.start_task_info is not None
        assert (failed.start_task_info.exit_code, failed.start_task_info.result) == (1, "failure")
        unusable = next(node for node in there if node.state == "unusable")
        assert unusable.errors
        assert "SIMULATED" in (unusable.errors[0].message or "")
        assert all(not node.is_dedicated for node in there if node.state == "preempted")


@pytest.mark.slow
async def test_it_plays_on_faster_than_time(play: Play) -> None:
    # An hour of this world is less than four seconds.
    async with play(world(done=0.5, spread=0), SteadyPace(1000)) as client:
        seen = await until(lambda: counts(client), lambda seen: seen["completed"] == 100)
        assert seen["succeeded"] == 100
        times = [task.execution_info for task in await tasks(client)]
        late = [info for info in times if info.end_time - info.start_time > 45 * MINUTE]
        assert not late


async def test_a_task_that_hangs_runs_until_it_is_ended(play: Play) -> None:
    async with play(world(tasks=3, done=1.0, failures=(HANGS,)), SteadyPace(10_000)) as client:
        seen = await counts(client)
        assert seen["running"] == 3
        await client.terminate_task("j", "task-1")
        await until(lambda: counts(client), lambda seen: seen["failed"] == 1)


async def test_a_wall_clock_limit_ends_a_simulated_task(play: Play) -> None:
    async with play(world(tasks=0), SteadyPace(1000)) as client:
        await client.create_job(job_options("own", "p"))
        limit = {"maxWallClockTime": "PT1M"}
        await client.create_task("own", task_options("long", constraints=limit))
        task = await finished(client, "own", "long")
        assert task.execution_info.failure_info.code == "TaskEnded"


async def test_streams_grow_and_say_that_they_are_simulated(play: Play) -> None:
    failing = (Failures(share=0.5, exit_code=9, stderr="disk on fire"),)
    async with play(world(done=0.5, failures=failing), SteadyPace(60)) as client:
        there = await tasks(client)
        running = next(task for task in there if task.state == "running")
        before = await text(client, running.id, "stdout.txt")
        assert "SIMULATED" in before
        after = await until(
            lambda: text(client, running.id, "stdout.txt"), lambda now: len(now) > len(before)
        )
        assert after.startswith(before)
        failed = next(task for task in there if task.execution_info.result == "failure")
        assert "disk on fire" in await text(client, failed.id, "stderr.txt")
        assert (await text(client, failed.id, "stdout.txt")).endswith("with exit code 9.\n")
        names = [file.name async for file in client.list_task_files("j", failed.id)]
        assert names == ["stderr.txt", "stdout.txt", "wd"]


async def test_a_start_task_has_streams(play: Play) -> None:
    async with play(world(states=States(starttaskfailed=1))) as client:
        failed = next(node for node in await nodes(client, "p") if node.state != "running")
        pieces = await client.download_node_file("p", failed.id, "startup/stderr.txt")
        assert b"no licence" in b"".join([piece async for piece in pieces])


async def test_every_answer_says_that_it_is_simulated(play: Play) -> None:
    async with play(world()) as client:
        answer = await client.send_request(HttpRequest("GET", "/jobs?api-version=2024-07-01.20.0"))
        assert answer.headers["Batchtui-Simulated"] == "test"
        with pytest.raises(ResourceNotFoundError) as caught:
            await client.get_job("none")
        response: Any = caught.value.response
        assert response.headers["Batchtui-Simulated"] == "test"


async def test_a_pool_of_a_clients_own_comes_up_and_works(play: Play) -> None:
    async with play(world(tasks=0), SteadyPace(2000)) as client:
        await client.create_pool(pool_options("own", target_dedicated_nodes=2))
        await client.create_job(job_options("mine", "own"))
        await client.create_task("mine", task_options("t"))
        task = await finished(client, "mine", "t")
        assert task.execution_info.result == "success"


async def test_spot_nodes_are_preempted_and_their_tasks_run_again(play: Play) -> None:
    pool = PoolPart(id="p", spot=6, preemptions=60.0, boot=timedelta(seconds=10))
    job = JobPart(id="j", pool="p", tasks=6, duration=10 * MINUTE, spread=0, done=0)
    scene = WorldFile(name="spot", pools=(pool,), jobs=(job,))
    async with play(scene, SteadyPace(300)) as client:
        before = {node.id for node in await nodes(client, "p")}

        async def requeued() -> bool:
            return any(task.execution_info.start_time is None for task in await tasks(client))

        await until(requeued, bool)
        await until(lambda: nodes(client, "p"), lambda now: {node.id for node in now} - before)


async def test_a_stuck_node_never_starts(play: Play) -> None:
    pool = PoolPart(
        id="p", dedicated=4, boot=timedelta(seconds=2), states=States(starting=3), stuck=1
    )
    async with play(WorldFile(name="stuck", pools=(pool,)), SteadyPace(1000)) as client:
        # Another pool takes 45 times as long to start as this one.
        await steady_pool(client, "other", target_dedicated_nodes=1)
        states = Counter(node.state for node in await nodes(client, "p"))
        assert states == {"starting": 1, "idle": 3}
