"""Commands to single nodes, and their files."""

import asyncio

from batchtui.core.gateway import Batch
from batchtui.core.models import NodeFile
from batchtui.core.states import NodeState, SchedulingState
from batchtui.core.steering import Deallocation

from .canned import Answer, CannedBatch
from .test_local_account import a_pool, local, until

__all__ = ["local"]

NODE = "/pools/p/nodes/n"


async def test_each_command_says_what_becomes_of_the_tasks(
    batch: Batch, service: CannedBatch
) -> None:
    """Never with empty options: of these the SDK makes an error of its own."""
    service.on("POST", "*", Answer(status=202))
    service.on("POST", f"{NODE}/disablescheduling", Answer(status=200))
    service.on("POST", f"{NODE}/enablescheduling", Answer(status=200))
    await batch.reboot_node("p", "n", Deallocation.REQUEUE)
    await batch.reimage_node("p", "n", Deallocation.TERMINATE)
    await batch.deallocate_node("p", "n", Deallocation.TASK_COMPLETION)
    await batch.disable_scheduling("p", "n", Deallocation.TASK_COMPLETION)
    await batch.remove_nodes("p", ["n", "m"], Deallocation.REQUEUE)
    await batch.start_node("p", "n")
    await batch.enable_scheduling("p", "n")
    assert [(asked.path, asked.json if asked.body else None) for asked in service.asked] == [
        (f"{NODE}/reboot", {"nodeRebootOption": "requeue"}),
        (f"{NODE}/reimage", {"nodeReimageOption": "terminate"}),
        (f"{NODE}/deallocate", {"nodeDeallocateOption": "taskcompletion"}),
        (f"{NODE}/disablescheduling", {"nodeDisableSchedulingOption": "taskcompletion"}),
        ("/pools/p/removenodes", {"nodeList": ["n", "m"], "nodeDeallocationOption": "requeue"}),
        (f"{NODE}/start", None),
        (f"{NODE}/enablescheduling", None),
    ]


async def test_files_of_a_node(batch: Batch, service: CannedBatch) -> None:
    startup = {"name": "startup", "isDirectory": True}
    service.on("GET", f"{NODE}/files", Answer({"value": [startup, {"name": "startup/wd"}]}))
    window = await batch.node_files("p", "n", at_most=1)
    assert window.items == (NodeFile("startup", is_directory=True),)
    assert not window.complete
    assert service.asked[0].query["recursive"] == "true"


async def test_nodes_of_the_local_account(local: Batch) -> None:
    await a_pool(local, nodes=2)

    async def idle() -> bool:
        nodes = (await local.nodes("p", at_most=9)).items
        return len(nodes) == 2 and all(node.state is NodeState.IDLE for node in nodes)

    await until(idle)
    first, second = (node.id for node in (await local.nodes("p", at_most=9)).items)
    names = [file.name for file in (await local.node_files("p", first, at_most=99)).items]
    assert "startup/stdout.txt" in names

    await local.disable_scheduling("p", first, Deallocation.REQUEUE)
    node = await local.node("p", first)
    assert (node.state, node.scheduling_state) == (NodeState.OFFLINE, SchedulingState.DISABLED)
    await local.enable_scheduling("p", first)
    await until(idle)

    booted = (await local.node("p", first)).last_boot_time
    assert booted is not None
    await local.reboot_node("p", first, Deallocation.REQUEUE)

    async def again() -> bool:
        after = (await local.node("p", first)).last_boot_time
        return after is not None and after > booted and await idle()

    await until(again)
    await local.deallocate_node("p", first, Deallocation.REQUEUE)

    async def deallocated() -> bool:
        return (await local.node("p", first)).state is NodeState.DEALLOCATED

    await until(deallocated)
    await local.start_node("p", first)
    await until(idle)
    await local.reimage_node("p", first, Deallocation.REQUEUE)
    await until(idle)
    await local.remove_nodes("p", [second], Deallocation.REQUEUE)

    async def alone() -> bool:
        await asyncio.sleep(0)
        return [node.id for node in (await local.nodes("p", at_most=9)).items] == [first]

    await until(alone)
