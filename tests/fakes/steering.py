"""Orders to the Batch account in memory."""

from datetime import timedelta

import msgspec
from msgspec.structs import replace

from batchtui.core.autoscale import AutoScaleError, AutoScaleRun
from batchtui.core.models import Job
from batchtui.core.schedules import JobSchedule, ScheduleState
from batchtui.core.specs import JobSpec, PoolSpec, TaskConstraints, TaskSpec
from batchtui.core.states import JobState, NodeState, TaskState
from batchtui.core.steering import Deallocation, DisableTasks
from batchtui.core.things import Document, Kind, Thing
from tests.fakes import views
from tests.fakes.calls import refused
from tests.fakes.held import Held
from tests.fakes.world import FakeJob, FakeNode, FakePool, FakeTask, Outcome


class FakeSteering(Held):
    """`batchtui.core.steering.Steering` over the fake's world."""

    async def document(self, thing: Thing) -> Document:
        await self._calls.note("document", thing)
        match thing.kind:
            case Kind.POOL:
                pool = self._pool(thing.id)
                whole = msgspec.to_builtins(pool.spec) | msgspec.to_builtins(views.pool(pool))
                if pool.formula:
                    whole |= {"autoScaleFormula": pool.formula, "enableAutoScale": True}
            case Kind.JOB:
                job = self._job(thing.id)
                whole = msgspec.to_builtins(views.job(job)) | msgspec.to_builtins(job.spec)
                if job.prepared is not None:
                    waits = job.waits_for_preparation
                    whole["jobPreparationTask"] = {
                        "id": "jobpreparation",
                        "commandLine": "prepare",
                        "waitForSuccess": waits,
                    }
            case Kind.TASK:
                task = self._task(thing.within, thing.id)
                whole = msgspec.to_builtins(views.task(task)) | msgspec.to_builtins(task.spec)
            case Kind.NODE:
                here, node = self._pool(thing.within), self._node(thing.within, thing.id)
                whole = msgspec.to_builtins(views.node(here, node, self.world.start_task))
            case Kind.SCHEDULE:
                whole = msgspec.to_builtins(self._schedule(thing.id))
        whole = {name: value for name, value in whole.items() if value is not None}
        address = f"https://fake.example/{thing.kind}s/{thing.id}"
        return {**whole, "url": address, "eTag": "0x8D9E6CCF65384B9"}

    async def create(self, kind: Kind, document: Document, *, within: str = "") -> None:
        await self._calls.note("create", kind, document["id"])
        now = self.world.now
        match kind:
            case Kind.POOL:
                pool = msgspec.convert(document, PoolSpec)
                self._refuse_second(pool.id, pool.id in self.world.pools, "PoolExists")
                self.world.pools[pool.id] = FakePool(pool, now)
            case Kind.JOB:
                job = msgspec.convert(document, JobSpec)
                self._refuse_second(job.id, job.id in self.world.jobs, "JobExists")
                self.world.jobs[job.id] = FakeJob(job, now)
            case Kind.SCHEDULE:
                schedule = msgspec.convert(document, JobSchedule)
                known = schedule.id in self.job_schedules
                self._refuse_second(schedule.id, known, "JobScheduleExists")
                active = replace(schedule, state=ScheduleState.ACTIVE, creation_time=now)
                self.job_schedules[schedule.id] = active
            case _:
                task = msgspec.convert(document, TaskSpec)
                known = task.id in self._job(within).tasks
                self._refuse_second(task.id, known, "TaskExists")
                self._job(within).tasks[task.id] = FakeTask(task, Outcome(), now, now)

    async def update(self, thing: Thing, changes: Document) -> None:
        await self._calls.note("update", thing, *changes)
        if thing.kind is Kind.POOL:
            pool = self._pool(thing.id)
            pool.spec = msgspec.convert({**msgspec.to_builtins(pool.spec), **changes}, PoolSpec)
        else:
            job = self._job(thing.id)
            job.spec = msgspec.convert({**msgspec.to_builtins(job.spec), **changes}, JobSpec)

    async def remove_start_task(self, pool_id: str) -> None:
        await self._calls.note("remove_start_task", pool_id)
        pool = self._pool(pool_id)
        pool.spec = replace(pool.spec, start_task=None)

    async def resize_pool(
        self, pool_id: str, *, dedicated: int, spot: int, deallocation: Deallocation
    ) -> None:
        await self._calls.note("resize_pool", pool_id, dedicated, spot, deallocation)
        pool = self._pool(pool_id)
        pool.spec = replace(
            pool.spec, target_dedicated_nodes=dedicated, target_low_priority_nodes=spot
        )
        kept: list[FakeNode] = []
        for kind, wanted in ((True, dedicated), (False, spot)):
            nodes = [node for node in pool.nodes if node.dedicated is kind][:wanted]
            for index in range(len(nodes), wanted):
                node_id = f"tvm-{'d' if kind else 'p'}-{index}"
                nodes.append(FakeNode(node_id, kind, NodeState.CREATING, self.world.now))
            kept += nodes
        pool.nodes = kept

    async def stop_resize(self, pool_id: str) -> None:
        await self._calls.note("stop_resize", pool_id)
        pool = self._pool(pool_id)
        pool.nodes = [node for node in pool.nodes if node.state is not NodeState.CREATING]

    async def evaluate_autoscale(self, pool_id: str, formula: str) -> AutoScaleRun:
        await self._calls.note("evaluate_autoscale", pool_id, formula)
        if not self._pool(pool_id).formula:
            raise refused("Autoscaling is off", status=409, code="AutoScalingNotEnabled")
        if "nonsense" in formula:
            error = AutoScaleError("AutoScalingFormulaEvaluationError", "Undefined symbol")
            return AutoScaleRun(self.world.now, "", error)
        return AutoScaleRun(self.world.now, "$TargetDedicatedNodes=3;$TargetLowPriorityNodes=0")

    async def enable_autoscale(
        self, pool_id: str, formula: str, interval: timedelta | None
    ) -> None:
        await self._calls.note("enable_autoscale", pool_id, formula)
        self._pool(pool_id).formula = formula

    async def disable_autoscale(self, pool_id: str) -> None:
        await self._calls.note("disable_autoscale", pool_id)
        self._pool(pool_id).formula = ""

    async def enable_job(self, job_id: str) -> None:
        await self._calls.note("enable_job", job_id)
        self._job(job_id).state = JobState.ACTIVE

    async def disable_job(self, job_id: str, tasks: DisableTasks) -> None:
        await self._calls.note("disable_job", job_id, tasks)
        self._job(job_id).state = JobState.DISABLED

    async def terminate_task(self, job_id: str, task_id: str) -> None:
        await self._calls.note("terminate_task", job_id, task_id)
        task = self._task(job_id, task_id)
        task.outcome = Outcome(exit_code=None, failure=views.ENDED)
        task.state, task.since, task.ended = TaskState.COMPLETED, self.world.now, self.world.now

    async def reactivate_task(self, job_id: str, task_id: str) -> None:
        await self._calls.note("reactivate_task", job_id, task_id)
        task = self._task(job_id, task_id)
        if not task.failed:
            raise refused(f"Could not run {task_id} again: it did not fail", code="TaskNotFailed")
        task.state, task.since, task.steps = TaskState.ACTIVE, self.world.now, 0
        task.node_id, task.started, task.ended = "", None, None

    async def limit_task(self, job_id: str, task_id: str, limits: TaskConstraints) -> None:
        await self._calls.note("limit_task", job_id, task_id)
        task = self._task(job_id, task_id)
        task.spec = replace(task.spec, constraints=limits)

    async def schedules(self) -> tuple[JobSchedule, ...]:
        await self._calls.note("schedules")
        return tuple(schedule for _, schedule in sorted(self.job_schedules.items()))

    async def jobs_of_schedule(self, schedule_id: str) -> tuple[Job, ...]:
        await self._calls.note("jobs_of_schedule", schedule_id)
        self._schedule(schedule_id)
        jobs = sorted(self.world.jobs.items())
        return tuple(views.job(job) for job_id, job in jobs if job_id.startswith(f"{schedule_id}:"))

    async def enable_schedule(self, schedule_id: str) -> None:
        await self._become("enable_schedule", schedule_id, ScheduleState.ACTIVE)

    async def disable_schedule(self, schedule_id: str) -> None:
        await self._become("disable_schedule", schedule_id, ScheduleState.DISABLED)

    async def terminate_schedule(self, schedule_id: str) -> None:
        await self._become("terminate_schedule", schedule_id, ScheduleState.COMPLETED)

    async def delete_schedule(self, schedule_id: str) -> None:
        await self._become("delete_schedule", schedule_id, ScheduleState.DELETING)

    async def _become(self, call: str, schedule_id: str, state: ScheduleState) -> None:
        await self._calls.note(call, schedule_id)
        changed = replace(self._schedule(schedule_id), state=state)
        self.job_schedules[schedule_id] = changed

    def _refuse_second(self, name: str, known: bool, code: str) -> None:
        if known:
            raise refused(f"Could not create {name}: it exists already", code=code)
