"""`az batch pool` against a local account."""

import pytest
from azure.batch import BatchClient, models

from batchtui.local.connection import Connection

from .az import Az, AzError
from .work import AGENT, IMAGE, SIZE, a_job, ready_pool, until, until_gone

pytestmark = pytest.mark.clients

CREATE = ("--vm-size", SIZE, "--image", IMAGE, "--node-agent-sku-id", AGENT)
FORMULA = "$TargetDedicatedNodes=2;"


def test_a_pool_from_creation_to_deletion(az: Az, batch: BatchClient) -> None:
    # The CLI sends both numbers as strings.
    nodes = ("--target-dedicated-nodes", "1", "--target-low-priority-nodes", "1")
    az("pool", "create", "--id", "az-life", *CREATE, *nodes, "--metadata", "a=b")
    until(lambda: batch.get_pool("az-life").allocation_state, lambda state: state == "steady")

    shown = az("pool", "show", "--pool-id", "az-life")
    assert (shown["state"], shown["currentDedicatedNodes"], shown["currentLowPriorityNodes"]) == (
        *("active", 1),
        1,
    )
    assert shown["metadata"] == [{"name": "a", "value": "b"}]
    assert shown["vmSize"] == SIZE
    picked = ("--filter", "startswith(id,'az-l')", "--select", "id,vmSize")
    assert az("pool", "list", *picked) == [{"id": "az-life", "vmSize": SIZE}]

    az("pool", "delete", "--pool-id", "az-life", "--yes")
    until_gone(lambda: batch.get_pool("az-life"))


def test_a_pool_from_a_file(az: Az, batch: BatchClient) -> None:
    publisher, offer, sku = IMAGE.split(":")
    body = {
        "id": "az-file",
        "vmSize": SIZE,
        "virtualMachineConfiguration": {
            "imageReference": {"publisher": publisher, "offer": offer, "sku": sku},
            "nodeAgentSKUId": AGENT,
        },
        "taskSlotsPerNode": "4",
        "startTask": {"commandLine": "/bin/true", "waitForSuccess": "True"},
    }
    az("pool", "create", "--json-file", az.write("pool.json", body))
    pool = batch.get_pool("az-file")
    assert pool.task_slots_per_node == 4
    assert pool.start_task is not None
    assert pool.start_task.wait_for_success is True


def test_resizing_and_stopping_that(az: Az, batch: BatchClient) -> None:
    ready_pool(batch, "az-size", 2)
    resize = ("pool", "resize", "--pool-id", "az-size")
    options = ("--node-deallocation-option", "terminate", "--resize-timeout", "PT5M")
    az(*resize, "--target-dedicated-nodes", "1", *options)
    until(lambda: batch.get_pool("az-size").allocation_state, lambda state: state == "steady")
    assert batch.get_pool("az-size").current_dedicated_nodes == 1

    # A resize that waits for a long task goes on until somebody stops it.
    a_job(batch, "az-size", "az-size")
    sleeper = models.BatchTaskCreateOptions(id="t", command_line="/bin/sleep 600")
    batch.create_task("az-size", sleeper)
    until(lambda: batch.get_task("az-size", "t").state, lambda state: state == "running")
    wait = ("--node-deallocation-option", "taskcompletion")
    az(*resize, "--target-dedicated-nodes", "0", *wait)
    assert az("pool", "show", "--pool-id", "az-size")["allocationState"] == "resizing"
    az(*resize, "--abort")
    until(lambda: batch.get_pool("az-size").allocation_state, lambda state: state == "steady")
    assert batch.get_pool("az-size").current_dedicated_nodes == 1
    batch.terminate_task("az-size", "t")


def test_changing_a_pool(az: Az, batch: BatchClient) -> None:
    ready_pool(batch, "az-set", 0)
    az("pool", "set", "--pool-id", "az-set", "--metadata", "a=b")
    az("pool", "set", "--pool-id", "az-set", "--start-task-command-line", "/bin/true")
    pool = batch.get_pool("az-set")
    assert [(item.name, item.value) for item in pool.metadata or ()] == [("a", "b")]
    assert pool.start_task is not None
    assert pool.start_task.command_line == "/bin/true"


