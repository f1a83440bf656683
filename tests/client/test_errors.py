"""Whatever goes wrong is one sentence, which names what was tried and holds no secret."""

import asyncio
import re
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest
from azure.core.exceptions import AzureError, ServiceRequestError, ServiceRequestTimeoutError

from batchtui.client import transport
from batchtui.client.connect import connect
from batchtui.client.service import Kind, Service
from batchtui.core.gateway import Batch, Gateway, GatewayError
from batchtui.core.models import ImageReference, PoolInfo
from batchtui.core.profile import Profile
from batchtui.core.specs import JobSpec, PoolSpec, VirtualMachine
from batchtui.core.traffic import Traffic

from .canned import KEY, Answer, CannedBatch

POOL = PoolSpec(
    id="x",
    vm_size="small",
    virtual_machine_configuration=VirtualMachine(
        image_reference=ImageReference("canonical", "ubuntu", "22_04-lts"),
        node_agent_sku_id="batch.node.ubuntu 22.04",
    ),
)


@asynccontextmanager
async def opened(profile: Profile, **changes: object) -> AsyncIterator[Gateway]:
    async with connect(replace(profile, **changes), Traffic()) as gateway:  # type: ignore[arg-type]
        yield gateway


async def test_the_service_says_why(batch: Batch, service: CannedBatch) -> None:
    service.on(
        "POST", "/pools", Answer.error(409, "PoolExists", "The specified pool already exists.")
    )
    with pytest.raises(GatewayError) as caught:
        await batch.create_pool(POOL)
    assert str(caught.value) == (
        "Could not create pool x: the specified pool already exists (PoolExists)"
    )
    assert caught.value.exists


async def test_the_service_says_where_a_formula_is_wrong(
    batch: Batch, service: CannedBatch
) -> None:
    answer = Answer.error(
        400, "AutoScalingFormulaSyntaxError", "It has a syntax error.", Message="Line 2, Col 8: no"
    )
    service.on("POST", "/pools/p/enableautoscale", answer)
    with pytest.raises(GatewayError, match=r"syntax error: Line 2, Col 8: no \(AutoScaling"):
        await batch.enable_autoscale("p", "xx ;", None)


async def test_the_service_names_the_property(batch: Batch, service: CannedBatch) -> None:
    text = "The value provided for one of the properties is invalid."
    answer = Answer.error(
        400, "InvalidPropertyValue", text, PropertyName="vmSize", PropertyValue="small"
    )
    service.on("POST", "/pools", answer)
    with pytest.raises(GatewayError, match=r"is invalid: PropertyName vmSize; PropertyValue small"):
        await batch.create_pool(POOL)


async def test_missing(batch: Batch, service: CannedBatch) -> None:
    service.on("GET", "*", Answer.error(404, "JobNotFound", "The specified job does not exist."))
    with pytest.raises(GatewayError) as caught:
        await batch.job("j")
    assert str(caught.value) == (
        "Could not look at job j: the specified job does not exist (JobNotFound)"
    )
    assert caught.value.missing


async def test_a_wrong_key(profile: Profile) -> None:
    wrong = "d3Jvbmc="
    async with opened(profile, batch_key=wrong) as gateway:
        with pytest.raises(GatewayError) as caught:
            await gateway.batch.pools()
    assert str(caught.value) == (
        "Could not list pools: the account key was refused; check that it is a key of the Batch "
        "account canned and that this machine's clock is right (AuthenticationFailed)"
    )
    assert caught.value.status == 403


async def test_a_key_that_is_no_key(profile: Profile, service: CannedBatch) -> None:
    with pytest.raises(GatewayError, match=r"account canned is not base64") as caught:
        async with opened(profile, batch_key="not a key"):
            pytest.fail("connected")
    assert "not a key" not in str(caught.value)
    assert not service.asked


async def test_secrets_are_taken_out(batch: Batch, service: CannedBatch) -> None:
    text = f"Bad url https://h/c?se=1&sig=abc%2Bd and key {KEY} here."
    service.on("POST", "/jobs", Answer.error(400, "InvalidPropertyValue", text, Value=text))
    with pytest.raises(GatewayError) as caught:
        await batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    assert "abc" not in str(caught.value)
    assert KEY not in str(caught.value)
    assert "https://h/c?se=1&sig=***" in str(caught.value)


async def test_nothing_listens(profile: Profile) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}"
        started = time.monotonic()
        async with opened(profile, batch_endpoint=endpoint) as gateway:
            with pytest.raises(GatewayError) as caught:
                await gateway.batch.pools()
    assert str(caught.value) == (
        f"Could not list pools: nothing listens at {endpoint} (connection refused)"
    )
    assert caught.value.status is None
    assert time.monotonic() - started < 2


