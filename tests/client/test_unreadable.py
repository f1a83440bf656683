"""The sentences for answers that are not the service's, and what follows from them."""

import json
import time
from typing import Any

import pytest

from batchtui.client import adding
from batchtui.client.connect import connect
from batchtui.core.gateway import UNREADABLE, Batch, GatewayError, TaskFile
from batchtui.core.models import PoolInfo
from batchtui.core.profile import Profile
from batchtui.core.specs import JobSpec, TaskSpec
from batchtui.core.steering import Deallocation
from batchtui.core.things import Kind, Thing
from batchtui.core.traffic import Traffic

from .canned import ACCOUNT, KEY, Answer, CannedBatch
from .rubbish import Rubbish, error, giving

PAGE = Rubbish(200, b"<html>Sign in</html>", "text/html")
JOB = JobSpec(id="j", pool_info=PoolInfo("p"))

WHY = {
    "a web page came, perhaps from a proxy's sign-in": PAGE,
    "the answer is empty": Rubbish(200),
    "the answer is cut short": Rubbish(200, b'{"value": [{"id":'),
    "the answer is garbled": Rubbish(200, b"value="),
    "the answer has another shape: expected `object`, got `array`": Rubbish(200, b"[]"),
    "the answer does not unpack as its header says": Rubbish(
        200, b'{"value": []}', headers={"Content-Encoding": "gzip"}
    ),
    "it leads to another address, perhaps to a proxy's sign-in": Rubbish(302, b"", ""),
    "a proxy or the network asks for a sign-in": Rubbish(511, b"", "text/plain"),
}


async def failure_of(
    answer: Rubbish, *, storage: bool = False, what: str = "pools"
) -> GatewayError:
    async with giving(answer) as url:
        profile = Profile("t", url, ACCOUNT, KEY, f"{url}/s", "s", KEY)
        async with connect(profile, Traffic()) as gateway:
            side = gateway.storage if storage else gateway.batch
            with pytest.raises(GatewayError) as caught:
                await getattr(side, what)()
            assert str(url) in str(caught.value) or answer.status >= 400
    return caught.value


@pytest.mark.fault("1.11")
@pytest.mark.parametrize("why", WHY)
async def test_why_an_answer_cannot_be_read(why: str) -> None:
    failure = await failure_of(WHY[why])
    assert str(failure).startswith("Could not list pools: http://127.0.0.1:")
    assert f" answers, but not as Azure Batch does ({why})" in str(failure)
    assert (failure.status, failure.code) == (None, UNREADABLE)
    assert failure.transient, "it is asked again"


@pytest.mark.fault("1.11")
async def test_a_network_that_wants_a_sign_in_confirms_no_change() -> None:
    """It answers everything with success; the change was not made."""
    async with (
        giving(PAGE) as url,
        connect(Profile("t", url, ACCOUNT, KEY), Traffic()) as gateway,
    ):
        for change in (
            gateway.batch.delete_task("j", "t"),
            gateway.batch.enable_scheduling("p", "n"),
            gateway.batch.create_job(JOB),
            gateway.batch.update(Thing(Kind.JOB, "j"), {"priority": 1}),
        ):
            with pytest.raises(GatewayError, match="not as Azure Batch does"):
                await change


@pytest.mark.fault("1.11")
async def test_an_empty_success_in_place_of_an_acceptance_confirms_no_change() -> None:
    async with (
        giving(Rubbish(200, b"", "")) as url,
        connect(Profile("t", url, ACCOUNT, KEY), Traffic()) as gateway,
    ):
        for change in (
            gateway.batch.delete_job("j"),
            gateway.batch.create_job(JOB),
            gateway.batch.reboot_node("p", "n", Deallocation.REQUEUE),
            gateway.batch.resize_pool("p", dedicated=1, spot=0, deallocation=Deallocation.REQUEUE),
        ):
            with pytest.raises(GatewayError, match=r"status 200, ok, is not expected"):
                await change


@pytest.mark.fault("1.7", "1.16", "2.21")
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"code": "A", "message": {"lang": "en", "value": 5}}, "5 (A)"),
        ({"code": "A", "message": {"text": "no"}}, '{"text":"no"} (A)'),
        ({"code": "A", "message": ["x", 1]}, '["x",1] (A)'),
        ({"code": "A", "message": None}, "whatever (A)"),
        ({"code": 7, "message": "It is so."}, "it is so (7)"),
        ({"code": "A", "message": {"value": "No."}, "values": None}, "no (A)"),
        ({"code": "A", "message": {"value": "No."}, "values": "odd"}, "no: odd (A)"),
        ({"code": "A", "message": {"value": "No."}, "values": [None, 3, {}]}, "no: 3 (A)"),
        (
            {"code": "A", "message": {"value": "No."}, "values": [{"key": "k", "value": None}]},
            "no: k (A)",
        ),
        ({"error": {"code": "A", "message": {"x": "y"}}}, '{"x":"y"} (A)'),
        ({"odata.error": {"code": "A", "message": {"value": "No."}}}, "no (A)"),
        ("It is closed.", '"It is closed." (HTTP 400)'),
        ([1], "[1] (HTTP 400)"),
        (None, "null (HTTP 400)"),
    ],
)
@pytest.mark.parametrize("storage", [False, True])
async def test_an_error_of_another_shape_shows_what_came(
    body: Any, reason: str, storage: bool
) -> None:
    what = "containers" if storage else "pools"
    failure = await failure_of(error(body), storage=storage, what=what)
    quoted = reason.replace('"It is closed."', '"it is closed."')
    assert str(failure).casefold().replace('."', '"') == (
        f"could not list {what}: {quoted}".casefold().replace('."', '"')
    )
    assert failure.status == 400


