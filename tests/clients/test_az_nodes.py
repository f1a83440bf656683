"""`az batch node` against a local account."""

from pathlib import Path

import pytest
from azure.batch import BatchClient
from azure.storage.blob import BlobServiceClient, ContainerSasPermissions

from batchtui.local.connection import Connection

from .az import Az, AzError
from .scripts.storage import Storage
from .work import a_job, a_task, ready_pool, until

pytestmark = pytest.mark.clients


def the_node(batch: BatchClient, pool_id: str) -> tuple[str, str, str, str]:
    """How the CLI names the pool's first node."""
    return ("--pool-id", pool_id, "--node-id", next(iter(batch.list_nodes(pool_id))).id)


def test_showing_and_scheduling(az: Az, batch: BatchClient) -> None:
    node = the_node(batch, ready_pool(batch, "az-node", 1))
    listed = ("--filter", "state eq 'idle'", "--select", "id,state")
    assert az("node", "list", *node[:2], *listed) == [{"id": node[3], "state": "idle"}]
    az("node", "scheduling", "disable", *node)
    assert az("node", "show", *node)["schedulingState"] == "disabled"
    az("node", "scheduling", "enable", *node)
    assert az("node", "show", *node)["schedulingState"] == "enabled"


@pytest.mark.parametrize("option", [(), ("--node-reboot-option", "terminate")])
def test_rebooting(az: Az, batch: BatchClient, option: tuple[str, ...]) -> None:
    pool_id = ready_pool(batch, f"az-boot{len(option)}", 1)
    node = the_node(batch, pool_id)
    before = batch.get_node(pool_id, node[3]).last_boot_time
    az("node", "reboot", *node, *option)
    after = until(lambda: batch.get_node(pool_id, node[3]), lambda seen: seen.state == "idle")
    assert before is not None
    assert after.last_boot_time is not None
    assert after.last_boot_time > before


def test_removing_a_node(az: Az, batch: BatchClient) -> None:
    pool_id = ready_pool(batch, "az-remove", 2)
    _, _, _, node_id = the_node(batch, pool_id)
    az("node", "delete", "--pool-id", pool_id, "--node-list", node_id)
    left = until(lambda: list(batch.list_nodes(pool_id)), lambda nodes: len(nodes) == 1)
    assert left[0].id != node_id


def test_the_files_of_a_node(az: Az, batch: BatchClient) -> None:
    node = the_node(batch, ready_pool(batch, "az-folder", 1))
    a_job(batch, "az-folder", "az-folder")
    a_task(batch, "az-folder", "t", "/bin/echo hello")
    output = ("--file-path", "workitems/az-folder/job-1/t/stdout.txt")
    names = {file["name"] for file in az("node", "file", "list", *node, "--recursive")}
    assert {"shared", "startup", "workitems", output[1]} <= names
    target = Path(az.home, "downloaded")
    az("node", "file", "download", *node, *output, "--destination", str(target))
    assert target.read_text() == "hello\n"
    az("node", "file", "delete", *node, *output, "--yes")
    with pytest.raises(AzError) as gone:
        az("node", "file", "download", *node, *output, "--destination", f"{target}2")
    assert gone.value.exit_code == 3


def test_users(az: Az, batch: BatchClient, pool: str) -> None:
    node = the_node(batch, pool)
    end = ("--expiry-time", "2099-12-01T00:00:00Z")
    az("node", "user", "create", *node, "--name", "somebody", "--password", "Passw0rd!", *end)
    az("node", "user", "reset", *node, "--user-name", "somebody", "--password", "Other0ne!")
    az("node", "user", "delete", *node, "--user-name", "somebody", "--yes")
    with pytest.raises(AzError) as gone:
        az("node", "user", "delete", *node, "--user-name", "somebody", "--yes")
    assert gone.value.code == "NodeUserNotFound"


def test_remote_login(az: Az, batch: BatchClient, pool: str) -> None:
    settings = az("node", "remote-login-settings", "show", *the_node(batch, pool))
    assert settings["remoteLoginIpAddress"]
    assert isinstance(settings["remoteLoginPort"], int)


def test_service_logs(az: Az, batch: BatchClient, pool: str, account: Connection) -> None:
    with Storage(account.environment()) as storage:
        url = storage.container("az-logs", ContainerSasPermissions(write=True))
    upload = ("--container-url", url, "--start-time", "2020-01-01T00:00:00Z")
    sent = az("node", "service-logs", "upload", *the_node(batch, pool), *upload)
    connection = account.environment()["AZURE_STORAGE_CONNECTION_STRING"]
    with BlobServiceClient.from_connection_string(connection) as service:
        names = list(service.get_container_client("az-logs").list_blob_names())
    assert len(names) == sent["numberOfFilesUploaded"] > 0
    assert all(name.startswith(sent["virtualDirectoryName"]) for name in names)
