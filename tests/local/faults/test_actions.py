"""What each fault does, over real connections."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urlsplit

import aiohttp
import msgspec
import pytest
from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError

from tests.local.batch import pool_options, until
from tests.local.conftest import connect
from tests.local.wire import VERSION, Answer, ask

from .conftest import Faulty, FaultyAccount
from .logged import LoggedRequest, faults_of

ALL_LOST = (aiohttp.ClientError, ConnectionError, TimeoutError)


async def listed(account: FaultyAccount) -> Answer:
    """The pools, asked for once."""
    return await ask(account.endpoint, "GET", "/pools")


async def made(account: FaultyAccount) -> list[str]:
    """The pools that exist, asked for when no fault is in force any more."""
    account.faults.load(msgspec.structs.replace(account.faults.faults, rules=()))
    async with connect(account.endpoint) as client:
        return [str(pool.id) async for pool in client.list_pools()]


@asynccontextmanager
async def raw(endpoint: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    parts = urlsplit(endpoint)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def raw_answer(endpoint: str, target: str = "/pools") -> tuple[bytes, bool]:
    """All bytes of an answer, and whether the connection was reset after them."""
    async with raw(endpoint) as (reader, writer):
        request = f"GET {target}?{VERSION} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        writer.write(request.encode())
        received = b""
        try:
            while piece := await reader.read(1000):
                received += piece
        except ConnectionResetError:
            return received, True
        return received, False


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (429, "TooManyRequests"),
        (503, "ServerBusy"),
        (500, "InternalError"),
        (408, "OperationTimedOut"),
        (401, "AuthenticationFailed"),
        (403, "AuthenticationFailed"),
    ],
)
async def test_an_error_has_the_form_of_the_service(faulty: Faulty, status: int, code: str) -> None:
    async with faulty(f"[[faults]]\ndo = 'answer'\nstatus = {status}") as account:
        answer = await listed(account)
        assert (answer.status, answer.code) == (status, code)
        assert answer.json["message"]["value"].count("\n") == 2
        assert answer.headers["request-id"] in answer.text
        assert "retry-after" not in answer.headers
        with pytest.raises(HttpResponseError) as caught:
            await account.client.get_pool("p")
        assert caught.value.status_code == status
        assert caught.value.error is not None
        assert caught.value.error.code == code


async def test_an_error_may_be_called_and_worded_as_one_likes(faulty: Faulty) -> None:
    text = "[[faults]]\ndo = 'answer'\nstatus = 403\ncode = 'AuthorizationFailure'"
    async with faulty(text) as account:
        answer = await listed(account)
        assert answer.code == "AuthorizationFailure"
        assert "not authorized" in answer.json["message"]["value"]
    async with faulty(f"{text}\nmessage = 'Not you.'") as account:
        assert (await listed(account)).json["message"]["value"].startswith("Not you.\n")
    text = "[[faults]]\ndo = 'answer'\nstatus = 403\nbody = '{\"a\": {}}'\ncontent_type = 'x/y'"
    async with faulty(text) as account:
        answer = await listed(account)
        assert (answer.text, answer.headers["content-type"]) == ('{"a": {}}', "x/y")


async def test_retry_after_comes_in_both_of_its_forms(faulty: Faulty) -> None:
    async with faulty("[[faults]]\ndo = 'answer'\nstatus = 503\nretry_after = 3600") as account:
        assert (await listed(account)).headers["retry-after"] == "3600"
    async with faulty("[[faults]]\ndo = 'answer'\nstatus = 429\nretry_after_date = 90") as account:
        date = parsedate_to_datetime((await listed(account)).headers["retry-after"])
        assert 80 < (date - datetime.now(UTC)).total_seconds() < 91


async def test_a_rate_limit_refuses_what_is_beyond_it(faulty: Faulty) -> None:
    async with faulty("[[faults]]\ndo = 'limit'\nrate = 0.01\nburst = 2") as account:
        answers = [await listed(account) for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        assert 90 < int(answers[2].headers["retry-after"]) <= 100


@pytest.mark.parametrize("served", [False, True])
async def test_a_delay_is_felt(faulty: Faulty, served: bool) -> None:
    text = f"[[faults]]\ndo = 'delay'\nseconds = 0.3\ncarried_out = {str(served).lower()}"
    async with faulty(text) as account:
        began = time.monotonic()
        assert (await listed(account)).status == 200
        assert time.monotonic() - began >= 0.3


LOST = {
    "reset": "do = 'reset'",
    "headers": "do = 'reset'\nat = 'in_headers'",
    "body": "do = 'reset'\nat = 'in_body'",
    "broken": "do = 'broken_headers'",
    "500": "do = 'answer'\nstatus = 500",
    "502": "do = 'answer'\nstatus = 502",
    "503": "do = 'answer'\nstatus = 503",
    "408": "do = 'answer'\nstatus = 408",
    "html": "do = 'wrong_body'\nbody = 'html'",
}


@pytest.mark.parametrize("how", LOST)
async def test_the_work_is_done_and_the_answer_is_lost(faulty: Faulty, how: str) -> None:
    text = f"[[faults]]\n{LOST[how]}\noperation = 'CreatePool'\ncarried_out = true"
    async with faulty(text) as account:
        with pytest.raises((HttpResponseError, ServiceRequestError, ServiceResponseError)):
            await account.client.create_pool(pool_options("p"))
        assert await made(account) == ["p"]
        request = await until(partial(first_request, account), lambda one: one.answered)
        assert request.made == ("/pools/p",)
        assert request.answered is not None
        assert request.answered.carried_out
        assert request.status == (int(how) if how.isdecimal() else 200 if how == "html" else 0)
        (struck,) = [line for line in faults_of(account.folder / "faults.log") if line.do]
        assert (struck.request, struck.carried_out) == (1, True)


@pytest.mark.parametrize("how", ["reset", "broken", "500", "408", "html"])
async def test_without_being_carried_out_nothing_is_done(faulty: Faulty, how: str) -> None:
    async with faulty(f"[[faults]]\n{LOST[how]}\noperation = 'CreatePool'") as account:
        with pytest.raises((HttpResponseError, ServiceRequestError, ServiceResponseError)):
            await account.client.create_pool(pool_options("p"))
        assert await made(account) == []
        assert account.requests()[0].carried_out is None


async def test_a_connection_is_reset_before_within_and_after_the_headers(faulty: Faulty) -> None:
    async with faulty("[[faults]]\ndo = 'reset'") as account:
        assert await raw_answer(account.endpoint) == (b"", True)
    async with faulty("[[faults]]\ndo = 'reset'\nat = 'in_headers'") as account:
        received, reset = await raw_answer(account.endpoint)
        assert received.startswith(b"HTTP/1.1 400 ")
        assert b"\r\n\r\n" not in received
        assert reset
    async with faulty("[[faults]]\ndo = 'reset'\nat = 'in_body'") as account:
        received, reset = await raw_answer(account.endpoint)
        head, _, body = received.partition(b"\r\n\r\n")
        length = next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
        assert 0 < len(body) < int(length.split()[1])
        assert reset


async def test_headers_that_are_none(faulty: Faulty) -> None:
    async with faulty("[[faults]]\ndo = 'broken_headers'") as account:
        received, _ = await raw_answer(account.endpoint)
        assert received.startswith(b"HTTP/1.1 2??")
        with pytest.raises(ALL_LOST):
            await listed(account)


async def test_a_proxy_s_page_in_the_place_of_an_answer(faulty: Faulty) -> None:
    async with faulty("[[faults]]\ndo = 'wrong_body'\nbody = 'html'") as account:
        answer = await listed(account)
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert "Sign in" in answer.text
        # It is nobody's who knows the service.
        assert "request-id" not in answer.headers
        assert "dataserviceversion" not in answer.headers


async def test_wrong_json_repeats_with_its_seed(faulty: Faulty) -> None:
    text = "[[faults]]\ndo = 'wrong_body'\nbody = 'json'"
    bodies = []
    for _ in range(2):
        async with faulty(text) as account:
            bodies.append([(await listed(account)).text for _ in range(6)])
    assert bodies[0] == bodies[1]
    assert len(set(bodies[0])) > 1
    for body in bodies[0]:
        page = msgspec.json.decode(body)
        assert not (isinstance(page, dict) and page.get("value") == [])


async def test_a_true_answer_is_made_wrong(faulty: Faulty) -> None:
    async with faulty("") as account:
        size = len((await listed(account)).text)
    text = "[[faults]]\ndo = 'wrong_body'\nbody = "
    async with faulty(f"{text}'truncated'") as account:
        assert len((await listed(account)).text) == size // 2
    async with faulty(f"{text}'empty'") as account:
        answer = await listed(account)
        assert (answer.status, answer.text) == (200, "")
    async with faulty(f"{text}'content_type'") as account:
        answer = await listed(account)
        assert (answer.headers["content-type"], answer.json["value"]) == ("text/plain", [])
    async with faulty(f"{text}'malformed'") as account:
        received, _ = await raw_answer(account.endpoint)
        assert b"\xff" in received
        # Bytes that are not UTF-8 are none of msgspec's own errors.
        with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
            msgspec.json.decode(received.partition(b"\r\n\r\n")[2])


async def test_a_service_that_is_away_refuses_connections_and_comes_back(faulty: Faulty) -> None:
    text = "[[faults]]\ndo = 'away'\noperation = 'ListPools'\nnth = 2\nseconds = 0.5"
    async with faulty(text) as account:
        async with raw(account.endpoint) as (reader, writer):
            writer.write(b"GET /jobs HTTP/1.1\r\nHost: a\r\n\r\n")
            assert (await reader.readline()).startswith(b"HTTP/1.1 400")
            assert (await listed(account)).status == 200
            with pytest.raises(ALL_LOST):
                await listed(account)
            await refused(account.endpoint)
            # A connection that was open is reset.
            with pytest.raises(ConnectionResetError):
                await reader.readuntil(b"never sent")
        await answering(account.endpoint)
        assert (await listed(account)).status == 200
        events = [line.event for line in faults_of(account.folder / "faults.log")]
        assert events == ["loaded", "struck", "away", "back"]
        assert "batch is away" in account.said[2]


async def test_a_service_is_away_between_two_times_from_the_start(faulty: Faulty) -> None:
    text = "[[faults]]\ndo = 'away'\nservice = 'batch'\nuntil = 0.6"
    async with faulty(text) as account:
        with pytest.raises(ALL_LOST):
            await listed(account)
        await answering(account.endpoint)
        assert (await listed(account)).status == 200


async def struck_by(account: FaultyAccount) -> list[str]:
    """The faults that have acted."""
    return [line.fault for line in faults_of(account.folder / "faults.log") if line.do]


async def first_request(account: FaultyAccount) -> LoggedRequest:
    return account.requests()[0]


async def refused(endpoint: str) -> None:
    """Wait until nothing listens."""
    async with asyncio.timeout(5):
        while True:
            try:
                async with raw(endpoint):
                    await asyncio.sleep(0.01)
            except ConnectionRefusedError:
                return


async def answering(endpoint: str) -> None:
    """Wait until something listens again."""
    async with asyncio.timeout(10):
        while True:
            try:
                async with raw(endpoint):
                    return
            except OSError:
                await asyncio.sleep(0.02)


async def test_slow_bytes_are_all_there_in_the_end(faulty: Faulty) -> None:
    async with faulty("") as account:
        size = len((await listed(account)).text)
    async with faulty(f"[[faults]]\ndo = 'slow'\nrate = {size * 2}") as account:
        began = time.monotonic()
        answer = await listed(account)
        assert answer.json["value"] == []
        assert time.monotonic() - began >= 0.4


async def test_counts_are_those_of_some_seconds_ago(faulty: Faulty) -> None:
    async with faulty("[[faults]]\ndo = 'stale'\nseconds = 0.5") as account:
        target = "/nodecounts"
        assert (await ask(account.endpoint, "GET", target)).json["value"] == []
        await account.client.create_pool(pool_options("p"))
        assert (await ask(account.endpoint, "GET", target)).json["value"] == []
        await until(lambda: ask(account.endpoint, "GET", target), lambda now: now.json["value"])
        struck = [line for line in faults_of(account.folder / "faults.log") if line.do]
        assert struck
        assert {line.operation for line in struck} == {"ListPoolNodeCounts"}


async def test_a_page_comes_twice(faulty: Faulty) -> None:
    text = "[[faults]]\ndo = 'repeat_page'\noperation = 'ListPools'\nnth = [2, 3]"
    async with faulty(text) as account:
        for name in "abc":
            await account.client.create_pool(pool_options(name))
        pages = account.client.list_pools(max_results=1)
        assert [pool.id async for pool in pages] == ["a", "b", "b", "c"]


async def test_every_page_comes_twice_and_the_listing_ends(faulty: Faulty) -> None:
    async with faulty("[[faults]]\ndo = 'repeat_page'\noperation = 'ListPools'") as account:
        for name in "abc":
            await account.client.create_pool(pool_options(name))
        for _ in range(2):
            pages = account.client.list_pools(max_results=2)
            assert [pool.id async for pool in pages] == ["a", "b", "a", "b", "c", "c"]


async def test_a_page_is_skipped(faulty: Faulty) -> None:
    text = "[[faults]]\ndo = 'skip_page'\noperation = 'ListPools'\nnth = 2"
    async with faulty(text) as account:
        for name in "abc":
            await account.client.create_pool(pool_options(name))
        pages = account.client.list_pools(max_results=1)
        assert [pool.id async for pool in pages] == ["a", "c"]


@pytest.mark.parametrize("seconds", [720, -720])
async def test_the_clock_of_the_service_is_off(faulty: Faulty, seconds: int) -> None:
    async with faulty(f"[[faults]]\ndo = 'skew'\nseconds = {seconds}") as account:
        date = parsedate_to_datetime((await listed(account)).headers["date"])
        off = (date - datetime.now(UTC)).total_seconds()
        assert abs(off - seconds) < 5


@pytest.mark.parametrize("served", [False, True])
async def test_a_request_is_held_until_a_file_appears(faulty: Faulty, served: bool) -> None:
    text = "[[faults]]\ndo = 'hold'\nfile = 'go'\noperation = 'CreatePool'\ncarried_out = "
    async with faulty(text + str(served).lower()) as account:
        creating = asyncio.ensure_future(account.client.create_pool(pool_options("p")))
        await until(lambda: struck_by(account), len)
        assert not creating.done()
        names = [str(pool.id) async for pool in account.client.list_pools()]
        assert names == (["p"] if served else [])
        (account.folder / "go").touch()
        await creating
        assert (await account.client.get_pool("p")).id == "p"


async def test_a_request_whose_client_leaves_while_it_is_held_is_never_carried_out(
    faulty: Faulty,
) -> None:
    text = "[[faults]]\ndo = 'hold'\nfile = 'go'\noperation = 'CreatePool'"
    async with faulty(text) as account:
        creating = asyncio.ensure_future(account.client.create_pool(pool_options("p")))
        await until(lambda: struck_by(account), len)
        creating.cancel()
        with pytest.raises(asyncio.CancelledError):
            await creating
        await until(partial(first_request, account), lambda request: request.answered)
        (account.folder / "go").touch()
        assert account.requests()[0].carried_out is None
        assert await made(account) == []


async def test_several_faults_strike_one_request(faulty: Faulty) -> None:
    text = """
    [[faults]]
    do = "skew"
    seconds = -600
    [[faults]]
    do = "delay"
    seconds = 0.2
    [[faults]]
    name = "busy"
    do = "answer"
    status = 503
    """
    async with faulty(text) as account:
        began = time.monotonic()
        answer = await listed(account)
        assert answer.status == 503
        assert time.monotonic() - began >= 0.2
        off = parsedate_to_datetime(answer.headers["date"]) - datetime.now(UTC)
        assert off.total_seconds() < -590
        answered = account.requests()[0].answered
        assert answered is not None
        assert set(answered.faults) == {"1 skew", "2 delay", "busy"}


async def test_an_observer_acts_before_and_after_a_request_is_served(faulty: Faulty) -> None:
    async with faulty("") as account:
        seen: list[tuple[str, bool]] = []

        async def observe(event: object) -> None:
            name = str(getattr(event, "event", ""))
            seen.append((name, "p" in account_pools()))

        def account_pools() -> str:
            return str([request.made for request in account.requests()])

        account.faults.observers.append(observe)
        await account.client.create_pool(pool_options("p"))
        assert seen == [("received", False), ("carried_out", True), ("answered", True)]


@pytest.mark.parametrize(
    "target", [b"/%ff%1b?%24filter=%ff", b"/%zz?$select=%ff", b"/p?sig=geheim&comp=%1b"]
)
async def test_odd_requests_are_logged_and_said_in_plain_characters(
    faulty: Faulty, target: bytes
) -> None:
    async with faulty("[[faults]]\ndo = 'answer'\nstatus = 503") as account:
        async with raw(account.endpoint) as (reader, writer):
            writer.write(b"GET %b HTTP/1.1\r\nHost: a\r\nUser-Agent: \xff\x80\r\n\r\n" % target)
            assert b" 503 " in await reader.readline()
        assert len(account.requests()) == 1
        assert account.requests()[0].received.path.isascii()
        text = "".join(account.said) + (account.folder / "requests.log").read_text("utf-8")
        assert text.replace("\n", "").isprintable()
        assert "geheim" not in text


def test_a_reset_is_a_reset_on_this_machine() -> None:
    """What the other tests take for granted of the sockets here."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(one.getsockname(), timeout=5)
