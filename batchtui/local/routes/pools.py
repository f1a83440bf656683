"""Routes of pools."""

from typing import Any

from aiohttp import web

from batchtui.local.routes.call import Call
from batchtui.local.routes.paging import page_of
from batchtui.local.routes.replies import accepted, answer, created, entity, versioned
from batchtui.local.wire.pool_bodies import (
    CreatePool,
    PatchPool,
    RemoveNodes,
    ReplacePool,
    ResizePool,
)
from batchtui.local.world.pool import FILTERS, Pool, filtered, render

Json = dict[str, Any]
routes = web.RouteTableDef()


@routes.post("/pools")
async def create(request: web.Request) -> web.Response:
    call = Call(request)
    pool = call.rules.pools.create(await call.body(CreatePool))
    return created(call, f"/pools/{pool.id}", pool.modified)


@routes.get("/pools", allow_head=False)
async def list_all(request: web.Request) -> web.Response:
    call = Call(request)
    pools = sorted(call.world.pools.items())
    return page_of(
        call,
        "pools",
        pools,
        FILTERS,
        get=filtered,
        show=lambda pool: _shown(call, pool),
    )


@routes.get("/pools/{pool}", allow_head=False)
async def get(request: web.Request) -> web.Response:
    call = Call(request)
    pool = call.pool()
    return entity(call, "pools", _shown(call, pool), pool.modified)


@routes.head("/pools/{pool}")
async def exists(request: web.Request) -> web.Response:
    call = Call(request)
    pool = call.pool()
    call.check_condition(pool.modified)
    return answer(200, None, **versioned(pool.modified))


@routes.patch("/pools/{pool}")
async def patch(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(PatchPool)
    pool = call.pool()
    call.check_condition(pool.modified)
    call.rules.pools.patch(pool, body)
    return accepted(call, 200, pool.modified)


@routes.post("/pools/{pool}/updateproperties")
async def replace_properties(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(ReplacePool)
    pool = call.pool()
    call.rules.pools.replace_properties(pool, body)
    return accepted(call, 204, pool.modified)


@routes.delete("/pools/{pool}")
async def delete(request: web.Request) -> web.Response:
    call = Call(request)
    pool = call.pool()
    call.check_condition(pool.modified)
    call.rules.pools.delete(pool)
    return answer(202)


@routes.post("/pools/{pool}/resize")
async def resize(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(ResizePool)
    pool = call.pool()
    call.check_condition(pool.modified)
    call.rules.pools.resize(pool, body)
    return accepted(call, 202, pool.modified)


@routes.post("/pools/{pool}/stopresize")
async def stop_resize(request: web.Request) -> web.Response:
    call = Call(request)
    pool = call.pool()
    call.check_condition(pool.modified)
    call.rules.pools.stop_resize(pool)
    return accepted(call, 202, pool.modified)


@routes.post("/pools/{pool}/removenodes")
async def remove_nodes(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(RemoveNodes)
    pool = call.pool()
    call.check_condition(pool.modified)
    call.rules.pools.remove_nodes(pool, body)
    return accepted(call, 202, pool.modified)


def _shown(call: Call, pool: Pool) -> Json:
    fleet = call.world.fleet(pool)
    return render(pool, call.base, fleet.count(dedicated=True), fleet.count(dedicated=False))
