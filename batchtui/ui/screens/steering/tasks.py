"""Tasks, steered."""

from collections.abc import Sequence

from batchtui.core.clone import clone
from batchtui.core.free_id import free_id
from batchtui.core.models import Task
from batchtui.core.orders.tasks import WAKES, limiting, task_orders
from batchtui.core.specs import TaskConstraints
from batchtui.core.things import Document, Kind, Thing
from batchtui.core.wording import many
from batchtui.ui.screens.desk import Desk
from batchtui.ui.screens.document import DocumentScreen
from batchtui.ui.screens.task_limits import TaskLimitsScreen


class TaskSteering:
    """Carries out what the pane of tasks asks for; `about` is their job."""

    ALONE = frozenset({"clone"})

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._batch = desk.controller.gateway.batch

    async def take(self, order: str, tasks: Sequence[Task], about: str) -> None:
        simple = task_orders(self._batch, about)
        if order in simple:
            await self._desk.carry_out(simple[order], tasks)
            return
        match order, tasks:
            case "limits", (task, *_):
                whole = await self._whole(about, task, "Limits")
                if whole is not None:
                    await self._limits(about, tasks, whole)
            case "clone", (task, *_):
                whole = await self._whole(about, task, "Clone task")
                if whole is not None:
                    await self._clone(about, task, whole)

    async def _limits(self, job_id: str, tasks: Sequence[Task], whole: Document) -> None:
        words = f"task {tasks[0].id}" if len(tasks) == 1 else many(len(tasks), "task")
        before: Document = whole.get("constraints") or {}
        form = TaskLimitsScreen(f"Limits of {words}", before)

        async def change(limits: TaskConstraints) -> bool:
            order = limiting(self._batch, job_id, limits, before)
            return await self._desk.attempt(order, tasks)

        await self._desk.app.push_screen_wait(form.doing(change))

    async def _clone(self, job_id: str, task: Task, whole: Document) -> None:
        heading = f"Clone of task {task.id}"
        new_id = await self._desk.known(
            lambda: free_id(self._batch, Kind.TASK, task.id, job_id), "Clone task"
        )
        if new_id is None:
            return
        screen = DocumentScreen(
            heading,
            clone(Kind.TASK, whole, new_id),
            lambda made: self._batch.create(Kind.TASK, made, within=job_id),
        )
        if name := await self._desk.app.push_screen_wait(screen):
            self._desk.tell(f"Task {name} was added to job {job_id}.", heading, WAKES)

    async def _whole(self, job_id: str, task: Task, title: str) -> Document | None:
        thing = Thing(Kind.TASK, task.id, job_id)
        return await self._desk.known(lambda: self._batch.document(thing), title)
