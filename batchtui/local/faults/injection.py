"""Plays the faults of a file in an account: the middleware of its services, and what they share."""

import asyncio
import contextlib
import itertools
import logging
import os
import string
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from batchtui.local.faults.actions import SKEW, Exchange, Memory, play
from batchtui.local.faults.bodies import FOREIGN
from batchtui.local.faults.listener import Listener
from batchtui.local.faults.log import (
    FAULT_LOG,
    REQUEST_LOG,
    FaultEvent,
    JsonLines,
    RequestEvent,
    safe_query,
    timestamp,
)
from batchtui.local.faults.model import AccountService, FaultSet
from batchtui.local.faults.operations import batch_operation, storage_operation
from batchtui.local.faults.options import FaultOptions
from batchtui.local.faults.reader import read_faults
from batchtui.local.faults.schedule import FaultSchedule, RequestFacts, Strike
from batchtui.local.routes.call import Call, readable
from batchtui.local.streamed import body_of
from batchtui.local.trouble import LocalAccountError

log = logging.getLogger(__name__)

Observer: TypeAlias = Callable[[RequestEvent], Awaitable[None]]

POLL = 1.0
"""Seconds between two looks at the fault file."""

_SERVICE_HEADERS = (
    "DataServiceVersion",
    "Server",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "request-id",
    "client-request-id",
)


