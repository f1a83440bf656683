"""What faults do to a request and its answer."""

import asyncio
import math
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeAlias

from aiohttp import web
from multidict import CIMultiDict

from batchtui.local.faults.bodies import (
    leading_to,
    malformed,
    service_error,
    sign_in_page,
    without_items,
    wrong_json,
)
from batchtui.local.faults.model import (
    AnswerFault,
    AwayFault,
    BodyChange,
    BrokenHeadersFault,
    DelayFault,
    FaultRule,
    HoldFault,
    LimitFault,
    RepeatPageFault,
    ResetAt,
    ResetFault,
    SkewFault,
    SkipPageFault,
    SlowFault,
    StaleFault,
    WrongBodyFault,
)
from batchtui.local.faults.schedule import RequestFacts, Strike
from batchtui.local.routes.call import base
from batchtui.local.routes.replies import BARE
from batchtui.local.streamed import body_of, pieces_of, replace_body, stream

Proceed: TypeAlias = Callable[[], Awaitable[web.StreamResponse]]

READ = 0.03
"""Seconds for a client to read what was sent before its connection is reset."""
LOOK = 0.02
"""Seconds between two looks whether a request that is held may go on."""
TICK = 0.1
"""Seconds between two pieces of an answer that is slow."""

SKEW = web.ResponseKey("skew", float)
"""Seconds that an answer's Date is off."""


@dataclass(slots=True)
class OldAnswer:
    """An answer that may be given again."""

    at: float
    status: int
    headers: CIMultiDict[str]
    body: bytes


@dataclass(slots=True)
class Memory:
    """What faults remember from one request to the next."""

    answers: dict[str, list[OldAnswer]] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)
    """The pages that lead to themselves and have not been asked for again."""


@dataclass(slots=True)
class Exchange:
    """A request and what becomes of it."""

    request: web.Request
    facts: RequestFacts
    number: int
    folder: Path
    """Where files are that faults name."""
    memory: Memory
    note: Callable[["Exchange", Strike], None]
    """Called when a fault acts."""
    carried_out: bool = False
    reset: bool = False
    struck: list[str] = field(default_factory=list)

    @property
    def is_gone(self) -> bool:
        """Whether the client has closed the connection."""
        transport = self.request.transport
        return transport is None or transport.is_closing()

    async def send_raw(self, text: bytes) -> None:
        """Put bytes on the wire in the place of an answer."""
        if not self.is_gone:
            assert self.request.transport is not None
            self.request.transport.write(text)
            await asyncio.sleep(READ)

    def abort(self) -> web.Response:
        """Reset the connection; the answer that is returned goes nowhere."""
        self.reset = True
        transport = self.request.transport
        if transport is not None:
            reset_connection(transport)
        return web.Response()


def reset_connection(transport: asyncio.BaseTransport) -> None:
    """Close a connection so that its other end sees a reset."""
    bound = transport.get_extra_info("socket")
    if bound is not None and isinstance(transport, asyncio.Transport):
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


async def play(strike: Strike, exchange: Exchange, proceed: Proceed) -> web.StreamResponse:
    """Have a fault act on a request; `proceed` carries it out, or has the next fault act."""
    rule = strike.rule
    answer = await proceed() if rule.served else None
    if isinstance(answer, web.Response) and not exchange.reset:
        return await _ON_ANSWERS.get(type(rule), _unchanged)(rule, strike, exchange, answer)
    if answer is not None:
        # It is on the wire, or its connection is gone: nothing is left that could be changed.
        return answer
    exchange.note(exchange, strike)
    return await _ON_REQUESTS[type(rule)](rule, strike, exchange) or await proceed()


# On a request that the service has not seen. None lets it go on.


async def _delay(rule: DelayFault, strike: Strike, exchange: Exchange) -> None:
    jitter = strike.dice.uniform(-rule.jitter, rule.jitter)
    await asyncio.sleep(max(0.0, rule.seconds + jitter))


