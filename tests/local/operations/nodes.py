"""Each operation on nodes, once. `it` is an id that nothing else has."""

from datetime import UTC, datetime

import pytest
from azure.batch import models
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from .scene import ended_task, one_node
from .twin import Twin


async def get_node(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    assert (await on.call("get_node", it, node)).affinity_id == f"TVM:{node}"


async def list_nodes(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    found = await on.call("list_nodes", it, filter="state eq 'idle'", select=["id"])
    assert [each.id for each in found] == [node]


async def begin_reboot_node(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    before = (await on.call("get_node", it, node)).last_boot_time
    await on.call("begin_reboot_node", it, node, {"nodeRebootOption": "requeue"})
    after = await on.reach("idle", "get_node", it, node)
    assert after.last_boot_time > before


async def begin_reimage_node(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    before = (await on.call("get_node", it, node)).last_boot_time
    await on.call("begin_reimage_node", it, node, {"nodeReimageOption": "requeue"})
    after = await on.reach("idle", "get_node", it, node)
    assert after.last_boot_time > before


async def begin_deallocate_node(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    await on.call("begin_deallocate_node", it, node, {"nodeDeallocateOption": "requeue"})
    assert (await on.call("get_node", it, node)).state == "deallocated"


async def begin_start_node(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    await on.call("begin_deallocate_node", it, node, {"nodeDeallocateOption": "requeue"})
    await on.call("begin_start_node", it, node)
    await on.reach("idle", "get_node", it, node)


async def disable_node_scheduling(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    option = {"nodeDisableSchedulingOption": "requeue"}
    await on.call("disable_node_scheduling", it, node, option)
    assert (await on.call("get_node", it, node)).scheduling_state == "disabled"


async def enable_node_scheduling(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    option = {"nodeDisableSchedulingOption": "requeue"}
    await on.call("disable_node_scheduling", it, node, option)
    await on.call("enable_node_scheduling", it, node)
    assert (await on.call("get_node", it, node)).scheduling_state == "enabled"


async def create_node_user(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    user = models.BatchNodeUserCreateOptions(name="me", password="word")
    assert await on.call("create_node_user", it, node, user) is None


async def replace_node_user(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    change = models.BatchNodeUserReplaceOptions(password="other")
    with pytest.raises(ResourceNotFoundError):
        await on.call("replace_node_user", it, node, "me", change)
    await on.call("create_node_user", it, node, models.BatchNodeUserCreateOptions(name="me"))
    assert await on.call("replace_node_user", it, node, "me", change) is None


async def delete_node_user(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    await on.call("create_node_user", it, node, models.BatchNodeUserCreateOptions(name="me"))
    await on.call("delete_node_user", it, node, "me")
    with pytest.raises(ResourceNotFoundError):
        await on.call("delete_node_user", it, node, "me")


async def get_node_remote_login_settings(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    login = await on.call("get_node_remote_login_settings", it, node)
    assert login.remote_login_ip_address == "127.0.0.1"


async def upload_node_logs(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    options = models.UploadBatchServiceLogsOptions(
        container_url="not a container", start_time=datetime(2026, 1, 1, tzinfo=UTC)
    )
    with pytest.raises(HttpResponseError, match="properties in the request body is invalid"):
        await on.call("upload_node_logs", it, node, options)


async def list_node_extensions(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    assert await on.call("list_node_extensions", it, node) == []


async def get_node_extension(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    with pytest.raises(ResourceNotFoundError):
        await on.call("get_node_extension", it, node, "none")


async def list_node_files(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    names = [file.name for file in await on.call("list_node_files", it, node)]
    assert "workitems" in names


async def download_node_file(on: Twin, it: str) -> None:
    node = await ended_task(on, it)
    path = f"workitems/{it}/job-1/t/stdout.txt"
    assert b"".join(await on.call("download_node_file", it, node, path)) == b"exit 0\n"


async def get_node_file_properties(on: Twin, it: str) -> None:
    node = await ended_task(on, it)
    path = f"workitems/{it}/job-1/t/stdout.txt"
    assert (await on.call("get_node_file_properties", it, node, path)).content_length == 7


async def delete_node_file(on: Twin, it: str) -> None:
    node = await ended_task(on, it)
    path = f"workitems/{it}/job-1/t/stdout.txt"
    await on.call("delete_node_file", it, node, path)
    with pytest.raises(ResourceNotFoundError):
        await on.call("get_node_file_properties", it, node, path)