class FaultInjection:
    """The faults in force, and the logs of what they and clients do.

    `observers` are awaited at each event of a request, before it goes on: what a test does in an
    observer happens before the service carries the request out, or before it is answered.
    """

    def __init__(
        self,
        faults: FaultSet,
        *,
        folder: Path,
        fault_log: JsonLines,
        request_log: JsonLines,
        say: Callable[[str], None],
    ) -> None:
        self.observers: list[Observer] = []
        self._folder = folder
        self._fault_log = fault_log
        self._request_log = request_log
        self._say = say
        self._numbers = itertools.count(1)
        self._memory = Memory()
        self._changed: dict[AccountService, asyncio.Event] = {}
        self.load(faults)

    @property
    def faults(self) -> FaultSet:
        """Those in force."""
        return self._schedule.faults

    def load(self, faults: FaultSet) -> None:
        """Put these faults in force from now on, in place of all others."""
        self._schedule = FaultSchedule(faults)
        self._loaded = asyncio.get_running_loop().time()
        self._memory = Memory()
        self._wake()

    def tell(self, event: str, sentence: str, service: AccountService | None = None) -> None:
        """Say something about the faults, and write it down."""
        self._fault_log.write(
            FaultEvent(event=event, time=timestamp(), message=sentence, service=service)
        )
        self._say(f"{datetime.now():%H:%M:%S} {sentence}")  # noqa: DTZ005 (for eyes)

    def middleware(self, service: AccountService) -> Middleware:
        """What has faults strike the requests of a service; to be its outermost."""

        @web.middleware
        async def inject(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._serve(service, request, handler)

        return inject

    async def sign(self, request: web.Request, response: web.StreamResponse) -> None:
        """Take from an answer what its fault takes; to be called last when it is prepared."""
        if response.get(FOREIGN):
            for name in _SERVICE_HEADERS:
                response.headers.popall(name, None)
        if skew := response.get(SKEW):
            date = parsedate_to_datetime(response.headers["Date"]) + timedelta(seconds=skew)
            response.headers["Date"] = format_datetime(date, usegmt=True)

    @asynccontextmanager
    async def listening(self, service: AccountService, listener: Listener) -> AsyncIterator[None]:
        """Keep a service's port open, or closed while a fault has the service be away."""
        changed = self._changed[service] = asyncio.Event()
        if not self._schedule.is_away(service, self._now()):
            await listener.open()
        await self._move(service, listener)
        try:
            async with _beside(self._keep_moving(service, listener, changed)):
                yield
        finally:
            await listener.release()

    async def _keep_moving(
        self, service: AccountService, listener: Listener, changed: asyncio.Event
    ) -> None:
        while True:
            time = self._schedule.next_change(service, self._now())
            pause = None if time is None else max(0.0, time - self._now())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), pause)
            changed.clear()
            await self._move(service, listener)

    async def _move(self, service: AccountService, listener: Listener) -> None:
        away = self._schedule.is_away(service, self._now())
        if away and not listener.is_closed:
            await listener.close()
            self.tell("away", f"fault: {service} is away", service)
        elif not away and listener.is_closed:
            await listener.open()
            self.tell("back", f"{service} is there again", service)

    async def _serve(
        self, service: AccountService, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        facts = _facts(service, request)
        exchange = Exchange(
            request, facts, next(self._numbers), self._folder, self._memory, self._note
        )
        strikes = self._schedule.strikes(facts, self._now())
        await self._record(exchange, "received")
        response: web.StreamResponse | None = None
        try:
            response = await self._strike(exchange, handler, strikes)
            return response
        finally:
            lost = response is None or exchange.reset or exchange.is_gone
            await self._record(exchange, "answered", status=0 if lost else _status(response))

    async def _strike(
        self, exchange: Exchange, handler: Handler, strikes: tuple[Strike, ...]
    ) -> web.StreamResponse:
        """Have the faults act, the first one outermost, and the service within them all."""
        if strikes:
            rest = partial(self._strike, exchange, handler, strikes[1:])
            return await play(strikes[0], exchange, rest)
        response = await handler(exchange.request)
        exchange.carried_out = True
        made = await _made(exchange, response)
        await self._record(exchange, "carried_out", status=response.status, made=made)
        return response

    def _note(self, exchange: Exchange, strike: Strike) -> None:
        facts, rule = exchange.facts, strike.rule
        exchange.struck.append(strike.name)
        self._fault_log.write(
            FaultEvent(
                event="struck",
                time=timestamp(),
                service=facts.service,
                fault=strike.name,
                do=rule.do,
                number=strike.number,
                request=exchange.number,
                method=facts.method,
                path=facts.path,
                operation=facts.operation,
                carried_out=exchange.carried_out,
            )
        )
        at = f"{datetime.now():%H:%M:%S}"  # noqa: DTZ005 (for eyes)
        self._say(f"{at} fault {strike.name}: {facts.method} {facts.path}")
        self._wake()

    def _wake(self) -> None:
        for changed in self._changed.values():
            changed.set()

    async def _record(
        self, exchange: Exchange, event: str, *, status: int = 0, made: tuple[str, ...] = ()
    ) -> None:
        facts = exchange.facts
        line = RequestEvent(
            event=event,
            time=timestamp(),
            request=exchange.number,
            service=facts.service,
            method=facts.method,
            path=facts.path,
            query=safe_query(exchange.request.raw_path.partition("?")[2]),
            operation=facts.operation,
            user_agent=facts.user_agent,
            status=status,
            carried_out=exchange.carried_out,
            made=made,
            faults=tuple(exchange.struck),
        )
        self._request_log.write(line)
        for observe in self.observers:
            await observe(line)

    def _now(self) -> float:
        """Seconds since the faults were loaded."""
        return asyncio.get_running_loop().time() - self._loaded


@asynccontextmanager
async def inject_faults(
    options: FaultOptions, data_dir: Path, *, say: Callable[[str], None]
) -> AsyncIterator[FaultInjection]:
    """The faults that an account is asked for; their file is read again when it changes.

    A file that is wrong at the start raises `LocalAccountError`; later on it is said, and the
    faults before stay in force.
    """
    # Looked at before it is read, so that a change in between is seen.
    seen = await asyncio.to_thread(_mark, options.file) if options.file else ()
    faults = FaultSet()
    if options.file:
        faults = await asyncio.to_thread(read_faults, options.file, in_world=options.in_world)
    request_log = options.request_log or data_dir / REQUEST_LOG
    with contextlib.ExitStack() as stack:
        logs = [_opened(path, stack) for path in (data_dir / FAULT_LOG, request_log)]
        injection = FaultInjection(
            faults,
            folder=options.file.resolve().parent if options.file else data_dir,
            fault_log=logs[0],
            request_log=logs[1],
            say=say,
        )
        logs[1].write(RequestEvent(event="started", time=timestamp(), process=os.getpid()))
        if not options.file:
            yield injection
            return
        injection.tell("loaded", _loaded(faults, options.file))
        async with _beside(_follow(options, options.file, seen, injection)):
            yield injection


@asynccontextmanager
async def _beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Do endless work meanwhile; what it raised is raised at the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()


def _opened(path: Path, stack: contextlib.ExitStack) -> JsonLines:
    try:
        file = JsonLines(path)
    except OSError as error:
        raise LocalAccountError(
            f"The log {path} cannot be written: {error.strerror}. Choose another file with "
            "--log-requests, or another directory with --data-dir."
        ) from error
    stack.callback(file.close)
    return file


async def _follow(
    options: FaultOptions, file: Path, seen: tuple[int, ...], injection: FaultInjection
) -> None:
    """Load the file's faults whenever it has others; `seen` is its mark when it was read."""
    said = ""
    while True:
        await asyncio.sleep(POLL)
        mark = await asyncio.to_thread(_mark, file)
        if mark == seen:
            continue
        seen = mark
        try:
            faults = await asyncio.to_thread(read_faults, file, in_world=options.in_world)
        except LocalAccountError as error:
            if str(error) != said:
                said = str(error)
                injection.tell("kept", f"{said}\nThe faults before stay in force.")
            continue
        said = ""
        if faults != injection.faults:
            injection.load(faults)
            injection.tell("loaded", _loaded(faults, file))


def _mark(file: Path) -> tuple[int, ...]:
    """What changes when a file does, also when another takes its place."""
    try:
        facts = file.stat()
    except OSError:
        return ()
    return (facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size, facts.st_ino)


def _loaded(faults: FaultSet, file: Path) -> str:
    count = len(faults.rules)
    return f"{count} fault{'' if count == 1 else 's'} of {file} in force"


def _facts(service: AccountService, request: web.Request) -> RequestFacts:
    raw, _, query = request.raw_path.partition("?")
    # Bytes that no path should have stay what they are, as escapes.
    path = quote(raw.encode(errors="surrogateescape"), safe=string.punctuation)
    if service is AccountService.BATCH:
        resource = request.match_info.route.resource
        operation = batch_operation(request.method, resource.canonical if resource else "")
    else:
        operation = storage_operation(request.method, path, query, request.headers)
    agent = readable(request.headers.get("User-Agent", ""))
    return RequestFacts(service, request.method, path, operation, agent)


def _status(response: web.StreamResponse | None) -> int:
    return response.status if response is not None else 0


_CREATES = {
    "CreatePool": "/pools/",
    "CreateJob": "/jobs/",
    "CreateJobSchedule": "/jobschedules/",
}
_STORES = frozenset({"CreateContainer", "PutBlob", "PutBlockList", "CopyBlob"})


class _Added(msgspec.Struct, rename="camel"):
    task_id: str
    status: str


class _AddedTasks(msgspec.Struct):
    value: list[_Added]


async def _made(exchange: Exchange, response: web.StreamResponse) -> tuple[str, ...]:
    """The paths of what a request created."""
    facts = exchange.facts
    if response.status not in (200, 201, 202):
        return ()
    if facts.operation in _STORES:
        return (facts.path,)
    if facts.operation == "CreateTaskCollection" and isinstance(response, web.Response):
        tasks = facts.path.removesuffix("addtaskcollection") + "tasks/"
        added = msgspec.json.decode(await body_of(response), type=_AddedTasks)
        return tuple(f"{tasks}{task.task_id}" for task in added.value if task.status == "Success")
    if facts.operation == "CreateTask" or facts.operation in _CREATES:
        # The service has read and understood the body, which aiohttp keeps.
        document = await Call(exchange.request).document()
        folder = _CREATES.get(facts.operation) or f"{facts.path}/"
        return (f"{folder}{document['id']}",) if isinstance(document, dict) else ()
    return ()
