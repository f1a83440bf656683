"""Routes of the account as a whole."""

from collections import Counter
from typing import Any

from aiohttp import web

from batchtui.local.errors import ServiceError
from batchtui.local.routes.call import Call
from batchtui.local.routes.paging import page_of
from batchtui.local.routes.replies import answer
from batchtui.local.wire.dialects import has_certificates
from batchtui.local.wire.filters import Kind
from batchtui.local.world.images import (
    FILTERS,
    filtered,
    filtered_agent,
    node_agent_skus,
    supported,
)
from batchtui.local.world.node import COUNTED
from batchtui.local.world.pool import Pool

Json = dict[str, Any]
routes = web.RouteTableDef()

_COUNTED_POOLS = 10
_AGENTS_UNTIL = "2018-12-01"
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


@routes.get("/nodeagentskus", allow_head=False)
async def node_agents(request: web.Request) -> web.Response:
    """What the list of supported images was called until 2018."""
    call = Call(request)
    if call.version > _AGENTS_UNTIL:
        raise ServiceError("ResourceNotFound")
    agents = [(str(agent["id"]), agent) for agent in node_agent_skus()]
    return page_of(
        call,
        "nodeagentskus",
        agents,
        {"osType": Kind.WORD},
        get=filtered_agent,
        show=lambda agent: agent,
    )


@routes.get("/certificates", allow_head=False)
async def certificates(request: web.Request) -> web.Response:
    """An account without certificates, as long as accounts could have any."""
    call = Call(request)
    if not has_certificates(call.version):
        raise ServiceError("ResourceNotFound")
    return answer(200, {"odata.metadata": f"{call.base}/$metadata#certificates", "value": []})


@routes.get("/certificates(thumbprintAlgorithm={algorithm},thumbprint={thumbprint})")
async def certificate(request: web.Request) -> web.Response:
    known = has_certificates(Call(request).version)
    raise ServiceError("CertificateNotFound" if known else "ResourceNotFound")