async def _hold(rule: HoldFault, strike: Strike, exchange: Exchange) -> web.Response | None:
    file = exchange.folder / rule.file
    while not await asyncio.to_thread(file.exists):
        if exchange.is_gone:
            return exchange.abort()
        await asyncio.sleep(LOOK)
    return exchange.abort() if exchange.is_gone else None


async def _answer(rule: AnswerFault, strike: Strike, exchange: Exchange) -> web.Response:
    if rule.body is None:
        response = service_error(
            exchange.request, exchange.facts.service, rule.status, rule.code, rule.message
        )
    else:
        response = web.Response(status=rule.status, body=rule.body.encode())
        response.headers["Content-Type"] = rule.content_type
    if rule.retry_after is not None:
        response.headers["Retry-After"] = str(rule.retry_after)
    if rule.retry_after_date is not None:
        until = datetime.now(UTC) + timedelta(seconds=rule.retry_after_date)
        response.headers["Retry-After"] = format_datetime(until, usegmt=True)
    return response


async def _limit(rule: LimitFault, strike: Strike, exchange: Exchange) -> web.Response:
    response = service_error(exchange.request, exchange.facts.service, rule.status, rule.code, "")
    seconds = math.ceil(strike.seconds) if rule.retry_after is None else rule.retry_after
    response.headers["Retry-After"] = str(seconds)
    return response


async def _wrong_page(rule: WrongBodyFault, strike: Strike, exchange: Exchange) -> web.Response:
    return sign_in_page() if rule.body is BodyChange.HTML else wrong_json(strike.dice)


async def _reset(rule: FaultRule, strike: Strike, exchange: Exchange) -> web.Response:
    return exchange.abort()


async def _break_headers(rule: FaultRule, strike: Strike, exchange: Exchange) -> web.Response:
    await exchange.send_raw(b"HTTP/1.1 2?? Cre\x00ated\r\nContent-Len gth 0\r\n:\x00\r\n\r\n")
    return exchange.abort()


# On the service's answer.


async def _unchanged(
    rule: FaultRule, strike: Strike, exchange: Exchange, answer: web.Response
) -> web.StreamResponse:
    """The service has done what was asked, and then what is done to a request is done to it."""
    exchange.note(exchange, strike)
    return await _ON_REQUESTS[type(rule)](rule, strike, exchange) or answer


