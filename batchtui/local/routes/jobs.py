"""Routes of jobs."""

from collections.abc import Callable

from aiohttp import web

from batchtui.local.errors import ServiceError
from batchtui.local.routes.call import Call
from batchtui.local.routes.paging import page_of
from batchtui.local.routes.replies import accepted, answer, created, entity
from batchtui.local.wire.job_bodies import CreateJob, DisableJob, PatchJob, ReplaceJob, TerminateJob
from batchtui.local.world import visit
from batchtui.local.world.job import FILTERS, Job, Json, filtered, place, render
from batchtui.local.world.statistics import of_job

routes = web.RouteTableDef()

# From this api-version on task counts also say how many slots the tasks use.
_SLOT_COUNTS = "2020-09-01"


def showing(call: Call) -> Callable[[Job], Json]:
    """How to show a job to this caller, with its statistics if they are asked for."""
    if not call.expands_stats():
        return lambda job: render(job, call.base)
    now = call.world.clock.now()
    return lambda job: (
        render(job, call.base) | of_job(job, call.world.counts[job.key], call.base, now)
    )


@routes.post("/jobs")
async def create(request: web.Request) -> web.Response:
    call = Call(request)
    job = call.rules.jobs.create(await call.body(CreateJob))
    # Whatever the job's id, the service says job-1 here (recorded fact 2).
    return created(call, "/jobs/job-1", job.modified)


@routes.get("/jobs", allow_head=False)
async def list_all(request: web.Request) -> web.Response:
    call = Call(request)
    jobs = sorted((place(job), job) for job in call.world.jobs.values())
    return page_of(call, "jobs", jobs, FILTERS, get=filtered, show=showing(call))


@routes.get("/jobs/{job}", allow_head=False)
async def get(request: web.Request) -> web.Response:
    call = Call(request)
    job = call.job()
    return entity(call, "jobs", showing(call)(job), job.modified)


@routes.patch("/jobs/{job}")
async def patch(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(PatchJob)
    job = call.job()
    call.check_condition(job.modified)
    call.rules.jobs.patch(job, body)
    return accepted(call, 200, job.modified)


@routes.put("/jobs/{job}")
async def replace(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(ReplaceJob)
    job = call.job()
    call.check_condition(job.modified)
    call.rules.jobs.replace(job, body)
    return accepted(call, 200, job.modified)


@routes.delete("/jobs/{job}")
async def delete(request: web.Request) -> web.Response:
    call = Call(request)
    job = call.job()
    call.check_condition(job.modified)
    call.rules.jobs.delete(job)
    return answer(202)


@routes.post("/jobs/{job}/disable")
async def disable(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(DisableJob)
    job = call.job()
    call.check_condition(job.modified)
    call.rules.jobs.disable(job, body)
    return accepted(call, 202, job.modified)


@routes.post("/jobs/{job}/enable")
async def enable(request: web.Request) -> web.Response:
    call = Call(request)
    job = call.job()
    call.check_condition(job.modified)
    call.rules.jobs.enable(job)
    return accepted(call, 202, job.modified)


@routes.post("/jobs/{job}/terminate")
async def terminate(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(TerminateJob)
    job = call.job()
    call.check_condition(job.modified)
    call.rules.jobs.terminate(job, body)
    return accepted(call, 202, job.modified)


@routes.get("/jobs/{job}/taskcounts", allow_head=False)
async def task_counts(request: web.Request) -> web.Response:
    call = Call(request)
    counts = call.world.counts[call.job().key]
    if call.version < _SLOT_COUNTS:
        return entity(call, "taskcounts", dict(counts.tasks))
    thing = {"taskCounts": counts.tasks, "taskSlotCounts": counts.slots}
    return entity(call, "taskcountsresult", thing)


@routes.get("/jobs/{job}/jobpreparationandreleasetaskstatus", allow_head=False)
async def preparation_status(request: web.Request) -> web.Response:
    call = Call(request)
    job = call.job()
    if "jobPreparationTask" not in job.spec:
        raise ServiceError("JobPreparationTaskOrReleaseTaskNotSpecified")
    visits = call.world.visits.of_job(job.key)
    return page_of(
        call,
        "jobpreparationandreleasetaskstatuslist",
        [(f"{stay.pool.lower()}/{stay.node}", stay) for stay in visits],
        visit.FILTERS,
        get=visit.filtered,
        show=lambda stay: visit.render(stay, job.spec, job.id, call.base),
    )
