"""The gateway against the local Batch service: a workload from pool to result."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batchtui.client.connect import connect
from batchtui.core.filters import Op
from batchtui.core.gateway import Batch, GatewayError, PoolNodeFile, TaskFile
from batchtui.core.models import ImageReference, NameValue, PoolInfo, TaskCounts
from batchtui.core.profile import Profile
from batchtui.core.queries import FAILED, TaskQuery
from batchtui.core.specs import JobSpec, PoolSpec, StartTask, TaskSpec, VirtualMachine
from batchtui.core.states import AllocationState, JobState, NodeState, TaskState
from batchtui.core.traffic import Traffic
from batchtui.local.agent.launch import Failure, Launch, Outcome
from batchtui.local.server import serve
from batchtui.local.settings import Settings

from .canned import KEY


class Scripted:
    """Ends each task at once, with the exit code that is its command's last word."""

    async def run(self, launch: Launch, *, running: Callable[[datetime], None]) -> Outcome:
        now = datetime.now(UTC)
        running(now)
        launch.root.mkdir(parents=True, exist_ok=True)
        (launch.root / "stdout.txt").write_text(f"ran {launch.command_line}\n")
        (launch.root / "stderr.txt").touch()
        code = int(launch.command_line.split()[-1])
        failure = Failure("UserError", "FailureExitCode", "The task failed.") if code else None
        return Outcome(code, now, now, failure)


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Batch]:
    settings = Settings(account="local", key=KEY, data_dir=tmp_path, boot=0)
    async with serve(settings, executor=Scripted()) as endpoint:
        profile = Profile("local", endpoint, "local", KEY, local=True)
        async with connect(profile, Traffic()) as gateway:
            yield gateway.batch


async def until(reached: Callable[[], Awaitable[bool]]) -> None:
    """Ask until the answer is yes, as a dashboard has to."""
    async with asyncio.timeout(10):
        while not await reached():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def a_pool(batch: Batch, pool_id: str = "p", nodes: int = 2, start: str = "start 0") -> None:
    image = next(image for image in await batch.images() if "ubuntu" in image.node_agent_sku_id)
    await batch.create_pool(
        PoolSpec(
            id=pool_id,
            vm_size="standard_d2s_v3",
            virtual_machine_configuration=VirtualMachine(
                image_reference=image.image_reference, node_agent_sku_id=image.node_agent_sku_id
            ),
            target_low_priority_nodes=nodes,
            start_task=StartTask(command_line=start, wait_for_success=True),
        )
    )


async def test_a_workload(local: Batch) -> None:
    await a_pool(local)

    async def up() -> bool:
        window = await local.nodes("p", at_most=10)
        return len(window.items) == 2 and all(n.state is NodeState.IDLE for n in window.items)

    await until(up)
    pool = await local.pool("p")
    assert (await local.pools()) == (pool,)
    assert pool.allocation_state is AllocationState.STEADY
    assert (pool.current_low_priority_nodes, pool.target_nodes) == (2, 2)
    (counts,) = await local.node_counts()
    assert counts.by_state() == {NodeState.IDLE: 2}

    await local.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    added: list[int] = []
    tasks = [
        TaskSpec(id=f"t{number:03}", command_line=f"run {7 if number == 5 else 0}")
        for number in range(250)
    ]
    await local.add_tasks("j", tasks, added=added.append)
    assert sum(added) == 250

    async def done() -> bool:
        return (await local.task_counts("j")).completed == 250

    await until(done)
    assert await local.task_counts("j") == TaskCounts(completed=250, succeeded=249, failed=1)
    (failed,) = (await local.tasks("j", at_most=10, where=FAILED)).items
    assert (failed.id, failed.execution_info.exit_code) == ("t005", 7)
    assert failed.failed
    assert failed.execution_info.failure_info
    assert await local.task("j", "t005") == failed
    window = await local.tasks("j", at_most=100)
    assert [task.id for task in window.items] == [task.id for task in tasks[:100]]
    assert not window.complete
    assert (await local.tasks("j", at_most=1000)).complete

    file = TaskFile("j", "t005", "stdout.txt")
    assert (await local.file_state(file)).size == len("ran run 7\n")
    assert await local.read_file(file, start=4, length=3) == b"run"
    assert await local.read_file(file, start=10, length=3) == b""
    names = [found.name for found in await local.task_files("j", "t005")]
    assert "stdout.txt" in names
    assert failed.node_info.node_id
    node = await local.node("p", failed.node_info.node_id)
    assert node.total_tasks_run > 0
    assert node.start_task_info
    assert node.start_task_info.exit_code == 0
    startup = PoolNodeFile("p", node.id, "startup/stdout.txt")
    assert await local.read_file(startup, start=0, length=99) == b"ran start 0\n"


async def test_what_is_made_goes_again(local: Batch) -> None:
    await a_pool(local, nodes=0)
    await local.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    await local.add_tasks("j", [TaskSpec(id="t", command_line="run 0")], added=lambda more: None)
    assert (await local.task("j", "t")).state is TaskState.ACTIVE
    await local.delete_task("j", "t")
    assert (await local.tasks("j", at_most=9)).items == ()
    await local.terminate_job("j")

    async def completed() -> bool:
        return (await local.job("j")).state is JobState.COMPLETED

    await until(completed)
    await local.delete_job("j")
    await local.delete_pool("p")

    async def gone() -> bool:
        return not await local.jobs() and not await local.pools()

    await until(gone)
    with pytest.raises(GatewayError) as caught:
        await local.delete_pool("p")
    assert caught.value.missing
    with pytest.raises(GatewayError) as caught:
        await local.job("j")
    assert caught.value.missing


