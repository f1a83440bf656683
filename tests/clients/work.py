"""Pools, jobs and waiting, for tests that look at another client's work."""

import time
from collections.abc import Callable
from typing import TypeVar

from azure.batch import BatchClient, models
from azure.core.exceptions import ResourceNotFoundError

T = TypeVar("T")

IMAGE = "canonical:0001-com-ubuntu-server-jammy:22_04-lts"
AGENT = "batch.node.ubuntu 22.04"
SIZE = "standard_d2s_v3"

PATIENCE = 30.0
PAUSE = 0.05
"""Seconds between two looks."""


def until(look: Callable[[], T], wanted: Callable[[T], object]) -> T:
    """Look until the answer is as wanted."""
    end = time.monotonic() + PATIENCE
    while not wanted(seen := look()):
        assert time.monotonic() < end, f"This never came to be; at last: {seen}"
        time.sleep(PAUSE)
    return seen


def until_gone(look: Callable[[], object]) -> None:
    """Look until the service says that there is no such thing."""

    def gone() -> bool:
        try:
            look()
        except ResourceNotFoundError:
            return True
        return False

    until(gone, bool)


def machine() -> models.VirtualMachineConfiguration:
    publisher, offer, sku = IMAGE.split(":")
    image = models.BatchVmImageReference(publisher=publisher, offer=offer, sku=sku)
    return models.VirtualMachineConfiguration(image_reference=image, node_agent_sku_id=AGENT)


def ready_pool(batch: BatchClient, pool_id: str, nodes: int) -> str:
    """Make a pool and wait until all its nodes are idle: its id."""
    batch.create_pool(
        models.BatchPoolCreateOptions(
            id=pool_id,
            vm_size=SIZE,
            virtual_machine_configuration=machine(),
            target_dedicated_nodes=nodes,
        )
    )
    until(
        lambda: [node.state for node in batch.list_nodes(pool_id)],
        lambda states: states == ["idle"] * nodes,
    )
    return pool_id


def a_job(batch: BatchClient, job_id: str, pool_id: str) -> str:
    """Make a job: its id."""
    batch.create_job(
        models.BatchJobCreateOptions(id=job_id, pool_info=models.BatchPoolInfo(pool_id=pool_id))
    )
    return job_id


def a_task(batch: BatchClient, job_id: str, task_id: str, command: str) -> str:
    """Make a task and wait for its end: its id."""
    batch.create_task(job_id, models.BatchTaskCreateOptions(id=task_id, command_line=command))
    until(lambda: batch.get_task(job_id, task_id).state, lambda state: state == "completed")
    return task_id
