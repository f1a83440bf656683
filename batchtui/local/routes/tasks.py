"""Routes of tasks."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from batchtui.local.errors import ServiceError, element, invalid_property
from batchtui.local.routes.call import Call
from batchtui.local.routes.replies import accepted, answer, created, entity, versioned
from batchtui.local.wire.listing import choose, page, read, selected
from batchtui.local.wire.task_bodies import AddTasks, CreateTask, UpdateTask
from batchtui.local.wire.times import error_stamp, etag, stamp
from batchtui.local.world import subtask
from batchtui.local.world.job import Job
from batchtui.local.world.statistics import of_task
from batchtui.local.world.task import FILTERS, Task, render
from batchtui.local.world.task_table import is_brief

Json = dict[str, Any]
routes = web.RouteTableDef()

_MOST_ADDED = 100


@routes.post("/jobs/{job}/tasks")
async def create(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(CreateTask)
    job = call.job()
    task = call.rules.tasks.create(job, body)
    return created(call, f"/jobs/{job.id}/tasks/{task.id}", task.modified)


@routes.post("/jobs/{job}/addtaskcollection")
async def create_collection(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(AddTasks)
    job = call.job()
    if len(body.value) > _MOST_ADDED:
        raise invalid_property("value", f"At most {_MOST_ADDED} tasks can be added at once")
    results = [
        _result(call, f"{call.base}/jobs/{job.id}/tasks/{task_id}", task_id, became)
        for task_id, became in call.rules.tasks.create_all(job, body.value)
    ]
    return answer(200, {"odata.metadata": f"{call.base}/$metadata#taskaddresult", "value": results})


@routes.get("/jobs/{job}/tasks", allow_head=False)
async def list_all(request: web.Request) -> web.Response:
    call = Call(request)
    job = call.job()
    listing = read(call.query, FILTERS)
    table = call.world.table
    if is_brief(listing.chosen):
        things, last = await table.brief_page(job.key, listing)
    else:
        tasks, last = await table.page(job.key, listing)
        show = _showing(call, job)
        things = [choose(call.spoken(show(task)), listing.chosen) for task in tasks]
    path = call.request.rel_url.raw_path
    return answer(200, page("tasks", call.base, path, call.query, things, last))


@routes.get("/jobs/{job}/tasks/{task}", allow_head=False)
async def get(request: web.Request) -> web.Response:
    call = Call(request)
    job = call.job()
    task = call.task(job)
    return entity(call, "tasks", _showing(call, job)(task), task.modified)


@routes.put("/jobs/{job}/tasks/{task}")
async def replace(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(UpdateTask)
    task = call.task(call.job())
    call.check_condition(task.modified)
    call.rules.tasks.update(task, body)
    return accepted(call, 200, task.modified)


@routes.delete("/jobs/{job}/tasks/{task}")
async def delete(request: web.Request) -> web.Response:
    call = Call(request)
    job = call.job()
    task = call.task(job)
    call.check_condition(task.modified)
    call.rules.tasks.delete(job, task)
    return answer(200)


@routes.post("/jobs/{job}/tasks/{task}/terminate")
async def terminate(request: web.Request) -> web.Response:
    call = Call(request)
    job = call.job()
    task = call.task(job)
    call.check_condition(task.modified)
    call.rules.tasks.terminate(job, task)
    return accepted(call, 204, task.modified)


@routes.post("/jobs/{job}/tasks/{task}/reactivate")
async def reactivate(request: web.Request) -> web.Response:
    call = Call(request)
    job = call.job()
    task = call.task(job)
    call.check_condition(task.modified)
    call.rules.tasks.reactivate(job, task)
    return answer(204, None, **versioned(task.modified))


@routes.get("/jobs/{job}/tasks/{task}/subtasksinfo", allow_head=False)
async def subtasks(request: web.Request) -> web.Response:
    call = Call(request)
    job = call.job()
    task = call.task(job)
    chosen = selected(call.query)
    found = [subtask.render(one, task, call.base, job.id) for one in call.world.subtasks.of(task)]
    body = {
        "odata.metadata": f"{call.base}/$metadata#subtaskinfo",
        "value": [choose(one, chosen) for one in found],
    }
    return answer(200, body)


def _showing(call: Call, job: Job) -> Callable[[Task], Json]:
    """How to show a task to this caller, with its statistics if they are asked for."""
    if not call.expands_stats():
        return lambda task: render(task, call.base, job.id)
    now = call.world.clock.now()
    return lambda task: render(task, call.base, job.id) | of_task(task, call.base, job.id, now)


def _result(call: Call, url: str, task_id: str, became: Task | ServiceError) -> Json:
    """What became of one task of a collection (recorded fact 19)."""
    if isinstance(became, ServiceError):
        sentence = f"{became.sentence}\nTime:{error_stamp(call.world.clock.now())}"
        return {
            "status": "ClientError",
            "taskId": task_id,
            "error": element(became.code, sentence, became.values),
        }
    return {
        "status": "Success",
        "taskId": became.id,
        "eTag": etag(became.modified),
        "lastModified": stamp(became.modified),
        "location": url,
    }
