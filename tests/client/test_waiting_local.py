"""Why tasks wait on the local account, where their preparation really runs."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batchtui.client.connect import connect
from batchtui.core.dossier import Dossier, Inspector
from batchtui.core.gateway import Gateway, TaskFile
from batchtui.core.profile import Profile
from batchtui.core.states import NodeState
from batchtui.core.steering import DisableTasks
from batchtui.core.surroundings import LookAround
from batchtui.core.tail import Tail, shown_lines
from batchtui.core.things import Document, Kind, Thing
from batchtui.core.traffic import Traffic
from batchtui.core.waiting import why_waiting
from batchtui.local.agent.agent import Agent
from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .canned import KEY

PATIENCE = 30.0


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Gateway]:
    settings = Settings(account="local", key=KEY, data_dir=tmp_path, boot=0)
    async with serve(settings, executor=Agent()) as endpoint:
        profile = Profile("local", endpoint, "local", KEY, local=True)
        async with connect(profile, Traffic()) as gateway:
            yield gateway


async def a_pool(gateway: Gateway, pool_id: str, nodes: int, start_task: str = "") -> None:
    images = await gateway.batch.images()
    image = next(each for each in images if "ubuntu" in each.node_agent_sku_id)
    reference = image.image_reference
    pool: Document = {
        "id": pool_id,
        "vmSize": "standard_d2s_v3",
        "targetDedicatedNodes": nodes,
        "taskSlotsPerNode": 8,
        "virtualMachineConfiguration": {
            "imageReference": {
                "publisher": reference.publisher,
                "offer": reference.offer,
                "sku": reference.sku,
                "version": "latest",
            },
            "nodeAgentSKUId": image.node_agent_sku_id,
        },
    }
    if start_task:
        pool = {**pool, "startTask": {"commandLine": start_task, "waitForSuccess": True}}
    await gateway.batch.create(Kind.POOL, pool)


async def a_job(gateway: Gateway, job_id: str, pool_id: str = "p", **members: object) -> None:
    job = {"id": job_id, "poolInfo": {"poolId": pool_id}, **members}
    await gateway.batch.create(Kind.JOB, job)


async def a_task(gateway: Gateway, job_id: str, task_id: str = "t", **members: object) -> None:
    task = {"id": task_id, "commandLine": "/bin/true", **members}
    await gateway.batch.create(Kind.TASK, task, within=job_id)


async def page(gateway: Gateway, job_id: str, words: str) -> Dossier:
    """The task `t` of the job, once it is said to wait for that."""
    inspector = Inspector(gateway, Thing(Kind.TASK, "t", job_id))
    async with asyncio.timeout(PATIENCE):
        while True:
            dossier = await inspector.fetch()
            if dossier.reason is not None and dossier.reason.words == words:
                return dossier
            await asyncio.sleep(0.1)


@pytest.mark.fault("2.3")
async def test_each_reason_is_told_as_the_account_has_it(local: Gateway) -> None:
    await a_pool(local, "p", 2)
    await a_pool(local, "gone", 0)
    await a_pool(local, "empty", 0)
    await a_job(local, "slots")
    await a_task(local, "slots", requiredSlots=16)
    await a_job(local, "multi")
    instances = {"numberOfInstances": 9, "coordinationCommandLine": "/bin/true"}
    await a_task(local, "multi", multiInstanceSettings=instances)
    await a_job(local, "deps", usesTaskDependencies=True)
    await a_task(local, "deps", "mid", commandLine="/bin/false")
    await a_task(local, "deps", dependsOn={"taskIds": ["mid"]})
    await a_job(local, "one", maxParallelTasks=1)
    await a_task(local, "one", "long", commandLine="/bin/sleep 300")
    await a_task(local, "one")
    for job_id in ("gone", "empty"):
        await a_job(local, job_id, job_id)
        await a_task(local, job_id)
    await a_job(local, "off", "empty")
    await a_task(local, "off")
    await local.batch.delete_pool("gone")
    await local.batch.disable_job("off", DisableTasks.REQUEUE)
    for job_id, words in (
        ("slots", "needs 16 slots, nodes of p have 8"),
        ("multi", "needs 9 nodes, p has 2"),
        ("deps", "never runs: mid failed"),
        ("one", "job runs 1 task at a time"),
        ("gone", "pool gone no longer exists"),
        ("empty", "pool has no nodes"),
        ("off", "job is disabled"),
    ):
        await page(local, job_id, words)


@pytest.mark.fault("2.3", "2.22")
async def test_a_preparation_that_fails_is_told_with_what_it_wrote(local: Gateway) -> None:
    await a_pool(local, "p", 2)
    prepare = {"commandLine": "/bin/sh -c 'echo no space on /mnt >&2; exit 7'"}
    await a_job(local, "prep", jobPreparationTask=prepare)
    await a_task(local, "prep")
    dossier = await page(local, "prep", "preparation failed on 2 nodes, exit 7")
    assert dossier.preparation_errors.text == "no space on /mnt"
    job = await Inspector(local, Thing(Kind.JOB, "prep")).fetch()
    assert len(job.preparation.failed) == 2
    assert job.preparation_errors.text == "no space on /mnt"
    failed = await local.batch.preparation_status("prep", at_most=1, failed=True)
    assert (len(failed.items), failed.complete) == (1, False)
    plain = LookAround(local.batch, "prep")
    task = await local.batch.task("prep", "t")
    assert why_waiting(task, await plain.fetch(task)) == dossier.reason


@pytest.mark.fault("2.4")
async def test_the_account_tells_which_nodes_are_in_a_state_since_when(local: Gateway) -> None:
    await a_pool(local, "p", 1, start_task="/bin/sleep 300")
    states = (NodeState.STARTING, NodeState.WAITING_FOR_START_TASK)
    now = datetime.now(UTC)
    async with asyncio.timeout(PATIENCE):
        while True:
            later = now + timedelta(hours=1)
            found = await local.batch.nodes_since("p", states, later, at_most=9)
            if [node.state for node in found.items] == [NodeState.WAITING_FOR_START_TASK]:
                break
            await asyncio.sleep(0.1)
    earlier = await local.batch.nodes_since("p", states, now - timedelta(hours=1), at_most=9)
    assert earlier.items == ()


@pytest.mark.fault("2.1", "2.2", "2.14")
async def test_files_of_the_account_are_read_as_they_are(local: Gateway) -> None:
    await a_pool(local, "p", 1)
    await a_job(local, "j")
    write = '/bin/sh -c \'head -c 20000 /dev/zero | tr "\\0" E; echo " CAUSE: disk full"\''
    await a_task(local, "j", commandLine=write)
    tail = Tail(local.batch, TaskFile("j", "t", "stdout.txt"), keep=16 * 1024)
    async with asyncio.timeout(PATIENCE):
        while True:
            excerpt = await tail.read()
            if excerpt.size > 20_000:
                break
            await asyncio.sleep(0.1)
    assert shown_lines(excerpt)[-1].endswith("CAUSE: disk full")
    state = await local.batch.file_state(TaskFile("j", "t", "stdout.txt"))
    assert state.modified is not None
