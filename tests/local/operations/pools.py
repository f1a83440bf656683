"""Each operation on pools and on the account, once. `it` is an id that nothing else has."""

import pytest
from azure.batch import models
from azure.core.exceptions import ResourceNotFoundError

from tests.local.batch import pool_options

from .scene import FORMULA, one_node, scaled_pool, steady, waiting_task
from .twin import Twin


async def create_pool(on: Twin, it: str) -> None:
    await on.call("create_pool", pool_options(it, display_name="mine"))
    assert (await on.call("get_pool", it)).display_name == "mine"


async def get_pool(on: Twin, it: str) -> None:
    await on.call("create_pool", pool_options(it))
    pool = await on.call("get_pool", it, select=["id", "state"])
    assert (pool.id, pool.state, pool.vm_size) == (it, "active", None)


async def list_pools(on: Twin, it: str) -> None:
    await on.call("create_pool", pool_options(it))
    assert [pool.id for pool in await on.call("list_pools", filter=f"id eq '{it}'")] == [it]


async def pool_exists(on: Twin, it: str) -> None:
    await on.call("create_pool", pool_options(it))
    assert await on.call("pool_exists", it) is True


async def update_pool(on: Twin, it: str) -> None:
    await on.call("create_pool", pool_options(it))
    metadata = [models.BatchMetadataItem(name="a", value="b")]
    await on.call("update_pool", it, models.BatchPoolUpdateOptions(metadata=metadata))
    assert (await on.call("get_pool", it)).metadata[0].value == "b"


async def replace_pool_properties(on: Twin, it: str) -> None:
    start = models.BatchStartTask(command_line="exit 0")
    await on.call("create_pool", pool_options(it, start_task=start))
    body = models.BatchPoolReplaceOptions(application_package_references=[], metadata=[])
    await on.call("replace_pool_properties", it, body)
    assert (await on.call("get_pool", it)).start_task is None


async def begin_resize_pool(on: Twin, it: str) -> None:
    await on.call("create_pool", pool_options(it))
    await steady(on, it)
    options = models.BatchPoolResizeOptions(target_low_priority_nodes=1)
    await on.call("begin_resize_pool", it, options)
    assert (await on.call("get_pool", it)).current_low_priority_nodes == 1


async def begin_stop_pool_resize(on: Twin, it: str) -> None:
    await waiting_task(on, it)
    body = {"targetDedicatedNodes": 0, "nodeDeallocationOption": "taskcompletion"}
    await on.call("send_request", on.post(f"/pools/{it}/resize", body))
    await on.call("begin_stop_pool_resize", it)
    pool = await on.call("get_pool", it)
    assert (pool.allocation_state, pool.resize_errors[0].code) == ("steady", "ResizeStopped")


async def begin_remove_nodes(on: Twin, it: str) -> None:
    node = await one_node(on, it)
    await on.call("begin_remove_nodes", it, models.BatchNodeRemoveOptions(node_ids=[node]))
    assert await on.call("list_nodes", it) == []


async def begin_delete_pool(on: Twin, it: str) -> None:
    await on.call("create_pool", pool_options(it))
    await on.call("begin_delete_pool", it)
    assert await on.call("list_pools", filter=f"id eq '{it}'") == []


async def enable_pool_auto_scale(on: Twin, it: str) -> None:
    await on.call("create_pool", pool_options(it))
    await steady(on, it)
    options = models.BatchPoolEnableAutoScaleOptions(auto_scale_formula=FORMULA)
    await on.call("enable_pool_auto_scale", it, options)
    assert (await on.call("get_pool", it)).auto_scale_formula == FORMULA


async def evaluate_pool_auto_scale(on: Twin, it: str) -> None:
    await scaled_pool(on, it)
    options = models.BatchPoolEvaluateAutoScaleOptions(auto_scale_formula=FORMULA)
    run = await on.call("evaluate_pool_auto_scale", it, options)
    assert "$TargetDedicatedNodes=0" in run.results


async def disable_pool_auto_scale(on: Twin, it: str) -> None:
    await scaled_pool(on, it)
    await on.call("disable_pool_auto_scale", it)
    assert (await on.call("get_pool", it)).enable_auto_scale is False


async def list_supported_images(on: Twin, it: str) -> None:
    assert await on.call("list_supported_images", filter="verificationType eq 'verified'")


async def list_pool_node_counts(on: Twin, it: str) -> None:
    await one_node(on, it)
    (counts,) = await on.call("list_pool_node_counts", filter=f"poolId eq '{it}'")
    assert (counts.dedicated.idle, counts.low_priority.total) == (1, 0)


async def list_pool_usage_metrics(on: Twin, it: str) -> None:
    assert await on.call("list_pool_usage_metrics") == []


async def list_applications(on: Twin, it: str) -> None:
    assert await on.call("list_applications") == []


async def get_application(on: Twin, it: str) -> None:
    with pytest.raises(ResourceNotFoundError, match="application does not exist"):
        await on.call("get_application", it)


async def send_request(on: Twin, it: str) -> None:
    await on.call("create_pool", pool_options(it))
    await steady(on, it)
    body = {"targetDedicatedNodes": 1}
    answer = await on.call("send_request", on.post(f"/pools/{it}/resize", body))
    assert answer.status_code == 202
    assert (await on.call("get_pool", it)).target_dedicated_nodes == 1


async def close(on: Twin, it: str) -> None:
    await on.call("create_pool", pool_options(it))
    await on.call("close")
