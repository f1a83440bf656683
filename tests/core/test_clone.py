"""Another entity like one that is there."""

import json

import pytest

from batchtui.core.auto_pools import own_pools
from batchtui.core.clone import UNLIMITED, Veil, clone
from batchtui.core.free_id import free_id, next_id
from batchtui.core.models import Job, JobExecution, Pool, PoolInfo
from batchtui.core.schedules import JobSchedule
from batchtui.core.specs import JobSpec
from batchtui.core.things import Kind
from tests.fakes import FakeAccount, pool_spec, task_spec

POOL = {
    "id": "render",
    "url": "https://x/pools/render",
    "state": "active",
    "vmSize": "standard_d2s_v3",
    "virtualMachineConfiguration": {
        "imageReference": {"sku": "22_04-lts", "exactVersion": "22.04.2"},
        "nodeAgentSKUId": "batch.node.ubuntu 22.04",
    },
    "currentDedicatedNodes": 3,
    "targetDedicatedNodes": 3,
    "targetLowPriorityNodes": 0,
    "resizeTimeout": "PT15M",
    "enableAutoScale": False,
    "taskSlotsPerNode": 4,
}


def test_a_pool_says_what_may_be_said_of_a_new_one() -> None:
    assert clone(Kind.POOL, POOL, "render-2") == {
        "id": "render-2",
        "vmSize": "standard_d2s_v3",
        "virtualMachineConfiguration": {
            "imageReference": {"sku": "22_04-lts"},
            "nodeAgentSKUId": "batch.node.ubuntu 22.04",
        },
        "targetDedicatedNodes": 3,
        "targetLowPriorityNodes": 0,
        "resizeTimeout": "PT15M",
        "taskSlotsPerNode": 4,
    }


def test_a_pool_with_a_formula_says_no_targets() -> None:
    scaled = POOL | {"enableAutoScale": True, "autoScaleFormula": "$TargetDedicatedNodes=1"}
    made = clone(Kind.POOL, scaled, "b")
    assert made["enableAutoScale"] is True
    assert made["autoScaleFormula"] == "$TargetDedicatedNodes=1"
    assert not {"targetDedicatedNodes", "targetLowPriorityNodes", "resizeTimeout"} & set(made)


def test_a_job_does_not_end_before_it_has_tasks_and_no_limit_is_left_unsaid() -> None:
    job = {
        "id": "night",
        "state": "completed",
        "constraints": {"maxWallClockTime": UNLIMITED, "maxTaskRetryCount": 2},
        "onAllTasksComplete": "terminatejob",
        "poolInfo": {"poolId": "p"},
    }
    assert clone(Kind.JOB, job, "n2") == {
        "id": "n2",
        "constraints": {"maxTaskRetryCount": 2},
        "poolInfo": {"poolId": "p"},
    }
    unlimited = {"id": "a", "constraints": {"maxWallClockTime": UNLIMITED}}
    assert clone(Kind.JOB, unlimited, "b") == {"id": "b"}


def test_secrets_are_hidden_while_somebody_edits_and_come_back() -> None:
    task = {
        "commandLine": "curl 'https://s/x?sv=1&sig=SECRET1'",
        "outputFiles": [
            {"containerUrl": "https://s/c?sp=w&sig=SECRET2"},
            {"containerUrl": "https://s/c?sp=w&sig=SECRET3"},
        ],
        "constraints": {"maxTaskRetryCount": 1},
    }
    veil = Veil()
    shown = veil.cover(task)
    assert "SECRET" not in json.dumps(shown)
    shown["constraints"] = {"maxTaskRetryCount": 5}
    assert veil.lift(shown) == task | {"constraints": {"maxTaskRetryCount": 5}}


@pytest.mark.fault("2.25")
@pytest.mark.parametrize(
    ("of", "taken", "expected"),
    [
        ("night", (), "night-2"),
        ("night", ("night", "night-2"), "night-3"),
        ("night", ("NIGHT-2", "night-3"), "night-4"),
        ("frames-0412", ("frames-0412",), "frames-0412-2"),
        ("x" * 64, (), "x" * 62 + "-2"),
        ("x" * 63, (), "x" * 62 + "-2"),
        ("x" * 64, ("x" * 62 + "-2",), "x" * 62 + "-3"),
        ("x" * 64, tuple("x" * 62 + f"-{n}" for n in range(2, 10)), "x" * 61 + "-10"),
        ("nightly:job-7", (), "nightly-job-7-2"),
    ],
)
def test_a_copy_is_called_by_the_next_free_id(
    of: str, taken: tuple[str, ...], expected: str
) -> None:
    found = next_id(of, taken)
    assert found == expected
    assert len(found) <= 64


@pytest.mark.fault("2.25")
@pytest.mark.parametrize("kind", [Kind.POOL, Kind.JOB, Kind.TASK, Kind.SCHEDULE])
async def test_the_service_is_asked_which_ids_are_taken(kind: Kind) -> None:
    account = FakeAccount()
    batch = account.batch
    for name in ("a", "a-2", "a-3"):
        await batch.create_pool(pool_spec(name))
        await batch.create_job(JobSpec(id=name, pool_info=PoolInfo("a")))
        await batch.add_tasks("a", [task_spec(name)], added=lambda _count: None)
        batch.job_schedules[name] = JobSchedule(name)
    assert await free_id(batch, kind, "a", "a" if kind is Kind.TASK else "") == "a-4"


GUID = "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9"


@pytest.mark.fault("2.25")
def test_auto_pools_are_offered_to_no_other_job() -> None:
    made = Job("j", pool_info=PoolInfo(), execution_info=JobExecution(pool_id="odd"))
    on_own = Job("k", pool_info=PoolInfo("own"), execution_info=JobExecution(pool_id="own"))
    names = ("odd", "own", GUID, f"pre_{GUID}", "jpool", f"{GUID}-mine")
    pools = own_pools((Pool(name) for name in names), (made, on_own))
    assert [pool.id for pool in pools] == ["own", "jpool", f"{GUID}-mine"]
