"""Job schedules, steered."""

from collections.abc import Sequence

from batchtui.core.auto_pools import own_pools
from batchtui.core.clone import clone
from batchtui.core.free_id import free_id
from batchtui.core.orders.schedules import WAKES, schedule_orders
from batchtui.core.schedules import JobSchedule
from batchtui.core.things import Document, Kind, Thing
from batchtui.core.together import together
from batchtui.ui.screens.desk import Desk
from batchtui.ui.screens.document import DocumentScreen
from batchtui.ui.screens.new_schedule import NewScheduleScreen

EXAMPLE = {
    "id": "",
    "schedule": {"recurrenceInterval": "P1D"},
    "jobSpecification": {
        "poolInfo": {"poolId": ""},
        "onAllTasksComplete": "terminatejob",
        "jobManagerTask": {"id": "manager", "commandLine": "/bin/sh -c 'date'"},
    },
}
ABOUT = "Its jobs are filled by their job manager task. P1D is a day, PT30M half an hour."


class ScheduleSteering:
    """Carries out what the pane of job schedules asks for."""

    ALONE = frozenset({"clone"})

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._batch = desk.controller.gateway.batch

    async def take(self, order: str, schedules: Sequence[JobSchedule], _about: str) -> None:
        simple = schedule_orders(self._batch)
        if order in simple:
            await self._desk.carry_out(simple[order], schedules)
            return
        match order, schedules:
            case "create", _:
                await self._fill_in()
            case "write", _:
                await self._create("New job schedule as JSON", EXAMPLE)
            case "clone", (schedule, *_):
                thing = Thing(Kind.SCHEDULE, schedule.id)
                found = await self._desk.known(
                    lambda: together(
                        self._batch.document(thing),
                        free_id(self._batch, Kind.SCHEDULE, schedule.id),
                    ),
                    "Clone job schedule",
                )
                if found is not None:
                    wanted = clone(Kind.SCHEDULE, *found)
                    await self._create(f"Clone of job schedule {schedule.id}", wanted)

    async def _fill_in(self) -> None:
        heading = "New job schedule"
        found = await self._desk.known(self._pools, heading)
        if found is None:
            return
        form = NewScheduleScreen(found, self._desk.controller.feeds.pool_id)
        made = await self._desk.app.push_screen_wait(
            form.doing(lambda wanted: self._batch.create(Kind.SCHEDULE, wanted))
        )
        if made is not None:
            self._desk.tell(f"Job schedule {made['id']} is there.", heading, WAKES)

    async def _pools(self) -> tuple[str, ...]:
        """The ids of the pools that a job schedule may use."""
        pools, jobs = await together(self._batch.pools(), self._batch.jobs())
        return tuple(pool.id for pool in own_pools(pools, jobs))

    async def _create(self, heading: str, document: Document) -> None:
        screen = DocumentScreen(
            heading, document, lambda made: self._batch.create(Kind.SCHEDULE, made), about=ABOUT
        )
        if name := await self._desk.app.push_screen_wait(screen):
            self._desk.tell(f"Job schedule {name} is there.", heading, WAKES)
