"""Many new tasks: each is added once, and what is tried again is what was refused."""

import pytest

from batchtui.core.bulk import Fate
from batchtui.core.models import PoolInfo
from batchtui.core.orders.adding import TaskAdding
from batchtui.core.specs import JobSpec
from batchtui.core.traffic import Traffic
from tests.fakes import FakeAccount, task_spec, unreachable


@pytest.fixture
async def account() -> FakeAccount:
    account = FakeAccount()
    account.batch.by_itself = False
    await account.batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    account.calls.made.clear()
    return account


TASKS = [task_spec(f"t{number:03}") for number in range(230)]


async def test_refused_tasks_keep_no_others_back_and_are_tried_again(account: FakeAccount) -> None:
    account.batch.unwanted = frozenset(("t003", "t004"))
    bulk = TaskAdding(account.batch, "j").bulk(TASKS, Traffic())
    assert [item.name for item in bulk.items] == ["t000 to t099", "t100 to t199", "t200 to t229"]
    await bulk.run()
    assert bulk.counts == {Fate.DONE: 2, Fate.FAILED: 1}
    assert bulk.items[0].said == "t003 is not wanted; refused as well: 1 task."
    account.batch.unwanted = frozenset()
    await bulk.run()
    assert account.calls.made[-1] == "add_documents j t003 t004"
    assert len(account.batch.world.jobs["j"].tasks) == 230


async def test_tasks_of_somebody_else_are_no_success_but_those_of_a_lost_request_are(
    account: FakeAccount,
) -> None:
    await account.batch.add_tasks("j", TASKS[:1], added=lambda _more: None)
    bulk = TaskAdding(account.batch, "j").bulk(TASKS[:150], Traffic())
    account.calls.fail("add_documents", unreachable())
    await bulk.run()
    assert bulk.counts == {Fate.DONE: 1, Fate.FAILED: 1}
    await bulk.run()
    assert bulk.counts == {Fate.DONE: 2}
    strict = TaskAdding(account.batch, "j").bulk(TASKS[:1], Traffic())
    await strict.run()
    await strict.run()
    assert strict.items[0].said == "t000 exists already"
