"""What happens to tasks: adding, changing, ending, running again, deleting."""

from collections.abc import Sequence
from pathlib import Path

from batchtui.local.errors import ServiceError, invalid_property
from batchtui.local.scheduler import Scheduler
from batchtui.local.wire.body import convert
from batchtui.local.wire.task_bodies import CreateTask, UpdateTask
from batchtui.local.world.dependencies import Dependencies, number_of
from batchtui.local.world.job import Job, check_alive
from batchtui.local.world.runs import Ending, Run, Runs
from batchtui.local.world.task import Json, Task
from batchtui.local.world.world import World


class TaskRules:
    """Every method either raises a `ServiceError` or has changed the task before it returns."""

    def __init__(
        self, world: World, runs: Runs, scheduler: Scheduler, dependencies: Dependencies
    ) -> None:
        self._world = world
        self._runs = runs
        self._scheduler = scheduler
        self._dependencies = dependencies

    def create(self, job: Job, body: CreateTask) -> Task:
        check_alive(job)
        task = self._new(job, body)
        if not self._world.table.add(task):
            raise ServiceError("TaskExists")
        if "dependsOn" in task.spec:
            self._dependencies.remember(task, task.spec["dependsOn"])
        self._world.counts[job.key].put(task)
        self._scheduler.wake(job.pool)
        return task

    def create_all(self, job: Job, bodies: Sequence[Json]) -> list[tuple[str, Task | ServiceError]]:
        """Add up to 100 tasks; each fails or succeeds by itself. Pairs of id and what became."""
        check_alive(job)
        added: list[tuple[str, Task | ServiceError]] = []
        for plain in bodies:
            try:
                task = self.create(job, convert(plain, CreateTask))
                added.append((task.id, task))
            except ServiceError as error:
                added.append((str(plain.get("id", "")), error))
        return added

    def update(self, task: Task, body: UpdateTask) -> None:
        """Set the constraints; they count from the task's next run on."""
        if task.state == "completed":
            raise ServiceError("TaskCompleted")
        constraints = body.wire()["constraints"]
        constraints.setdefault("maxTaskRetryCount", 0)
        task.spec = {**task.spec, "constraints": constraints}
        self._changed(task)

    def terminate(self, job: Job, task: Task) -> None:
        if task.state == "completed":
            raise ServiceError("TaskCompleted")
        task.touch(self._world.clock.now())
        run = self._runs.of_task(task)
        if run:
            self._runs.end(run, Ending.TERMINATE)
        else:
            self._runs.complete(task, job, None)

    def reactivate(self, job: Job, task: Task) -> None:
        """Let a failed task run again, with all its retries."""
        if task.state != "completed":
            raise ServiceError("TaskNotCompleted")
        if task.result == "success":
            raise ServiceError("TaskSucceeded")
        check_alive(job)
        if self._runs.of_task(task):
            raise ServiceError("OperationInvalidForCurrentState")
        counts = self._world.counts[job.key]
        counts.remove(task)
        now = self._world.clock.now()
        task.move("active", now)
        task.forget_run()
        task.retries, task.retried = 0, None
        task.touch(now)
        counts.put(task)
        self._world.table.save(task)
        self._scheduler.wake(job.pool)

    def delete(self, job: Job, task: Task) -> None:
        """Remove a task and its files; if it runs, its processes end after the answer."""
        world = self._world
        run = self._runs.of_task(task)
        places = self._places(task)
        world.counts[job.key].remove(task)
        world.table.delete(task)
        world.subtasks.forget(task)
        self._runs.forget(task)
        if run:
            self._runs.end(run, Ending.DELETE)
        # Files go when it is certain that their task does, and before the answer: another task may
        # be added under its id at once.
        world.store.commit()
        folders = [world.site.task(pool, node, job.id, task.id) for pool, node in places]
        asides = [aside for folder in folders if (aside := world.trash.take(folder))]
        if run:
            world.spawn(self._delete_after(run, asides))
        else:
            for aside in asides:
                world.trash.delete(aside)

    async def _delete_after(self, run: Run, folders: Sequence[Path]) -> None:
        """Delete folders when the processes that write to them have ended."""
        await self._runs.ended([run])
        for folder in folders:
            self._world.trash.delete(folder)

    def _places(self, task: Task) -> set[tuple[str, str]]:
        """Pool and node of every folder that the task may have."""
        places = self._runs.folders_of(task)
        if task.pool and task.node:
            places.add((task.pool, task.node))
        if "multiInstanceSettings" in task.spec:
            places |= {(each.pool, each.node) for each in self._world.subtasks.of(task)}
        return places

    def _new(self, job: Job, body: CreateTask) -> Task:
        depends_on = body.depends_on
        if depends_on and not job.spec["usesTaskDependencies"]:
            raise ServiceError("TaskDependenciesNotSpecifiedOnJob")
        for special in ("JobPreparationTask", "JobReleaseTask"):
            there = job.spec.get(special[0].lower() + special[1:])
            if there and str(there["id"]).lower() == body.id.lower():
                raise ServiceError(f"TaskIdSameAs{special}")
        options = body.exit_conditions.options() if body.exit_conditions else []
        acts = any(option.job_action for option in options)
        if acts and job.spec["onTaskFailure"] == "noaction":
            raise invalid_property("jobAction", "The job's onTaskFailure is set to noaction")
        spec = body.wire()
        # A task shows the job's number of retries when it gave none (recorded fact 29).
        spec["constraints"].setdefault(
            "maxTaskRetryCount", job.spec["constraints"]["maxTaskRetryCount"]
        )
        now = self._world.clock.now()
        return Task(
            seq=0,
            job=job.key,
            key=body.id.lower(),
            id=body.id,
            spec=spec,
            number=number_of(body.id) if job.spec["usesTaskDependencies"] else None,
            slots=body.required_slots,
            blocked=self._dependencies.unsatisfied(job.key, spec.get("dependsOn", {})),
            satisfied=False,
            state="active",
            changed=now,
            previous=None,
            previous_at=None,
            created=now,
            modified=now,
        )

    def _changed(self, task: Task) -> None:
        task.touch(self._world.clock.now())
        self._world.table.save(task)
