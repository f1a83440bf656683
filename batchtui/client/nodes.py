"""Single nodes over `azure.batch.aio`."""

from collections.abc import Sequence

from azure.batch import models as sdk
from azure.batch.aio import BatchClient

from batchtui.client.service import Service
from batchtui.client.wire import Page, Wire, path_of
from batchtui.core.models import NodeFile, Window
from batchtui.core.steering import Deallocation


class NodeAccount:
    """`core.gateway_nodes.NodeCommands`, spoken to Azure Batch.

    The SDK raises before it sends anything where a command's options are absent or empty
    (Azure/azure-sdk-for-python#46815), and its classes for them are not public.
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
        options = sdk._models.BatchNodeRebootOptions(node_reboot_kind=tasks.value)
        with self._service.trying(f"reboot node {node_id} of pool {pool_id}"):
            await self._client.begin_reboot_node(pool_id, node_id, options)

    async def reimage_node(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        options = sdk._models.BatchNodeReimageOptions(node_reimage_option=tasks.value)
        with self._service.trying(f"reimage node {node_id} of pool {pool_id}"):
            await self._client.begin_reimage_node(pool_id, node_id, options)

    async def deallocate_node(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        options = sdk._models.BatchNodeDeallocateOptions(node_deallocate_option=tasks.value)
        with self._service.trying(f"deallocate node {node_id} of pool {pool_id}"):
            await self._client.begin_deallocate_node(pool_id, node_id, options)

    async def start_node(self, pool_id: str, node_id: str) -> None:
        with self._service.trying(f"start node {node_id} of pool {pool_id}"):
            await self._client.begin_start_node(pool_id, node_id)

    async def disable_scheduling(self, pool_id: str, node_id: str, tasks: Deallocation) -> None:
        options = sdk.BatchNodeDisableSchedulingOptions(node_disable_scheduling_option=tasks.value)
        with self._service.trying(f"disable scheduling on node {node_id} of pool {pool_id}"):
            await self._client.disable_node_scheduling(pool_id, node_id, options)

    async def enable_scheduling(self, pool_id: str, node_id: str) -> None:
        with self._service.trying(f"enable scheduling on node {node_id} of pool {pool_id}"):
            await self._client.enable_node_scheduling(pool_id, node_id)

    async def remove_nodes(
        self, pool_id: str, node_ids: Sequence[str], tasks: Deallocation
    ) -> None:
        options = sdk.BatchNodeRemoveOptions(
            node_ids=list(node_ids), node_deallocation_option=tasks.value
        )
        what = f"node {node_ids[0]}" if len(node_ids) == 1 else f"{len(node_ids)} nodes"
        with self._service.trying(f"remove {what} from pool {pool_id}"):
            await self._client.begin_remove_nodes(pool_id, options)
