"""What a real account may have and this one has not: lists are empty, the rest says why."""

from typing import Any

from aiohttp import web

from batchtui.local.errors import ServiceError
from batchtui.local.routes.call import Call
from batchtui.local.routes.replies import answer

routes = web.RouteTableDef()


@routes.get("/applications", allow_head=False)
async def applications(request: web.Request) -> web.Response:
    return _empty(Call(request), "listapplicationsummariesresponses")


@routes.get("/applications/{application}", allow_head=False)
async def application(request: web.Request) -> web.Response:
    raise ServiceError("ApplicationNotFound")


@routes.get("/poolusagemetrics", allow_head=False)
async def usage_metrics(request: web.Request) -> web.Response:
    return _empty(Call(request), "poolusagemetrics")


@routes.get("/pools/{pool}/nodes/{node}/extensions", allow_head=False)
async def extensions(request: web.Request) -> web.Response:
    call = Call(request)
    call.node()
    return _empty(call, "extensions")


@routes.get("/pools/{pool}/nodes/{node}/extensions/{extension}", allow_head=False)
async def extension(request: web.Request) -> web.Response:
    Call(request).node()
    raise ServiceError("ResourceNotFound")


def _empty(call: Call, kind: str) -> web.Response:
    body: dict[str, Any] = {"odata.metadata": f"{call.base}/$metadata#{kind}", "value": []}
    return answer(200, body)
