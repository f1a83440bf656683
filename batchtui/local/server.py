"""The service: one aiohttp server on the loopback interface."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web
from aiohttp.typedefs import Middleware

from batchtui.local.errors import ServiceError
from batchtui.local.executors import Executor
from batchtui.local.faults.injection import FaultInjection
from batchtui.local.faults.listener import Listener
from batchtui.local.faults.model import AccountService
from batchtui.local.nodes import Site
from batchtui.local.routes import (
    absent,
    account,
    autoscale,
    files,
    jobs,
    node_access,
    nodes,
    pools,
    schedules,
    tasks,
)
from batchtui.local.routes.call import LARGEST_BODY, RULES, Call
from batchtui.local.routes.replies import failure, sign_off
from batchtui.local.scene import Scene
from batchtui.local.settings import Settings
from batchtui.local.store import Store, StoreError
from batchtui.local.wire.auth import verify
from batchtui.local.world.rules import Rules
from batchtui.local.world.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serve(
    settings: Settings,
    *,
    executor: Executor,
    scene: Scene | None = None,
    faults: FaultInjection | None = None,
    failed: Callable[[StoreError], None] | None = None,
) -> AsyncIterator[str]:
    """Serve an account until the block ends, and yield its endpoint, `http://127.0.0.1:PORT`.

    With `faults` it misbehaves as these say. Raises StoreError when the data directory cannot be
    used, OSError when the port is taken. At the end all that runs is ended first; what failed in
    the background meanwhile is raised then.

    `failed` is called when the account's state can no more be written: every request is answered
    with a 500 from then on, and the block should end, which raises the same StoreError.
    """
    bound = socket.create_server((settings.host, settings.port), family=_family(settings.host))
    try:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        endpoint = f"http://{host}:{bound.getsockname()[1]}"
        store = await _store(settings, scene, failed)
    except BaseException:
        bound.close()
        raise
    site = Site(settings.data_dir, settings.account, endpoint)
    if scene:
        site = scene.site(site)
    rules = Rules(World(settings, store, executor, site, scene.pace if scene else None))
    app = create_app(rules, [faults.middleware(AccountService.BATCH)] if faults else [])
    if scene:
        app.on_response_prepare.append(scene.sign)
    if faults:
        app.on_response_prepare.append(faults.sign)
    # What aiohttp cannot decompress it answers with a 500; `Call.body` says what is wrong.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0, auto_decompress=False)
    try:
        await runner.setup()
        if scene:
            scene.begin(rules)
        else:
            rules.resume()
        store.commit()
        async with AsyncExitStack() as stack:
            if faults:
                listener = Listener(runner, bound)
                await stack.enter_async_context(faults.listening(AccountService.BATCH, listener))
            else:
                await web.SockSite(runner, bound).start()
            yield endpoint
    finally:
        await runner.cleanup()
        bound.close()
        try:
            await rules.stop()
        finally:
            store.close()
    if store.failure:
        raise store.failure


async def _store(
    settings: Settings, scene: Scene | None, failed: Callable[[StoreError], None] | None
) -> Store:
    """The account's store, as the scene begins where there is one. Raises StoreError."""
    database = settings.data_dir / "account.db"
    if scene:
        await asyncio.to_thread(scene.lay_out, database)
    return Store(database, soon=asyncio.get_running_loop().call_soon, failed=failed)


def create_app(rules: Rules, outermost: Iterable[Middleware] = ()) -> web.Application:
    """The application; its middleware guards every route, unknown ones too."""
    app = web.Application(middlewares=[*outermost, _guarded], client_max_size=LARGEST_BODY)
    app[RULES] = rules
    for module in (
        account,
        pools,
        autoscale,
        nodes,
        node_access,
        jobs,
        schedules,
        tasks,
        files,
        absent,
    ):
        app.add_routes(module.routes)
    app.on_response_prepare.append(sign_off)
    return app


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Check signature and version, speak errors, and commit before anything is answered."""
    rules = request.app[RULES]
    settings = rules.world.settings
    try:
        if (request.content_length or 0) > LARGEST_BODY:
            raise ServiceError("RequestBodyTooLarge", ("MaxLimit", str(LARGEST_BODY)))
        verify(
            request.method,
            request.raw_path,
            request.headers,
            account=settings.account,
            key=settings.key,
        )
        Call(request).check_version()
        response = await handler(request)
        if not response.prepared:  # a file's content is under way already
            rules.world.store.commit()
    except ServiceError as error:
        # What is refused for a reason of its own may have been refused for a write that failed.
        trouble = rules.world.store.failure
        response = failure(request, _internal(trouble) if trouble else error, rules.world.clock)
    except web.HTTPException as error:
        response = failure(request, _translated(error), rules.world.clock)
    except StoreError as error:
        response = failure(request, _internal(error), rules.world.clock)
    return response


def _internal(error: StoreError) -> ServiceError:
    return ServiceError("InternalError", ("Reason", str(error)))


def _translated(error: web.HTTPException) -> ServiceError:
    """What aiohttp refuses by itself, in the service's words."""
    match error.status:
        case 404:
            return ServiceError("ResourceNotFound")
        case 405:
            return ServiceError("UnsupportedHttpVerb")
        case 413:
            return ServiceError("RequestBodyTooLarge", ("MaxLimit", str(LARGEST_BODY)))
        case _:
            raise error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