async def _change_body(
    rule: WrongBodyFault, strike: Strike, exchange: Exchange, answer: web.Response
) -> web.StreamResponse:
    exchange.note(exchange, strike)
    match rule.body:
        case BodyChange.TRUNCATED:
            body = await body_of(answer)
            replace_body(answer, body[: len(body) // 2])
        case BodyChange.MALFORMED:
            replace_body(answer, malformed(await body_of(answer)))
        case BodyChange.EMPTY:
            await body_of(answer)
            replace_body(answer, b"")
        case BodyChange.CONTENT_TYPE:
            answer.headers["Content-Type"] = "text/plain"
        case _:
            return await _wrong_page(rule, strike, exchange)
    return answer


async def _reset_answer(
    rule: ResetFault, strike: Strike, exchange: Exchange, answer: web.Response
) -> web.StreamResponse:
    exchange.note(exchange, strike)
    match rule.at:
        case ResetAt.IN_HEADERS:
            begun = f"HTTP/1.1 {answer.status} {answer.reason}\r\nContent-Ty"
            await exchange.send_raw(begun.encode(errors="replace"))
            return exchange.abort()
        case ResetAt.IN_BODY:
            return await _half(exchange, answer)
        case _:
            return exchange.abort()


async def _half(exchange: Exchange, answer: web.Response) -> web.StreamResponse:
    """Send the headers and the first half of the body, then reset the connection."""
    body = await body_of(answer)
    half = web.StreamResponse(
        status=answer.status, reason=answer.reason, headers=CIMultiDict(answer.headers)
    )
    half[BARE] = answer.get(BARE, False)
    if answer.chunked:
        half.enable_chunked_encoding()
    elif "Content-Length" not in half.headers:
        half.headers["Content-Length"] = str(len(body))
    try:
        await half.prepare(exchange.request)
        if exchange.request.method != "HEAD":
            await half.write(body[: len(body) // 2])
    except ConnectionError:
        pass  # The client has gone first, which is what was to become of the connection.
    else:
        await asyncio.sleep(READ)
    exchange.abort()
    return half


async def _slow(
    rule: SlowFault, strike: Strike, exchange: Exchange, answer: web.Response
) -> web.StreamResponse:
    exchange.note(exchange, strike)
    if isinstance(answer.body, bytes | bytearray) and not answer.chunked:
        answer.headers.setdefault("Content-Length", str(len(answer.body)))
    stream(answer, _slowly(pieces_of(answer), rule.rate))
    return answer


async def _slowly(pieces: AsyncIterator[bytes], rate: float) -> AsyncIterator[bytes]:
    size = max(1, round(rate * TICK))
    async for piece in pieces:
        for start in range(0, len(piece), size):
            part = piece[start : start + size]
            yield part
            await asyncio.sleep(len(part) / rate)


async def _age(
    rule: StaleFault, strike: Strike, exchange: Exchange, answer: web.Response
) -> web.StreamResponse:
    if answer.status != 200 or exchange.facts.method != "GET":
        return answer
    now = asyncio.get_running_loop().time()
    key = f"{exchange.facts.service} {exchange.request.raw_path}"
    body = await body_of(answer)
    kept = exchange.memory.answers.setdefault(key, [])
    kept.append(OldAnswer(now, answer.status, answer.headers.copy(), body))
    while len(kept) > 1 and kept[1].at <= now - rule.seconds:
        del kept[0]
    if kept[0].body == body:
        return answer
    exchange.note(exchange, strike)
    old = web.Response(status=kept[0].status, headers=kept[0].headers, body=kept[0].body)
    old[BARE] = answer.get(BARE, False)
    if answer.chunked:
        old.enable_chunked_encoding()
    return old


async def _repeat_page(
    rule: RepeatPageFault, strike: Strike, exchange: Exchange, answer: web.Response
) -> web.StreamResponse:
    request = exchange.request
    key = f"{strike.name} {exchange.facts.service} {request.raw_path}"
    if answer.status != 200 or key in exchange.memory.repeated:
        exchange.memory.repeated.discard(key)
        return answer
    url = f"{base(request)}{request.raw_path}"
    changed = leading_to(await body_of(answer), url, request.query.get("marker", ""))
    if changed is not None:
        exchange.note(exchange, strike)
        exchange.memory.repeated.add(key)
        replace_body(answer, changed)
    return answer


async def _skip_page(
    rule: SkipPageFault, strike: Strike, exchange: Exchange, answer: web.Response
) -> web.StreamResponse:
    changed = without_items(await body_of(answer)) if answer.status == 200 else None
    if changed is not None:
        exchange.note(exchange, strike)
        replace_body(answer, changed)
    return answer


async def _skew(
    rule: SkewFault, strike: Strike, exchange: Exchange, answer: web.Response
) -> web.StreamResponse:
    exchange.note(exchange, strike)
    answer[SKEW] = answer.get(SKEW, 0.0) + rule.seconds
    return answer


# Each gets rules of its own kind only, which the types of a table cannot say.
_ON_REQUESTS: dict[type[FaultRule], Callable[..., Awaitable[Any]]] = {
    DelayFault: _delay,
    HoldFault: _hold,
    AnswerFault: _answer,
    LimitFault: _limit,
    WrongBodyFault: _wrong_page,
    ResetFault: _reset,
    BrokenHeadersFault: _break_headers,
    AwayFault: _reset,
}
_ON_ANSWERS: dict[type[FaultRule], Callable[..., Awaitable[web.StreamResponse]]] = {
    WrongBodyFault: _change_body,
    ResetFault: _reset_answer,
    SlowFault: _slow,
    StaleFault: _age,
    RepeatPageFault: _repeat_page,
    SkipPageFault: _skip_page,
    SkewFault: _skew,
}
