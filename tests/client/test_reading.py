"""What is polled: one small request, decoded into the models, page after page."""

import gzip
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest

from batchtui.core.gateway import Batch, GatewayError, PoolNodeFile, TaskFile
from batchtui.core.models import (
    FileProperties,
    Job,
    NodeFile,
    PoolInfo,
    PoolNodeCounts,
    Task,
    TaskCounts,
)
from batchtui.core.queries import FAILED
from batchtui.core.states import JobState, NodeState, Result

from .canned import Answer, Asked, CannedBatch


def page(*items: object, more: str = "") -> Answer:
    return Answer({"value": list(items)} | ({"odata.nextLink": more} if more else {}))


async def test_a_listing_asks_for_the_members_that_are_shown(
    batch: Batch, service: CannedBatch
) -> None:
    job = {"id": "j", "state": "molten", "priority": 7, "poolInfo": {"poolId": "p"}, "new": {}}
    service.on("GET", "/jobs", page(job))
    found = Job("j", JobState("molten"), priority=7, pool_info=PoolInfo("p"))
    assert await batch.jobs() == (found,)
    assert service.asked[0].query["$select"] == (
        "id,state,stateTransitionTime,creationTime,priority,maxParallelTasks,poolInfo,executionInfo"
    )


async def test_links_are_followed_as_the_service_means_them(
    batch: Batch, service: CannedBatch
) -> None:
    link = f"{service.endpoint}/pools?api-version=2025-06-01&$skiptoken=WATV2:a^b/c%2Bd=:1$1"
    service.on("GET", "/pools", page({"id": "a"}, more=link), page({"id": "b"}))
    assert [pool.id for pool in await batch.pools()] == ["a", "b"]
    assert service.asked[1].query == {
        "api-version": "2025-06-01",
        "$skiptoken": "WATV2:a^b/c+d=:1$1",
    }
    assert service.asked[1].raw_query.endswith("&$skiptoken=WATV2:a%5Eb/c%2Bd=:1$1")


async def test_a_window_ends_where_it_was_told_to(batch: Batch, service: CannedBatch) -> None:
    link = f"{service.endpoint}/jobs/j/tasks?api-version=2025-06-01&x=2"
    service.on("GET", "/jobs/j/tasks", page({"id": "1"}, {"id": "2"}, more=link), page({"id": "3"}))
    window = await batch.tasks("j", at_most=2)
    assert window.items == (Task("1"), Task("2"))
    assert not window.complete
    assert service.asked[0].query["maxresults"] == "2"
    assert len(service.asked) == 1


async def test_a_window_that_holds_all_is_complete(batch: Batch, service: CannedBatch) -> None:
    service.on("GET", "/jobs/j/tasks", page({"id": "1"}, {"id": "2"}))
    assert (await batch.tasks("j", at_most=2)).complete


async def test_a_page_larger_than_the_window_is_cut(batch: Batch, service: CannedBatch) -> None:
    service.on("GET", "/pools/p/nodes", page({"id": "1"}, {"id": "2"}, {"id": "3"}))
    window = await batch.nodes("p", at_most=2)
    assert len(window.items) == 2
    assert not window.complete


async def test_nodes_are_listed_with_their_errors_where_they_are_wanted(
    batch: Batch, service: CannedBatch
) -> None:
    service.on("GET", "/pools/p/nodes", page(), page())
    await batch.nodes("p", at_most=2)
    await batch.nodes("p", at_most=2, with_errors=True)
    small, large = (set(asked.query["$select"].split(",")) for asked in service.asked)
    assert large - small == {"errors", "startTaskInfo"}
    assert "recentTasks" not in large


async def test_failed_tasks_are_filtered_by_the_service(batch: Batch, service: CannedBatch) -> None:
    info = {"result": "failure", "exitCode": 7, "endTime": "2022-02-03T04:23:43.0021305Z"}
    service.on("GET", "/jobs/j/tasks", page({"id": "1", "executionInfo": info}))
    (task,) = (await batch.tasks("j", at_most=10, where=FAILED)).items
    assert service.asked[0].query["$filter"] == "executionInfo/result eq 'failure'"
    assert (task.execution_info.exit_code, task.execution_info.result) == (7, Result.FAILURE)
    assert task.execution_info.end_time == datetime(2022, 2, 3, 4, 23, 43, 2131, tzinfo=UTC)


async def test_counts(batch: Batch, service: CannedBatch) -> None:
    counts = {"active": 5, "running": 7, "completed": 4, "succeeded": 2, "failed": 2}
    service.on(
        "GET", "/jobs/j/taskcounts", Answer({"taskCounts": counts, "taskSlotCounts": counts})
    )
    assert await batch.task_counts("j") == TaskCounts(5, 7, 4, 2, 2)
    link = f"{service.endpoint}/nodecounts?api-version=2025-06-01&x=2"
    running = {"poolId": "p", "lowPriority": {"upgradingOS": 1, "total": 1}}
    service.on("GET", "/nodecounts", page(running, more=link), page({"poolId": "q"}))
    first, second = await batch.node_counts()
    assert first.by_state() == {NodeState.UPGRADING_OS: 1}
    assert second == PoolNodeCounts("q")


async def test_the_last_run_of_a_pools_formula(batch: Batch, service: CannedBatch) -> None:
    error = {"code": "AutoScaleSyntaxError", "message": "No formula", "values": []}
    run = {"timestamp": "2026-01-02T03:04:05.6Z", "results": "$TargetDedicatedNodes=3"}
    service.on(
        "GET", "/pools", page(
            {"id": "p", "enableAutoScale": True, "autoScaleRun": run},
            {"id": "q", "enableAutoScale": True, "autoScaleRun": run | {"error": error}},
        ),
    )  # fmt: skip
    good, bad = [pool.auto_scale_run for pool in await batch.pools()]
    assert "autoScaleRun" in service.asked[0].query["$select"]
    assert good is not None
    assert (good.variables, good.error) == ((("TargetDedicatedNodes", "3"),), None)
    assert bad is not None
    assert bad.error is not None
    assert bad.error.message == "No formula"


