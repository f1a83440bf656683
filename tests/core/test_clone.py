"""Another entity like one that is there."""

import json

from batchtui.core.clone import UNLIMITED, Veil, clone
from batchtui.core.things import Kind

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
