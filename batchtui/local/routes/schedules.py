"""Routes of job schedules."""

from collections.abc import Callable

from aiohttp import web

from batchtui.local.routes.call import Call
from batchtui.local.routes.jobs import showing
from batchtui.local.routes.paging import page_of
from batchtui.local.routes.replies import accepted, answer, created, entity, versioned
from batchtui.local.wire.schedule_bodies import CreateSchedule, ReplaceSchedule, ScheduleChanges
from batchtui.local.world import job as jobs
from batchtui.local.world.schedule import FILTERS, Json, Schedule, filtered, render
from batchtui.local.world.statistics import of_schedule

routes = web.RouteTableDef()

_JOB_FILTERS = {name: kind for name, kind in jobs.FILTERS.items() if name != "id"}


@routes.post("/jobschedules")
async def create(request: web.Request) -> web.Response:
    call = Call(request)
    schedule = call.rules.schedules.create(await call.body(CreateSchedule))
    return created(call, f"/jobschedules/{schedule.id}", schedule.modified)


@routes.get("/jobschedules", allow_head=False)
async def list_all(request: web.Request) -> web.Response:
    call = Call(request)
    return page_of(
        call,
        "jobschedules",
        sorted(call.world.schedules.items()),
        FILTERS,
        get=filtered,
        show=_showing(call),
    )


@routes.get("/jobschedules/{schedule}", allow_head=False)
async def get(request: web.Request) -> web.Response:
    call = Call(request)
    schedule = _schedule(call)
    return entity(call, "jobschedules", _showing(call)(schedule), schedule.modified)


@routes.head("/jobschedules/{schedule}")
async def exists(request: web.Request) -> web.Response:
    call = Call(request)
    schedule = _checked(call)
    return answer(200, None, **versioned(schedule.modified))


@routes.patch("/jobschedules/{schedule}")
async def patch(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(ScheduleChanges)
    schedule = _checked(call)
    call.rules.schedules.patch(schedule, body)
    return accepted(call, 200, schedule.modified)


@routes.put("/jobschedules/{schedule}")
async def replace(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(ReplaceSchedule)
    schedule = _checked(call)
    call.rules.schedules.replace(schedule, body)
    return accepted(call, 200, schedule.modified)


@routes.delete("/jobschedules/{schedule}")
async def delete(request: web.Request) -> web.Response:
    call = Call(request)
    call.rules.schedules.delete(_checked(call))
    return answer(202)


@routes.post("/jobschedules/{schedule}/disable")
async def disable(request: web.Request) -> web.Response:
    call = Call(request)
    schedule = _checked(call)
    call.rules.schedules.disable(schedule)
    return accepted(call, 204, schedule.modified)


@routes.post("/jobschedules/{schedule}/enable")
async def enable(request: web.Request) -> web.Response:
    call = Call(request)
    schedule = _checked(call)
    call.rules.schedules.enable(schedule)
    return accepted(call, 204, schedule.modified)


@routes.post("/jobschedules/{schedule}/terminate")
async def terminate(request: web.Request) -> web.Response:
    call = Call(request)
    schedule = _checked(call)
    call.rules.schedules.terminate(schedule)
    return accepted(call, 202, schedule.modified)


@routes.get("/jobschedules/{schedule}/jobs", allow_head=False)
async def list_jobs(request: web.Request) -> web.Response:
    call = Call(request)
    found = call.world.jobs_from(_schedule(call))
    return page_of(
        call,
        "jobs",
        sorted((jobs.place(job), job) for job in found),
        _JOB_FILTERS,
        get=jobs.filtered,
        show=showing(call),
    )


def _showing(call: Call) -> Callable[[Schedule], Json]:
    if not call.expands_stats():
        return lambda schedule: render(schedule, call.base)
    world, now = call.world, call.world.clock.now()

    def show(schedule: Schedule) -> Json:
        counts = [world.counts[job.key] for job in world.jobs_from(schedule)]
        return render(schedule, call.base) | of_schedule(schedule, counts, call.base, now)

    return show


def _schedule(call: Call) -> Schedule:
    return call.world.schedule(call.name("schedule"))


def _checked(call: Call) -> Schedule:
    """The schedule, if the request's condition holds."""
    schedule = _schedule(call)
    call.check_condition(schedule.modified)
    return schedule