def test_counts_and_images(az: Az, pool: str) -> None:
    counts = az("pool", "node-counts", "list", "--filter", f"poolId eq '{pool}'")
    assert [(row["poolId"], row["dedicated"]["total"]) for row in counts] == [(pool, 2)]
    images = az("pool", "supported-images", "list", "--filter", "osType eq 'linux'")
    assert AGENT in {image["nodeAgentSkuId"] for image in images}


def test_what_the_service_refuses(az: Az, pool: str) -> None:
    with pytest.raises(AzError) as missing:
        az("pool", "show", "--pool-id", "nowhere")
    assert (missing.value.code, missing.value.exit_code) == ("PoolNotFound", 3)
    with pytest.raises(AzError) as twice:
        az("pool", "create", "--id", pool, *CREATE)
    assert twice.value.code == "PoolExists"
    with pytest.raises(AzError) as unfiltered:
        az("pool", "list", "--filter", "colour eq 'red'")
    assert unfiltered.value.code == "InvalidQueryParameterValue"


def test_a_wrong_key(az: Az, account: Connection) -> None:
    with pytest.raises(AzError) as refused:
        az("pool", "list", AZURE_BATCH_ACCESS_KEY=account.storage_key)
    assert refused.value.code == "AuthenticationFailed"
    assert account.batch_key not in refused.value.said
    assert account.storage_key not in refused.value.said


def test_resetting_a_pool(az: Az, batch: BatchClient) -> None:
    ready_pool(batch, "az-reset", 0)
    az("pool", "set", "--pool-id", "az-reset", "--start-task-command-line", "/bin/true")
    az("pool", "reset", "--pool-id", "az-reset", "--metadata", "c=d")
    pool = batch.get_pool("az-reset")
    assert [(item.name, item.value) for item in pool.metadata or ()] == [("c", "d")]
    assert pool.start_task is None


def test_usage_metrics(az: Az) -> None:
    assert az("pool", "usage-metrics", "list") == []


def test_autoscale(az: Az, batch: BatchClient) -> None:
    ready_pool(batch, "az-auto", 0)
    until(lambda: batch.get_pool("az-auto").allocation_state, lambda state: state == "steady")
    scale = ("--pool-id", "az-auto", "--auto-scale-formula", FORMULA)
    az("pool", "autoscale", "enable", *scale, "--auto-scale-evaluation-interval", "PT6M")
    pool = batch.get_pool("az-auto")
    assert (pool.enable_auto_scale, pool.auto_scale_formula) == (True, FORMULA)
    until(lambda: len(list(batch.list_nodes("az-auto"))), lambda count: count == 2)

    run = az("pool", "autoscale", "evaluate", *scale)
    results = f"{FORMULA}$TargetLowPriorityNodes=0;$NodeDeallocationOption=requeue"
    assert run["results"] == results
    az("pool", "autoscale", "disable", "--pool-id", "az-auto")
    assert batch.get_pool("az-auto").enable_auto_scale is False


def test_a_pool_that_scales_from_the_start(az: Az, batch: BatchClient) -> None:
    publisher, offer, sku = IMAGE.split(":")
    body = {
        "id": "az-scaling",
        "vmSize": SIZE,
        "virtualMachineConfiguration": {
            "imageReference": {"publisher": publisher, "offer": offer, "sku": sku},
            "nodeAgentSKUId": AGENT,
        },
        "enableAutoScale": True,
        "autoScaleFormula": FORMULA,
    }
    # The CLI's own --auto-scale-formula ends in a traceback before any request.
    az("pool", "create", "--json-file", az.write("pool.json", body))
    until(lambda: len(list(batch.list_nodes("az-scaling"))), lambda count: count == 2)