async def test_no_answer(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "READ_TIMEOUT", 0.1)

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, opened(profile, batch_endpoint=endpoint) as gateway:
        with pytest.raises(GatewayError, match=rf"^Could not list jobs: {endpoint} did not answer"):
            await gateway.batch.jobs()
    assert len(writers) == 1
    for writer in writers:
        writer.close()


async def test_an_answer_that_breaks_off(profile: Profile) -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(rude, "127.0.0.1", 0)
    endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, opened(profile, batch_endpoint=endpoint) as gateway:
        with pytest.raises(GatewayError, match=rf"^Could not list jobs: {endpoint} broke off"):
            await gateway.batch.jobs()


async def test_someone_else_answers(batch: Batch, service: CannedBatch) -> None:
    service.on("GET", "/pools", Answer(b"<html>Sign in</html>"))
    with pytest.raises(GatewayError, match=r"^Could not list pools: .* not as Azure Batch does"):
        await batch.pools()


async def test_an_error_that_is_not_batch(batch: Batch, service: CannedBatch) -> None:
    service.on("GET", "/pools", Answer(b"<html>", 400, reason="Bad Request"))
    with pytest.raises(GatewayError) as caught:
        await batch.pools()
    assert str(caught.value) == "Could not list pools: bad Request (HTTP 400)"


async def test_throttling_is_waited_for(
    batch: Batch, service: CannedBatch, traffic: Traffic
) -> None:
    busy = Answer.error(429, "TooManyRequests", "Too many.", {"Retry-After": "1"})
    service.on("GET", "/pools", busy, Answer({"value": []}))
    assert await batch.pools() == ()
    assert [request.status for request in traffic.recent] == [429, 200]
    assert [request.path for request in traffic.recent] == ["/pools", "/pools"]


async def test_throttling_is_remembered(
    batch: Batch, service: CannedBatch, traffic: Traffic
) -> None:
    """A POST is not repeated by the SDK unless the service asks for it."""
    service.on("POST", "/jobs", Answer.error(429, "TooManyRequests", "Too many requests."))
    with pytest.raises(GatewayError, match=r"job j: too many requests \(TooManyRequests\)"):
        await batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    assert 0.5 < traffic.throttled <= 1


async def test_a_read_only_profile_sends_no_change(profile: Profile, service: CannedBatch) -> None:
    service.on("GET", "/pools", Answer({"value": []}))
    async with opened(profile, read_only=True) as gateway:
        await gateway.batch.pools()
        with pytest.raises(GatewayError, match=r"^Could not delete pool p: .* read-only$"):
            await gateway.batch.delete_pool("p")
    assert [asked.method for asked in service.asked] == ["GET"]


async def test_a_sign_in_is_never_sent_in_the_clear(profile: Profile) -> None:
    with pytest.raises(GatewayError, match=r"is not https"):
        async with opened(profile, batch_key=None):
            pytest.fail("connected")


def test_a_profile_hides_its_keys(profile: Profile) -> None:
    assert KEY not in repr(replace(profile, storage_key=KEY))


class Unknown(aiohttp.ClientConnectorDNSError):
    """A name that no server knows, without asking any."""

    def __init__(self) -> None:
        Exception.__init__(self)


UNREACHABLE: dict[AzureError, str] = {
    ServiceRequestError("", error=Unknown()): "the name in https://h is not known",
    ServiceRequestTimeoutError(""): "https://h could not be reached within 4 s",
    ServiceRequestError("Proxy said no."): "https://h could not be reached (proxy said no)",
}


@pytest.mark.parametrize("error", UNREACHABLE, ids=UNREACHABLE.get)
def test_a_service_that_cannot_be_reached(error: AzureError) -> None:
    service = Service(Kind.BATCH, "https://h", "mine", keyed=True)
    with (
        pytest.raises(GatewayError, match=rf"^Could not x: {re.escape(UNREACHABLE[error])}"),
        service.trying("x"),
    ):
        raise error


async def test_storage_that_does_not_listen(profile: Profile, traffic: Traffic) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}/a"
        away = replace(profile, storage_endpoint=endpoint, storage_account="a", storage_key=KEY)
        started = time.monotonic()
        async with connect(away, traffic) as gateway:
            assert gateway.storage
            for call in (gateway.storage.containers(), gateway.storage.blobs("c", at_most=1)):
                with pytest.raises(GatewayError, match=rf"nothing listens at {endpoint}"):
                    await call
    assert time.monotonic() - started < 6
    assert {request.status for request in traffic.recent} == {None}
    assert len(traffic.recent) == 4
