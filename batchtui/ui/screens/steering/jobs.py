"""Jobs, steered."""

from collections.abc import Sequence

from batchtui.core.clone import clone
from batchtui.core.models import Job
from batchtui.core.orders.jobs import WAKES, job_orders
from batchtui.core.orders.order import Order
from batchtui.core.states import JobState
from batchtui.core.things import Document, Kind, Thing
from batchtui.core.wording import many
from batchtui.ui.screens.desk import Desk
from batchtui.ui.screens.document import DocumentScreen
from batchtui.ui.screens.job_limits import JobLimitsScreen

EXAMPLE = {"id": "", "poolInfo": {"poolId": ""}, "priority": 0}
WITHOUT_TASKS = "The job's tasks are not copied."


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
                whole = await self._whole(job, "Clone job")
                if whole is not None:
                    wanted = clone(Kind.JOB, whole, f"{job.id}-2")
                    await self._create(f"Clone of job {job.id}", wanted, WITHOUT_TASKS)

    async def _limits(self, jobs: Sequence[Job]) -> None:
        whole = await self._whole(jobs[0], "Priority and limits")
        if whole is None:
            return
        about = f"job {jobs[0].id}" if len(jobs) == 1 else many(len(jobs), "job")
        form = JobLimitsScreen(f"Priority and limits of {about}", whole)
        changes = await self._desk.app.push_screen_wait(form)
        if changes is not None:
            await self._desk.carry_out(self._changing(changes), jobs)

    def _changing(self, changes: Document) -> Order[Job]:
        return Order(
            title="Priority and limits", ask="Change priority and limits of {}?", yes="Change",
            done="{} has another priority and other limits.", noun="job",
            name=lambda job: job.id,
            act=lambda job: self._batch.update(Thing(Kind.JOB, job.id), changes),
            applies=lambda job: job.state is not JobState.COMPLETED, unfit="over already",
            wakes=WAKES,
        )  # fmt: skip

    async def _create(self, heading: str, document: Document, about: str = "") -> None:
        screen = DocumentScreen(
            heading, document, lambda made: self._batch.create(Kind.JOB, made), about=about
        )
        if name := await self._desk.app.push_screen_wait(screen):
            self._desk.tell(f"Job {name} is there.", heading, WAKES)

    async def _whole(self, job: Job, title: str) -> Document | None:
        thing = Thing(Kind.JOB, job.id)
        return await self._desk.known(lambda: self._batch.document(thing), title)
