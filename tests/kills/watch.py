"""Watches the requests of a run in an account of this process, and holds exactly one of them."""

import asyncio
from pathlib import Path

from aiohttp import web

from batchtui.core.ledger import Kind
from batchtui.local.faults.log import RequestEvent
from tests.kills.commands import came_first
from tests.kills.inventory import Inventory
from tests.kills.moments import Moment, Request, RequestCounter, Sender, sender_of
from tests.kills.workload import TASKS, wrong_outputs

FIRST_LOOK, LAST_LOOK = 2, 4
"""The requests for the job by which the run watches it; before them it looks whether it exists."""


class RequestWatch:
    """An observer of an account's requests, for one run.

    The run finds the same at each of its requests, however fast nodes are today: its first look
    finds all tasks running, its third finds them completed, and what it deleted is gone when it
    looks for it.
    """

    def __init__(
        self, inventory: Inventory, gate: Path, output: Path, moment: Moment | None = None
    ) -> None:
        """`moment` is the one to hold; `gate` is the file that ends the tasks' waiting."""
        self.events: list[RequestEvent] = []
        """All but those of the proof itself."""
        self.faults: list[str] = []
        """What was wrong on the disk when something was deleted, in sentences."""
        self.reached = asyncio.Event()
        self._over = asyncio.Event()
        self._inventory = inventory
        self._gate = gate
        self._output = output
        self.moment = moment
        """The one that is held; None until it is known."""
        self._later: tuple[int, bool] | None = None
        self._in_step = True
        self._counter = RequestCounter()
        self._requests: dict[int, Request] = {}
        self._deleted: set[Kind] = set()

    def let_go(self) -> None:
        """The process is over: nothing is held any more, and its tasks may end."""
        self._over.set()
        self._gate.touch()
        self._in_step = False

    def hold_later(self, nth: int, *, served: bool) -> None:
        """Hold the `nth` request that a run sends from now on, whatever it asks for."""
        self.reached, self._over = asyncio.Event(), asyncio.Event()
        self.moment, self._later = None, (nth, served)

    async def observe(self, event: RequestEvent) -> None:
        if sender_of(event) is Sender.CHECK:
            return
        self.events.append(event)
        match event.event:
            case "received":
                request = self._counter.request(event)
                self._requests[event.request] = request
                self._check_disk(request)
                self._choose(request)
                if self._in_step:
                    await self._prepare(event, request)
                await self._hold(Moment(request, served=False))
            case "carried_out":
                request = self._requests[event.request]
                if request.operation in ("DeleteJob", "DeletePool"):
                    self._deleted.add(Kind.JOB if request.operation == "DeleteJob" else Kind.POOL)
                await self._hold(Moment(request, served=True))

    def _choose(self, request: Request) -> None:
        """Take the request that is to be held later for the moment, once it comes."""
        if self._later is not None and request.sender is Sender.RUN:
            nth, served = self._later
            self._later = (nth - 1, served)
            if nth == 1:
                self.moment, self._later = Moment(request, served), None

    async def _hold(self, moment: Moment) -> None:
        if moment != self.moment or self._over.is_set():
            return
        self.reached.set()
        await self._over.wait()
        if not moment.served and moment.request.sender is Sender.RUN:
            # Whoever asked is dead; the service must never carry it out.
            raise web.HTTPServiceUnavailable

    async def _prepare(self, event: RequestEvent, request: Request) -> None:
        """Have the account be as it is in every run at this request."""
        if request.sender is not Sender.RUN:
            return
        name = event.path.rpartition("/")[2]
        if request.operation == "GetJob" and Kind.JOB not in self._deleted:
            if request.nth == FIRST_LOOK:
                await came_first(self._inventory.until_running(name, TASKS), self._over.wait())
            if request.nth == LAST_LOOK:
                self._gate.touch()
                await came_first(self._inventory.until_completed(name, TASKS), self._over.wait())
        for kind, operation in ((Kind.JOB, "GetJob"), (Kind.POOL, "GetPool")):
            if request.operation == operation and kind in self._deleted:
                await came_first(self._inventory.until_gone(kind, name), self._over.wait())

    def _check_disk(self, request: Request) -> None:
        if request.operation.startswith("Delete") and request.sender is Sender.RUN:
            self.faults += [
                f"{fault} Yet {request.path} was to be deleted."
                for fault in wrong_outputs(self._output, complete=True)
            ]