async def test_refusals_are_the_services(local: Batch) -> None:
    await a_pool(local, nodes=0)
    with pytest.raises(
        GatewayError, match=r"^Could not create pool p: .*\(PoolExists\)$"
    ) as caught:
        await a_pool(local, nodes=0)
    assert caught.value.exists
    await local.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    twice = [TaskSpec(id="t", command_line="run 0"), TaskSpec(id="T", command_line="run 0")]
    with pytest.raises(GatewayError, match=r"task T to job j: .*\(TaskExists\)$") as caught:
        await local.add_tasks("j", twice, added=lambda more: None)
    assert caught.value.exists
    with pytest.raises(GatewayError, match=r"\(JobNotFound\)$"):
        await local.add_tasks("none", twice, added=lambda more: None)


async def test_a_listing_of_more_than_a_page(local: Batch) -> None:
    for number in range(12):
        await local.create_pool(
            PoolSpec(
                id=f"p{number:02}",
                vm_size="small",
                virtual_machine_configuration=VirtualMachine(
                    image_reference=ImageReference(
                        "canonical", "0001-com-ubuntu-server-jammy", "22_04-lts"
                    ),
                    node_agent_sku_id="batch.node.ubuntu 22.04",
                ),
            )
        )
    counts = await local.node_counts()
    assert [pool.pool_id for pool in counts] == [f"p{number:02}" for number in range(12)]


async def test_tasks_are_listed_as_a_query_asks(local: Batch) -> None:
    await a_pool(local, nodes=0)
    await local.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    specs = [TaskSpec(id=f"{name}-{i}", command_line="run 0") for name in "ab" for i in range(3)]
    await local.add_tasks("j", specs, added=lambda more: None)

    async def listed(query: TaskQuery) -> list[str]:
        return [task.id for task in (await local.tasks("j", at_most=10, where=query)).items]

    assert await listed(TaskQuery(id_prefix="A-")) == ["a-0", "a-1", "a-2"]
    assert len(await listed(TaskQuery(state=TaskState.ACTIVE))) == 6
    assert await listed(TaskQuery(exit_code=(Op.MORE, 0))) == []
    (first, *_) = (await local.tasks("j", at_most=1)).items
    assert first.state_transition_time is not None
    before = first.state_transition_time - timedelta(seconds=1)
    assert len(await listed(TaskQuery(changed_after=before))) == 6
    assert await listed(TaskQuery(changed_after=before + timedelta(hours=1))) == []


async def test_a_window_is_read_on_from_its_end(local: Batch) -> None:
    await a_pool(local, nodes=0)
    await local.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    specs = [TaskSpec(id=f"{name}-{i}", command_line="run 0") for name in "ab" for i in range(5)]
    await local.add_tasks("j", specs, added=lambda more: None)
    where = TaskQuery(id_prefix="b-")
    first = await local.tasks("j", at_most=2, where=where)
    assert not first.complete
    await local.delete_task("j", "b-0")
    second = await local.tasks("j", at_most=2, where=where, rest=first.rest)
    assert [task.id for task in second.items] == ["b-2", "b-3"]
    third = await local.tasks("j", at_most=2, where=where, rest=second.rest)
    assert ([task.id for task in third.items], third.complete) == (["b-4"], True)
    cut = await local.tasks("j", at_most=3, where=where, rest=second.rest)
    assert cut == third


@pytest.mark.fault("4.2", "4.3")
async def test_metadata_of_a_pool_and_a_job(local: Batch) -> None:
    labels = (NameValue("batchtui-run", "r1"), NameValue("recipe", "words"))
    image = next(image for image in await local.images() if "ubuntu" in image.node_agent_sku_id)
    machine = VirtualMachine(
        image_reference=image.image_reference, node_agent_sku_id=image.node_agent_sku_id
    )
    await local.create_pool(
        PoolSpec(
            id="p",
            vm_size="standard_d2s_v3",
            virtual_machine_configuration=machine,
            metadata=labels,
        )
    )
    await local.create_job(JobSpec(id="j", pool_info=PoolInfo("p"), metadata=labels))
    assert (await local.pool("p")).metadata == (await local.job("j")).metadata == labels
    assert [pool.metadata for pool in await local.pools(with_metadata=True)] == [labels]
    assert [job.metadata for job in await local.jobs(with_metadata=True)] == [labels]
    assert [pool.metadata for pool in await local.pools()] == [()]
    assert [job.metadata for job in await local.jobs()] == [()]


@pytest.mark.fault("4.4")
async def test_tasks_that_were_added_before_count_as_added(local: Batch) -> None:
    await a_pool(local)
    await local.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    tasks = [TaskSpec(id=f"t{i}", command_line="work 0") for i in range(3)]
    counted: list[int] = []
    await local.add_tasks("j", tasks[:2], added=counted.append)
    with pytest.raises(GatewayError, match="TaskExists"):
        await local.add_tasks("j", tasks, added=counted.append)
    counted.clear()
    await local.add_tasks("j", tasks, added=counted.append, again=True, once=True)
    assert sum(counted) == 3
    assert (await local.task_counts("j")).total == 3
