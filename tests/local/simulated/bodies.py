"""Pools and jobs as the machine asks for them."""

from batchtui.local.wire.body import Json, convert
from batchtui.local.wire.job_bodies import CreateJob
from batchtui.local.wire.pool_bodies import CreatePool

IMAGE = {
    "imageReference": {
        "publisher": "canonical",
        "offer": "0001-com-ubuntu-server-jammy",
        "sku": "22_04-lts",
    },
    "nodeAgentSKUId": "batch.node.ubuntu 22.04",
}


def pool_body(name: str, dedicated: int, spot: int, slots: int) -> CreatePool:
    body: Json = {
        "id": name,
        "vmSize": "standard_d2_v3",
        "virtualMachineConfiguration": IMAGE,
        "targetDedicatedNodes": dedicated,
        "targetLowPriorityNodes": spot,
        "taskSlotsPerNode": slots,
    }
    if name == "blue":
        body["startTask"] = {"commandLine": "start", "waitForSuccess": True}
    return convert(body, CreatePool)


def job_body(name: str, pool: str, parallel: int) -> CreateJob:
    body = {
        "id": name,
        "poolInfo": {"poolId": pool},
        "usesTaskDependencies": True,
        "maxParallelTasks": parallel,
    }
    return convert(body, CreateJob)
