"""Routes of autoscaling."""

from aiohttp import web

from batchtui.local.routes.call import Call
from batchtui.local.routes.replies import accepted, answer
from batchtui.local.wire.autoscale_bodies import EnableAutoScale, EvaluateAutoScale

routes = web.RouteTableDef()

_RUN = "Microsoft.Azure.Batch.Protocol.Entities.AutoScaleRun"


@routes.post("/pools/{pool}/enableautoscale")
async def enable(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(EnableAutoScale)
    pool = call.pool()
    call.check_condition(pool.modified)
    call.rules.autoscale.enable(pool, body)
    return accepted(call, 200, pool.modified)


@routes.post("/pools/{pool}/disableautoscale")
async def disable(request: web.Request) -> web.Response:
    call = Call(request)
    pool = call.pool()
    call.rules.autoscale.disable(pool)
    return accepted(call, 200, pool.modified)


@routes.post("/pools/{pool}/evaluateautoscale")
async def evaluate(request: web.Request) -> web.Response:
    """A run has no ETag and its kind no `@Element` (recorded)."""
    call = Call(request)
    body = await call.body(EvaluateAutoScale)
    pool = call.pool()
    run = call.rules.autoscale.evaluate(pool, body)
    shown = {"odata.metadata": f"{call.base}/$metadata#{_RUN}", **run}
    url = f"{call.base}{request.rel_url.raw_path}"
    return answer(200, shown, DataServiceId=url)
