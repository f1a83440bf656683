"""What this account has not got: said in words, never passed over."""

import pytest
from azure.batch.aio import BatchClient

from .batch import nodes, steady_pool
from .wire import ask


async def test_lists_are_empty(client: BatchClient) -> None:
    assert [one async for one in client.list_applications()] == []
    assert [one async for one in client.list_job_schedules()] == []
    assert [one async for one in client.list_pool_usage_metrics()] == []


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/applications/a", 404, "ApplicationNotFound"),
        ("GET", "/jobschedules/a", 404, "JobScheduleNotFound"),
        ("POST", "/jobschedules/a/terminate", 404, "JobScheduleNotFound"),
        ("GET", "/pools/pool/nodes/NODE/extensions/e", 404, "ResourceNotFound"),
        ("GET", "/pools/pool/nodes/other/extensions", 404, "NodeNotFound"),
        ("GET", "/certificates", 404, "ResourceNotFound"),
    ],
)
async def test_the_rest_says_why(
    client: BatchClient, endpoint: str, method: str, path: str, status: int, code: str
) -> None:
    await steady_pool(client, target_dedicated_nodes=1)
    (node,) = await nodes(client)
    answer = await ask(endpoint, method, path.replace("NODE", str(node.id)), {})
    assert (answer.status, answer.code) == (status, code)
    if status in (405, 409):
        assert answer.value("Reason").startswith(("This account", "A node of this account"))
