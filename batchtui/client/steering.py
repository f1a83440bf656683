"""Orders to Azure Batch: what changes an account, once each."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from batchtui.client.lenient import without_nulls
from batchtui.client.wire import Page, Wire, members, path_of
from batchtui.core.autoscale import AutoScaleRun
from batchtui.core.models import Job
from batchtui.core.schedules import JobSchedule
from batchtui.core.specs import TaskConstraints
from batchtui.core.steering import Deallocation, DisableTasks
from batchtui.core.things import Document, Kind, Thing

JOB: Final = members(Job)
SCHEDULE: Final = members(JobSchedule)

PLURALS: Final = {
    Kind.POOL: "pools",
    Kind.NODE: "nodes",
    Kind.JOB: "jobs",
    Kind.TASK: "tasks",
    Kind.SCHEDULE: "jobschedules",
}


class SteeredAccount:
    """`core.steering.Steering`. Sends each request itself, signed and retried by the SDK.

    The SDK's own methods would drop members that this version of it does not know, and some of
    them raise before they send anything (Azure/azure-sdk-for-python#46815).
    """

    _wire: Wire

    async def document(self, thing: Thing) -> Document:
        found = await self._wire.one(
            f"look at {thing}", _path(thing), dict[str, Any], valid=lambda found: "id" in found
        )
        known = {name: value for name, value in found.items() if not name.startswith("odata.")}
        return dict(without_nulls(known))

    async def create(self, kind: Kind, document: Document, *, within: str = "") -> None:
        path = path_of("jobs", within, "tasks") if within else path_of(PLURALS[kind])
        what = f"create {kind} {document.get('id', '')}" + (f" of job {within}" if within else "")
        await self._wire.send(what, "POST", path, document, status=201)

    async def update(self, thing: Thing, changes: Document) -> None:
        await self._wire.send(f"change {thing}", "PATCH", _path(thing), changes)

    async def remove_start_task(self, pool_id: str) -> None:
        # A PATCH cannot take a member away. The request that can, takes these two as well where
        # they are not said again.
        pool = Thing(Kind.POOL, pool_id)
        whole = await self.document(pool)
        kept = {name: whole.get(name, []) for name in ("applicationPackageReferences", "metadata")}
        await self._order("remove the start task of", pool, "updateproperties", kept, status=204)

    async def resize_pool(
        self, pool_id: str, *, dedicated: int, spot: int, deallocation: Deallocation
    ) -> None:
        wanted = {
            "targetDedicatedNodes": dedicated,
            "targetLowPriorityNodes": spot,
            "nodeDeallocationOption": deallocation,
        }
        await self._order("resize", Thing(Kind.POOL, pool_id), "resize", wanted, status=202)

    async def stop_resize(self, pool_id: str) -> None:
        await self._order("stop resizing", Thing(Kind.POOL, pool_id), "stopresize", status=202)

    async def evaluate_autoscale(self, pool_id: str, formula: str) -> AutoScaleRun:
        path = path_of("pools", pool_id, "evaluateautoscale")
        return await self._wire.send(
            f"evaluate the autoscale formula for pool {pool_id}",
            "POST",
            path,
            {"autoScaleFormula": formula},
            kind=AutoScaleRun,
            valid=lambda run: run.timestamp is not None,
        )

    async def enable_autoscale(
        self, pool_id: str, formula: str, interval: timedelta | None
    ) -> None:
        wanted: dict[str, object] = {"autoScaleFormula": formula}
        if interval is not None:
            wanted["autoScaleEvaluationInterval"] = interval
        pool = Thing(Kind.POOL, pool_id)
        await self._order("turn on autoscaling for", pool, "enableautoscale", wanted)

    async def disable_autoscale(self, pool_id: str) -> None:
        pool = Thing(Kind.POOL, pool_id)
        await self._order("turn off autoscaling for", pool, "disableautoscale")

    async def enable_job(self, job_id: str) -> None:
        await self._order("enable", Thing(Kind.JOB, job_id), "enable", status=202)

    async def disable_job(self, job_id: str, tasks: DisableTasks) -> None:
        await self._order(
            "disable", Thing(Kind.JOB, job_id), "disable", {"disableTasks": tasks}, status=202
        )

    async def terminate_task(self, job_id: str, task_id: str) -> None:
        await self._order("terminate", Thing(Kind.TASK, task_id, job_id), "terminate", status=204)

    async def reactivate_task(self, job_id: str, task_id: str) -> None:
        await self._order("run again", Thing(Kind.TASK, task_id, job_id), "reactivate", status=204)

    async def limit_task(self, job_id: str, task_id: str, limits: TaskConstraints) -> None:
        task = Thing(Kind.TASK, task_id, job_id)
        await self._wire.send(
            f"change the limits of {task}", "PUT", _path(task), {"constraints": limits}
        )

    async def schedules(self) -> tuple[JobSchedule, ...]:
        window = await self._wire.window(
            "list job schedules", "/jobschedules", Page[JobSchedule], select=SCHEDULE
        )
        return window.items

    async def jobs_of_schedule(self, schedule_id: str) -> tuple[Job, ...]:
        path = path_of("jobschedules", schedule_id, "jobs")
        what = f"list the jobs of job schedule {schedule_id}"
        return (await self._wire.window(what, path, Page[Job], select=JOB)).items

    async def enable_schedule(self, schedule_id: str) -> None:
        await self._order("enable", Thing(Kind.SCHEDULE, schedule_id), "enable", status=204)

    async def disable_schedule(self, schedule_id: str) -> None:
        await self._order("disable", Thing(Kind.SCHEDULE, schedule_id), "disable", status=204)

    async def terminate_schedule(self, schedule_id: str) -> None:
        await self._order("terminate", Thing(Kind.SCHEDULE, schedule_id), "terminate", status=202)

    async def delete_schedule(self, schedule_id: str) -> None:
        schedule = Thing(Kind.SCHEDULE, schedule_id)
        await self._wire.send(f"delete {schedule}", "DELETE", _path(schedule), status=202)

    async def _order(
        self,
        verb: str,
        thing: Thing,
        action: str,
        wanted: Mapping[str, object] | None = None,
        *,
        status: int = 200,
    ) -> None:
        path = f"{_path(thing)}/{action}"
        await self._wire.send(f"{verb} {thing}", "POST", path, wanted, status=status)


def _path(thing: Thing) -> str:
    inside = {Kind.NODE: ("pools", thing.within), Kind.TASK: ("jobs", thing.within)}
    return path_of(*inside.get(thing.kind, ()), PLURALS[thing.kind], thing.id)
