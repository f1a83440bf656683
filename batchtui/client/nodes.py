"""Single nodes over `azure.batch.aio`."""

from collections.abc import Mapping, Sequence

from azure.batch.aio import BatchClient

from batchtui.client.service import Service
from batchtui.client.wire import Page, Wire, path_of
from batchtui.core.models import NodeFile, Window
from batchtui.core.steering import Deallocation


class NodeAccount:
    """`core.gateway_nodes.NodeCommands`, spoken to Azure Batch.

    Not by the SDK's own methods: some raise before they send anything where a command's options
    are absent or empty (Azure/azure-sdk-for-python#46815), and some take any 200 for done.
    """

    def __init__(self, client: BatchClient, service: Service) -> None:
        self._client = client
        self._service = service
        self._wire = Wire(client, service)

    async def node_files(
        self, pool_id: str, node_id: str, *, at_most: int | None = None
    ) -> Window[NodeFile]:
        return await self._wire.window(
            f"list the files of node {node_id} of pool {pool_id}",
            path_of("pools", pool_id, "nodes", node_id, "files"),
            Page[NodeFile],
            at_most=at_most,
            recursive=True,
        )

    async def reboot_node(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        await self._command("reboot", pool_id, node_id, {"nodeRebootOption": tasks})

    async def reimage_node(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        await self._command("reimage", pool_id, node_id, {"nodeReimageOption": tasks})

    async def deallocate_node(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        await self._command("deallocate", pool_id, node_id, {"nodeDeallocateOption": tasks})

    async def start_node(self, pool_id: str, node_id: str) -> None:
        await self._command("start", pool_id, node_id)

    async def disable_scheduling(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        await self._wire.send(
            f"disable scheduling on node {node_id} of pool {pool_id}",
            "POST",
            f"{_path(pool_id, node_id)}/disablescheduling",
            {"nodeDisableSchedulingOption": tasks},
        )

    async def enable_scheduling(self, pool_id: str, node_id: str) -> None:
        what = f"enable scheduling on node {node_id} of pool {pool_id}"
        await self._wire.send(what, "POST", f"{_path(pool_id, node_id)}/enablescheduling")

    async def remove_nodes(
        self, pool_id: str, node_ids: Sequence[str], tasks: Deallocation
    ) -> None:
        what = f"node {node_ids[0]}" if len(node_ids) == 1 else f"{len(node_ids)} nodes"
        await self._wire.send(
            f"remove {what} from pool {pool_id}",
            "POST",
            path_of("pools", pool_id, "removenodes"),
            {"nodeList": list(node_ids), "nodeDeallocationOption": tasks},
            status=202,
        )

    async def _command(
        self, verb: str, pool_id: str, node_id: str, options: Mapping[str, object] | None = None
    ) -> None:
        what = f"{verb} node {node_id} of pool {pool_id}"
        await self._wire.send(
            what, "POST", f"{_path(pool_id, node_id)}/{verb}", options, status=202
        )


def _path(pool_id: str, node_id: str) -> str:
    return path_of("pools", pool_id, "nodes", node_id)
