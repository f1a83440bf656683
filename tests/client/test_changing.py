"""What happens once: created, terminated, deleted."""

from datetime import timedelta

from batchtui.core.gateway import Batch
from batchtui.core.models import ImageReference, NameValue, PoolInfo
from batchtui.core.specs import (
    JobConstraints,
    JobSpec,
    PoolSpec,
    ResourceFile,
    StartTask,
    VirtualMachine,
)

from .canned import Answer, CannedBatch


async def test_create_pool(batch: Batch, service: CannedBatch) -> None:
    service.on("POST", "/pools", Answer(status=201))
    machine = VirtualMachine(
        image_reference=ImageReference("canonical", "ubuntu", "22_04-lts"),
        node_agent_sku_id="batch.node.ubuntu 22.04",
    )
    start = StartTask(
        command_line="true",
        resource_files=(ResourceFile(http_url="http://h/a", file_path="a"),),
        wait_for_success=True,
    )
    await batch.create_pool(
        PoolSpec(
            id="p",
            vm_size="small",
            virtual_machine_configuration=machine,
            target_low_priority_nodes=5,
            start_task=start,
        )
    )
    assert service.asked[0].json == {
        "id": "p",
        "vmSize": "small",
        "virtualMachineConfiguration": {
            "imageReference": {
                "publisher": "canonical",
                "offer": "ubuntu",
                "sku": "22_04-lts",
                "version": "latest",
            },
            "nodeAgentSKUId": "batch.node.ubuntu 22.04",
        },
        "targetLowPriorityNodes": 5,
        "startTask": {
            "commandLine": "true",
            "resourceFiles": [{"httpUrl": "http://h/a", "filePath": "a"}],
            "waitForSuccess": True,
        },
    }


async def test_create_job(batch: Batch, service: CannedBatch) -> None:
    service.on("POST", "/jobs", Answer(status=201))
    await batch.create_job(
        JobSpec(
            id="j",
            pool_info=PoolInfo("p"),
            constraints=JobConstraints(max_wall_clock_time=timedelta(minutes=20)),
            uses_task_dependencies=True,
            metadata=(NameValue("run", "r1"),),
        )
    )
    assert service.asked[0].json == {
        "id": "j",
        "poolInfo": {"poolId": "p"},
        "constraints": {"maxWallClockTime": "PT1200S"},
        "usesTaskDependencies": True,
        "metadata": [{"name": "run", "value": "r1"}],
    }


async def test_terminating_and_deleting_send_one_request_each(
    batch: Batch, service: CannedBatch
) -> None:
    """The SDK's pollers would look again every five seconds until the thing is gone."""
    service.on("POST", "/jobs/j/terminate", Answer(status=202))
    service.on("DELETE", "/jobs/j", Answer(status=202))
    service.on("DELETE", "/pools/p", Answer(status=202))
    service.on("DELETE", "/jobs/j/tasks/t", Answer(status=200))
    await batch.terminate_job("j")
    await batch.delete_job("j")
    await batch.delete_pool("p")
    await batch.delete_task("j", "t")
    assert [(asked.method, asked.path) for asked in service.asked] == [
        ("POST", "/jobs/j/terminate"),
        ("DELETE", "/jobs/j"),
        ("DELETE", "/pools/p"),
        ("DELETE", "/jobs/j/tasks/t"),
    ]
    assert service.asked[0].json == {"terminateReason": "UserTerminate"}
