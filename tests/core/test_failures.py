"""The failed tasks of a job are not listed for nothing."""

from batchtui.core.failures import Failures
from batchtui.core.models import PoolInfo
from batchtui.core.specs import JobSpec
from tests.fakes import FakeAccount, Outcome, pool_spec, task_spec


async def test_they_are_listed_when_their_number_changes_and_now_and_then() -> None:
    account = FakeAccount()
    batch = account.batch
    batch.by_itself = False
    batch.outcomes |= {"a": Outcome(exit_code=3), "b": Outcome(exit_code=3, steps=9)}
    await batch.create_pool(pool_spec("p", dedicated=1))
    await batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    await batch.add_tasks("j", [task_spec("a"), task_spec("b")], added=lambda _count: None)
    batch.step(5)
    failures = Failures(batch, "j")
    first = await failures.fetch()
    assert [task.id for task in first.items] == ["a"]
    for _ in range(5):
        assert await failures.fetch() is first
    assert account.calls.count("tasks") == 1
    batch.step(20)
    assert len((await failures.fetch()).items) == 2
    assert account.calls.count("tasks") == 2
    for _ in range(Failures.SWEEP):
        await failures.fetch()
    assert account.calls.count("tasks") == 3
