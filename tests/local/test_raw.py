"""Bytes that are no proper request, sent without any HTTP client that would set them right."""

import asyncio
import contextlib
import re
from datetime import UTC, datetime
from email.utils import format_datetime

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchtui.local.server import serve
from batchtui.local.settings import Settings
from batchtui.local.wire.auth import signature, string_to_sign

from .conftest import KEY
from .fakes import FakeExecutor

UNSIGNED = b"GET /jobs HTTP/1.1\r\nHost: a\r\n\r\n"
LATE = b"Mon, 02 Nov 99999999999 00:00:00 GMT"
TARGETS = (b"/jobs", b"/", b"*", b"//[", b"http://[::1", b"/%zz?%zz=%zz", b"/\xff",
           b"/jobs?api-version=\xff", b"/" + b"a" * 20_000, b"/jobs?" + b"a=b&" * 999)  # fmt: skip
FIELDS = (b"Host: a", b"Host: \xff", b"Host: a:b:c", b"Host: [", b"Host:",
          b"Date: " + LATE, b"Date: x", b"ocp-date: " + LATE,
          b"Authorization: SharedKey testacct:x",
          b"Authorization: SharedKey \xff:\xff", b"Authorization: SharedKey testacct:\xc3\xa9",
          b"Authorization:", b"Content-Length: -1", b"Content-Length: 2",
          b"Content-Length: 99999999999", b"Transfer-Encoding: chunked",
          b"Content-Encoding: gzip", b"Expect: 100-continue", b"Expect: x", b"Connection: upgrade",
          b"Upgrade: websocket", b"client-request-id: \xff", b"return-client-request-id: true",
          b" folded", b"no colon", b": no name", b"X: " + b"x" * 20_000,
          b"\r\n".join(b"x%d: y" % number for number in range(500)))  # fmt: skip
MESSAGES = st.one_of(
    st.binary(max_size=60),
    st.builds(
        lambda method, target, version, fields, body: (
            b"\r\n".join((b" ".join((method, target, version)), *fields)) + b"\r\n\r\n" + body
        ),
        st.sampled_from((b"GET", b"POST", b"HEAD", b"BREW", b"CONNECT", b"OPTIONS", b"\x00")),
        st.sampled_from(TARGETS),
        st.sampled_from((b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/9", b"")),
        st.lists(st.sampled_from(FIELDS), max_size=5),
        st.sampled_from((b"", b"{}", b"zz\r\n", b"0\r\n\r\n", b"ffffffffffffffff\r\n")),
    ),
)


AUTHORIZED = b"Authorization: SharedKey testacct:x"


async def test_no_single_field_breaks_it(endpoint: str) -> None:
    """Each line beside a proper signature and without one, in an otherwise proper request."""
    for target in (b"/jobs", b"/\xff"):
        lines = [(AUTHORIZED, line) for line in FIELDS] + [(line,) for line in FIELDS]
        await check(
            endpoint,
            [b"\r\n".join((b"GET %b HTTP/1.1" % target, *more, b"", b"")) for more in lines],
        )


@hypothesis.settings(max_examples=50, deadline=None)
@given(st.lists(MESSAGES, min_size=5, max_size=20))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, messages: list[bytes]) -> None:
    asyncio.run(
        play(
            Settings(account="testacct", key=KEY, data_dir=tmp_path_factory.mktemp("a"), boot=0),
            messages,
        )
    )


async def play(settings: Settings, messages: list[bytes]) -> None:
    async with serve(settings, executor=FakeExecutor()) as endpoint:
        await check(endpoint, messages)


async def check(endpoint: str, messages: list[bytes]) -> None:
    answers = await asyncio.gather(*(send(endpoint, message) for message in messages))
    for message, answer in zip(messages, answers, strict=True):
        assert not re.match(rb"HTTP/1\.[01] 5", answer), (message, answer)
    assert (await send(endpoint, UNSIGNED, patience=5)).startswith(b"HTTP/1.1 400")


async def send(endpoint: str, message: bytes, *, patience: float = 0.05) -> bytes:
    """The beginning of what is answered; empty when the server waits for more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(endpoint.rpartition(":")[2]))
    try:
        writer.write(message)
        async with asyncio.timeout(patience):
            return await reader.read(2000)
    except (OSError, TimeoutError):
        return b""
    finally:
        await hang_up(writer)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def test_who_dawdles_keeps_nobody_waiting(endpoint: str) -> None:
    """Clients that send a byte and fall silent, and one that does not."""
    port = int(endpoint.rpartition(":")[2])
    dawdlers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(50)]
    for _, writer in dawdlers:
        writer.write(b"POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{")
    answer = await send(endpoint, UNSIGNED, patience=5)
    assert answer.startswith(b"HTTP/1.1 400")
    for _, writer in dawdlers:
        await hang_up(writer)


async def test_a_body_without_end_is_cut_off(endpoint: str) -> None:
    """A chunked body tells no length, so only counting stops it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(endpoint.rpartition(":")[2]))
    date = format_datetime(datetime.now(UTC), usegmt=True)
    target = "/jobs?api-version=2025-06-01"
    text = string_to_sign("POST", target, {"ocp-date": date}, "testacct")
    signed = signature(KEY, text)
    writer.write(
        f"POST {target} HTTP/1.1\r\nHost: a\r\nocp-date: {date}\r\n"
        f"Authorization: SharedKey testacct:{signed}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    for _ in range(20):
        writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
    async with asyncio.timeout(5):
        answer = await reader.read(500)
    assert answer.startswith(b"HTTP/1.1 413")
    await hang_up(writer)
