"""Routes of nodes."""

from typing import Any

from aiohttp import web

from batchtui.local.errors import ServiceError
from batchtui.local.routes.call import Call
from batchtui.local.routes.paging import page_of
from batchtui.local.routes.replies import accepted, entity
from batchtui.local.wire.dialects import has_certificates, has_endpoints
from batchtui.local.wire.node_bodies import Befall, DeallocateNode, ReimageNode
from batchtui.local.wire.pool_bodies import DisableScheduling, RebootNode
from batchtui.local.world.endpoints import endpoint_configuration
from batchtui.local.world.node import FILTERS, Node, filtered, render
from batchtui.local.world.pool import Pool

Json = dict[str, Any]
routes = web.RouteTableDef()

# Until then pools could be made of cloud services, and the service reimaged the nodes of these
# only (recorded fact 14); since then there is one kind of pool.
_REIMAGED_SINCE = "2024-07-01"
_NOT_REIMAGED = (
    "Operation reimage can be invoked only on pools created with cloudServiceConfiguration"
)


@routes.get("/pools/{pool}/nodes", allow_head=False)
async def list_all(request: web.Request) -> web.Response:
    call = Call(request)
    pool = call.pool()
    nodes = sorted(call.world.fleet(pool).nodes.items())
    return page_of(
        call,
        "nodes",
        nodes,
        FILTERS,
        get=filtered,
        show=lambda node: _shown(call, pool, node),
    )


@routes.get("/pools/{pool}/nodes/{node}", allow_head=False)
async def get(request: web.Request) -> web.Response:
    call = Call(request)
    return entity(call, "nodes", _shown(call, call.pool(), call.node()))


@routes.post("/pools/{pool}/nodes/{node}/reboot")
async def reboot(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(RebootNode)
    call.rules.nodes.reboot(call.node(), body)
    return accepted(call, 202)


@routes.post("/pools/{pool}/nodes/{node}/reimage")
async def reimage(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(ReimageNode)
    node = call.node()
    if call.version < _REIMAGED_SINCE:
        raise ServiceError("OperationNotValidOnNode", ("Reason", _NOT_REIMAGED))
    call.rules.nodes.reimage(node, body)
    return accepted(call, 202)


@routes.post("/pools/{pool}/nodes/{node}/deallocate")
async def deallocate(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(DeallocateNode)
    call.rules.nodes.deallocate(call.node(), body)
    return accepted(call, 202)


@routes.post("/pools/{pool}/nodes/{node}/start")
async def start(request: web.Request) -> web.Response:
    call = Call(request)
    call.rules.nodes.start(call.node())
    return accepted(call, 202)


@routes.post("/pools/{pool}/nodes/{node}/incident")
async def incident(request: web.Request) -> web.Response:
    """Of this account only: what on Azure the data centre does to a node."""
    call = Call(request)
    body = await call.body(Befall)
    call.rules.incidents.befall(call.node(), body)
    return accepted(call, 202)


@routes.post("/pools/{pool}/nodes/{node}/disablescheduling")
async def disable_scheduling(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(DisableScheduling)
    call.rules.nodes.disable_scheduling(call.node(), body)
    return accepted(call, 200)


@routes.post("/pools/{pool}/nodes/{node}/enablescheduling")
async def enable_scheduling(request: web.Request) -> web.Response:
    call = Call(request)
    call.rules.nodes.enable_scheduling(call.node())
    return accepted(call, 200)


def _shown(call: Call, pool: Pool, node: Node) -> Json:
    image = pool.spec["virtualMachineConfiguration"]["imageReference"]
    tasks, slots = call.world.fleet(pool).load(node)
    recent = call.rules.recent_tasks(node, call.base)
    body = render(node, call.base, pool.spec["vmSize"], image, tasks, slots, recent)
    if has_certificates(call.version) and node.booted is not None:
        body["certificateReferences"] = []
    endpoints = endpoint_configuration(node, pool, shell=has_endpoints(call.version))
    if endpoints:
        body["endpointConfiguration"] = endpoints
    return body
