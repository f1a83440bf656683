"""Routes of the account as a whole."""

from collections import Counter
from typing import Any

from aiohttp import web

from batchtui.local.routes.call import Call
from batchtui.local.routes.paging import page_of
from batchtui.local.wire.filters import Kind
from batchtui.local.world.images import FILTERS, filtered, supported
from batchtui.local.world.node import COUNTED
from batchtui.local.world.pool import Pool

Json = dict[str, Any]
routes = web.RouteTableDef()

_COUNTED_POOLS = 10
# Counted states that came with a later api-version.
_SINCE = {"upgradingOS": "2024-02-01", "deallocated": "2024-07-01", "deallocating": "2024-07-01"}


@routes.get("/supportedimages", allow_head=False)
async def supported_images(request: web.Request) -> web.Response:
    call = Call(request)
    images = [(f"{number:04}", image) for number, image in enumerate(supported(), 1)]
    return page_of(call, "supportedimages", images, FILTERS, get=filtered, show=lambda image: image)


@routes.get("/nodecounts", allow_head=False)
async def node_counts(request: web.Request) -> web.Response:
    call = Call(request)
    return page_of(
        call,
        "poolnodecounts",
        sorted(call.world.pools.items()),
        {"poolId": Kind.NAME},
        get=lambda pool, name: pool.key,
        show=lambda pool: _counts(call, pool),
        largest=_COUNTED_POOLS,
    )


def _counts(call: Call, pool: Pool) -> Json:
    counted: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for node in call.world.fleet(pool):
        counted[node.dedicated][node.state] += 1
    names = [name for name in COUNTED if _SINCE.get(name, "") <= call.version]
    return {
        "poolId": pool.id,
        "dedicated": _row(names, counted[True]),
        "lowPriority": _row(names, counted[False]),
    }


def _row(names: list[str], counter: Counter[str]) -> Json:
    return {**{name: counter[name.lower()] for name in names}, "total": counter.total()}