@pytest.mark.fault("2.17")
@pytest.mark.parametrize("header", ["3600", "86400", "Fri, 20 Nov 2026 10:00:00 GMT"])
async def test_no_request_waits_for_an_hour(
    batch: Batch, service: CannedBatch, traffic: Traffic, header: str
) -> None:
    headers = {"Retry-After": header, "Date": "Fri, 20 Nov 2026 09:00:00 GMT"}
    busy = Answer.error(503, "ServerBusy", "The server is busy.", headers)
    service.on("GET", "/pools", busy)
    service.on("POST", "/jobs", busy)
    service.on("POST", "/jobs/j/addtaskcollection", busy)
    started = time.monotonic()
    tasks = [TaskSpec(id="t", command_line="true")]
    for call in (
        batch.pools(),
        batch.create_job(JOB),
        batch.add_tasks("j", tasks, added=lambda _more: None),
    ):
        with pytest.raises(GatewayError, match="is busy") as caught:
            await call
        assert caught.value.retry_after == (86400 if header == "86400" else 3600)
        assert caught.value.transient
    assert len(service.asked) == 3
    assert time.monotonic() - started < 5


@pytest.mark.fault("2.17")
async def test_a_retry_after_that_cannot_be_read(batch: Batch, service: CannedBatch) -> None:
    """The SDK raises a ValueError for it."""
    busy = Answer.error(503, "ServerBusy", "The server is busy.", {"Retry-After": "soon"})
    service.on("GET", "/pools", busy, Answer({"value": []}))
    assert await batch.pools() == ()


@pytest.mark.fault("4.3")
@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
async def test_what_may_have_been_created_is_not_created_again(
    batch: Batch, service: CannedBatch, status: int
) -> None:
    lost = Answer.error(status, "InternalError", "It failed.")
    service.on("POST", "/jobs", lost, Answer.error(409, "JobExists", "The job exists."))
    with pytest.raises(GatewayError) as caught:
        await batch.create_job(JOB)
    assert caught.value.transient
    assert len(service.asked) == 1


@pytest.mark.fault("2.21")
@pytest.mark.parametrize(
    ("listed", "size"),
    [
        ({"name": "stdout.txt", "properties": {"contentLength": "42"}}, 42),
        ({"name": "stdout.txt", "properties": {"contentLength": 0}}, 0),
        ({"name": "stdout.txt"}, None),
        ({"name": "stderr.txt", "properties": {"contentLength": "42"}}, None),
    ],
)
async def test_a_length_that_is_not_said_is_looked_up(listed: Any, size: int | None) -> None:
    """What compresses answers on their way leaves it out; that is no sign of an empty file."""
    file = TaskFile("j", "t", "stdout.txt")
    async with (
        giving(Rubbish(200, json.dumps({"value": [listed]}).encode(), length="")) as url,
        connect(Profile("t", url, ACCOUNT, KEY), Traffic()) as gateway,
    ):
        if size is not None:
            assert (await gateway.batch.file_state(file)).size == size
            return
        with pytest.raises(GatewayError, match="does not say how long it is") as caught:
            await gateway.batch.file_state(file)
        assert caught.value.transient


@pytest.mark.fault("2.21")
async def test_values_of_a_task_that_are_null(
    batch: Batch, service: CannedBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "PAUSES", (0.0,))
    error = {"code": "InvalidPropertyValue", "message": {"value": "Bad."}, "values": None}
    result = {"taskId": "t", "status": "clienterror", "error": error}
    service.on("POST", "/jobs/j/addtaskcollection", Answer({"value": [result]}))
    with pytest.raises(GatewayError, match=r"task t to job j: bad \(InvalidPropertyValue\)$"):
        await batch.add_tasks(
            "j", [TaskSpec(id="t", command_line="true")], added=lambda _more: None
        )


@pytest.mark.fault("1.5")
@pytest.mark.parametrize("name", ["", "a/b\0c", "ü" * 5000, "..", "a\nb", "\ud800"])
async def test_names_that_no_library_takes(name: str) -> None:
    async with giving(Rubbish(404, b'{"code": "NotFound", "message": {"value": "No."}}')) as url:
        profile = Profile("t", url, ACCOUNT, KEY, f"{url}/s", "s", KEY)
        async with connect(profile, Traffic()) as gateway:
            assert gateway.storage
            for call in (
                gateway.batch.job(name),
                gateway.batch.delete_pool(name),
                gateway.batch.file_state(TaskFile(name, name, name)),
                gateway.storage.blobs(name, at_most=1),
                gateway.storage.create_container(name),
                gateway.storage.blob_state("box", name),
            ):
                with pytest.raises(GatewayError, match=r"^Could not "):
                    await call