async def test_files_of_a_task(batch: Batch, service: CannedBatch) -> None:
    file = {"name": "stdout.txt", "isDirectory": False, "properties": {"contentLength": "13"}}
    service.on("GET", "/jobs/j/tasks/t/files", page({"name": "wd", "isDirectory": True}, file))
    assert await batch.task_files("j", "t") == (
        NodeFile("wd", is_directory=True),
        NodeFile("stdout.txt", properties=FileProperties(13)),
    )
    assert service.asked[0].query["recursive"] == "true"


NAMES = ["stdout.txt", "wd/a b/c.txt", "wd/a@b+c=&#%é[]()!':$,;~*.txt", "wd/100%25"]


@pytest.mark.parametrize("name", NAMES)
async def test_a_part_of_a_file(batch: Batch, service: CannedBatch, name: str) -> None:
    """Any name arrives, with a signature that is valid for the path on the wire."""
    content = b"0123456789"

    def read(asked: Asked) -> Answer:
        first, last = asked.headers["ocp-range"].removeprefix("bytes=").split("-")
        part = content[int(first) : int(last) + 1]
        return Answer(part) if part else Answer.error(416, "InvalidRange", "No such range.")

    service.on("GET", "*", read)
    service.on("HEAD", "*", Answer(None, headers={"Content-Length": "10"}))
    file = TaskFile("j", "t", name)
    assert await batch.read_file(file, start=2, length=3) == b"234"
    assert await batch.read_file(file, start=8, length=5) == b"89"
    assert await batch.read_file(file, start=10, length=5) == b""
    assert unquote(service.asked[0].path) == f"/jobs/j/tasks/t/files/{name}"
    assert service.asked[0].path.count("/") == 6


async def test_size_of_a_node_file(batch: Batch, service: CannedBatch) -> None:
    path = "/pools/p/nodes/n/files/startup%2Fstderr.txt"
    service.on("HEAD", path, Answer(b"x" * 1813))
    file = PoolNodeFile("p", "n", "startup/stderr.txt")
    assert (await batch.file_state(file)).size == 1813


async def test_a_missing_file(batch: Batch, service: CannedBatch) -> None:
    service.on("HEAD", "*", Answer(None, 404, reason="The specified file does not exist."))
    with pytest.raises(GatewayError, match=r"look at stdout\.txt of task t of job j") as caught:
        await batch.file_state(TaskFile("j", "t", "stdout.txt"))
    assert caught.value.missing


@pytest.mark.fault("3.1")
@pytest.mark.parametrize("content", [gzip.compress(b"text", mtime=0), b"no gzip"])
async def test_the_bytes_of_a_file_are_as_they_came(
    service: CannedBatch, batch: Batch, content: bytes
) -> None:
    headers = {"Content-Encoding": "gzip"}
    service.on("GET", "/jobs/j/tasks/t/files/a.gz", Answer(content, headers=headers))
    file = TaskFile("j", "t", "a.gz")
    assert await batch.read_file(file, start=0, length=99) == content
    assert service.asked[-1].headers["Accept-Encoding"] == "identity"


@pytest.mark.fault("1.11")
async def test_a_service_without_images_is_asked_again(batch: Batch, service: CannedBatch) -> None:
    """A page that comes without its items would have a run call its recipe wrong."""
    service.on("GET", "/supportedimages", page())
    with pytest.raises(GatewayError, match="the service names none") as caught:
        await batch.images()
    assert caught.value.transient
    assert service.asked[-1].query["maxresults"] == "1000"


@pytest.mark.fault("4.10")
async def test_listings_ask_for_whole_pages(batch: Batch, service: CannedBatch) -> None:
    """Of node counts a page has ten pools, unless more are asked for."""
    service.on("GET", "*", page())
    for listing in (
        batch.node_counts(),
        batch.pools(),
        batch.jobs(),
        batch.schedules(),
        batch.jobs_of_schedule("s"),
        batch.task_files("j", "t"),
        batch.nodes("p", at_most=100_000),
        batch.tasks("j", at_most=5000),
        batch.node_files("p", "n", at_most=1000),
    ):
        await listing
    assert {asked.query["maxresults"] for asked in service.asked} == {"1000"}
    await batch.tasks("j", at_most=7)
    assert service.asked[-1].query["maxresults"] == "7"
    await batch.subtasks("j", "t")
    assert "maxresults" not in service.asked[-1].query, "it has none"


@pytest.mark.fault("1.11")
async def test_a_page_that_leads_to_itself_is_no_page(batch: Batch, service: CannedBatch) -> None:
    link = f"{service.endpoint}/pools?api-version=2025-06-01&$skiptoken=1"
    service.on("GET", "/pools", page({"id": "a"}, more=link))
    with pytest.raises(GatewayError, match="not as Azure Batch does"):
        await batch.pools()
    assert len(service.asked) == 2


@pytest.mark.fault("4.10")
async def test_a_page_that_comes_twice_counts_once(batch: Batch, service: CannedBatch) -> None:
    link = f"{service.endpoint}/pools?api-version=2025-06-01&$skiptoken="
    first = page({"id": "a"}, {"id": "b"}, more=f"{link}1")
    again = page({"id": "a"}, {"id": "b"}, more=f"{link}2")
    service.on("GET", "/pools", first, again, page({"id": "c"}))
    assert [pool.id for pool in await batch.pools()] == ["a", "b", "c"]
