"""The fake account behaves as an account does, or the tests that stand on it prove nothing."""

from pathlib import Path

import pytest

from batchtui.core.gateway import GatewayError, TaskFile
from batchtui.core.models import PoolInfo
from batchtui.core.queries import FAILED
from batchtui.core.specs import JobSpec
from batchtui.core.states import NodeState
from tests.fakes import FakeAccount, Outcome, pool_spec, refused, task_spec


def nothing(count: int) -> None:
    """Of no interest here."""


async def test_a_job_goes_through_on_nodes_that_come_up() -> None:
    account = FakeAccount()
    batch = account.batch
    batch.outcomes["t-1"] = Outcome(exit_code=7, stderr=b"no such word\n")
    await batch.create_pool(pool_spec("p", dedicated=1, spot=1, start_task="/bin/true"))
    await batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    tasks = [task_spec(f"t-{i}") for i in range(3)]
    await batch.add_tasks("j", tasks, added=nothing)
    assert (await batch.node_counts())[0].by_state() == {NodeState.STARTING: 2}

    for _ in range(20):
        counts = await batch.task_counts("j")
        if counts.completed == 3:
            break
    assert (counts.succeeded, counts.failed) == (2, 1)
    (failed,) = (await batch.tasks("j", at_most=10, where=FAILED)).items
    assert failed.execution_info.exit_code == 7
    file = TaskFile("j", "t-1", "stderr.txt")
    assert await batch.read_file(file, start=3, length=4) == b"such"

    await batch.delete_pool("p")
    batch.step()
    with pytest.raises(GatewayError) as caught:
        await batch.pool("p")
    assert caught.value.missing


async def test_failures_and_pauses_are_injected(tmp_path: Path) -> None:
    account = FakeAccount()
    account.calls.fail("create_container", refused("no", code="ContainerAlreadyExists"))
    assert account.gateway.storage is not None
    with pytest.raises(GatewayError, match="no"):
        await account.gateway.storage.create_container("c")
    await account.gateway.storage.create_container("c")
    source = tmp_path / "f"
    source.write_bytes(bytes(2500))
    sizes: list[int] = []
    await account.gateway.storage.upload("c", "f", source, sent=sizes.append)
    assert sizes == [1000, 1000, 500]
    assert account.calls.made == ["create_container c"] * 2 + ["upload c f"]
