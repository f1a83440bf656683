"""Jobs, steered."""

from collections.abc import Sequence

from batchtui.core.free_id import free_id
from batchtui.core.gateway import GatewayError
from batchtui.core.models import Job
from batchtui.core.orders.jobs import WAKES, changing, job_orders
from batchtui.core.things import Document, Kind, Thing
from batchtui.core.together import together
from batchtui.core.wording import many
from batchtui.ui.screens.desk import Desk
from batchtui.ui.screens.document import DocumentScreen
from batchtui.ui.screens.job_limits import JobLimitsScreen
from batchtui.ui.screens.steering.job_clone import JobClone

LEFT = "A job whose tasks are being copied keeps those that it has by then."
EXAMPLE = {"id": "", "poolInfo": {"poolId": ""}, "priority": 0}


class JobSteering:
    """Carries out what the pane of jobs asks for."""

    ALONE = frozenset({"clone"})

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._batch = desk.controller.gateway.batch

    async def take(self, order: str, jobs: Sequence[Job], _about: str) -> None:
        simple = job_orders(self._batch)
        if order in simple:
            await self._desk.carry_out(simple[order], jobs)
            return
        match order, jobs:
            case "create", _:
                await self._create("New job as JSON", EXAMPLE)
            case "limits", (_, *_):
                await self._limits(jobs)
            case "clone", (job, *_):
                await self._clone(job)

    async def _limits(self, jobs: Sequence[Job]) -> None:
        whole = await self._whole(jobs[0], "Priority and limits")
        if whole is None:
            return
        about = f"job {jobs[0].id}" if len(jobs) == 1 else many(len(jobs), "job")
        form = JobLimitsScreen(f"Priority and limits of {about}", whole)

        async def change(changes: Document) -> bool:
            if not changes:
                raise GatewayError("Nothing is changed yet.")
            order = changing(
                self._batch,
                changes,
                whole.get("constraints") or {},
                now=self._desk.controller.feeds.now,
            )
            return await self._desk.attempt(order, jobs)

        await self._desk.app.push_screen_wait(form.doing(change))

    async def _clone(self, job: Job) -> None:
        heading = "Clone job"
        whole = await self._whole(job, heading)
        if whole is None:
            return
        found = await self._desk.known(
            lambda: together(
                self._batch.task_counts(job.id), free_id(self._batch, Kind.JOB, job.id)
            ),
            heading,
        )
        if found is None:
            return
        counts, new_id = found
        traffic = self._desk.controller.feeds.traffic
        twin = JobClone(self._batch, whole, counts.total, traffic, new_id)
        screen = DocumentScreen(
            f"Clone of job {job.id}", twin.request, twin.create, about=twin.about,
            beside=twin.choice,
        )  # fmt: skip
        name = await self._desk.app.push_screen_wait(screen)
        if not name:
            return
        self._desk.tell(f"Job {name} is there.", heading, WAKES)
        if twin.copying is not None:
            await self._desk.go_on(f"Copy tasks to {name}", twin.copying, "task", WAKES, LEFT)

    async def _create(self, heading: str, document: Document) -> None:
        screen = DocumentScreen(heading, document, lambda made: self._batch.create(Kind.JOB, made))
        if name := await self._desk.app.push_screen_wait(screen):
            self._desk.tell(f"Job {name} is there.", heading, WAKES)

    async def _whole(self, job: Job, title: str) -> Document | None:
        thing = Thing(Kind.JOB, job.id)
        return await self._desk.known(lambda: self._batch.document(thing), title)
