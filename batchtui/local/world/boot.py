"""The life of a node until it takes tasks: created, started, its start task run."""

import asyncio
from collections.abc import Coroutine

from batchtui.local.agent.launch import Outcome
from batchtui.local.scheduler import Scheduler
from batchtui.local.threads import in_thread
from batchtui.local.wire.times import micros
from batchtui.local.world.node import Json, Node, StartRun
from batchtui.local.world.pool import Pool
from batchtui.local.world.task import failure_info
from batchtui.local.world.world import World

STAYING = ("starttaskfailed", "preempted", "deallocated")
"""States that a node leaves only when it is told to."""


class Boot:
    """Brings nodes up. One boot of a node at a time: a new one ends the one before."""

    def __init__(self, world: World, scheduler: Scheduler) -> None:
        self._world = world
        self._scheduler = scheduler
        self._boots: dict[str, asyncio.Task[None]] = {}

    def begin(self, pool: Pool, node: Node, *, created: bool = False) -> asyncio.Task[None]:
        """Start a node; `created` if its machine has to be made first. Await it for the end."""
        # Not left to the new boot, which may be ended before it has begun.
        self.halt(node)
        before = self._boots.get(node.id)
        return self._keep(node, self._bring_up(pool, node, before, created))

    def resume(self, pool: Pool, node: Node) -> None:
        """Have a node where it was when the account stopped; a boot under way begins anew."""
        if node.state in ("idle", "running", "offline"):
            self._ready(node)
        elif node.state not in STAYING:
            self._world.move_node(node, "starting")
            self.begin(pool, node)

    def carry_on(self, pool: Pool, node: Node) -> None:
        """Let a node that is somewhere in its life go on from there."""
        if node.state in ("creating", "starting", "rebooting"):
            self.begin(pool, node, created=node.state == "creating")
        elif node.state == "waitingforstarttask" and node.start_task:
            self._keep(node, self._await_start_task(node.start_task, node))
        elif node.state == "idle":
            self._scheduler.wake(pool.key)

    def halt(self, node: Node) -> None:
        """Begin to end a boot: it does nothing more to the node. `end` waits for its processes."""
        boot = self._boots.get(node.id)
        if boot and not boot.cancelling():
            boot.cancel()

    async def settled(self, node: Node) -> None:
        """Wait until a node is not being started any more."""
        boot = self._boots.get(node.id)
        if boot:
            await asyncio.wait([boot])

    async def end(self, node: Node) -> None:
        """End a boot, its start task's processes included."""
        boot = self._boots.get(node.id)
        if boot:
            await _cancel(boot)

    async def rest(self, node: Node | None = None) -> None:
        """Wait as long as a phase of a start takes, of that node or of any."""
        world = self._world
        await world.pace.sleep(world.site.phase(node, world.settings.boot))

    def _keep(self, node: Node, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        boot = self._world.spawn(work)
        self._boots[node.id] = boot
        boot.add_done_callback(lambda done: self._forget(node, done))
        return boot

    def _forget(self, node: Node, done: asyncio.Task[None]) -> None:
        if self._boots.get(node.id) is done:
            del self._boots[node.id]

    async def _bring_up(
        self, pool: Pool, node: Node, before: asyncio.Task[None] | None, created: bool
    ) -> None:
        world = self._world
        if before:
            await _cancel(before)
        try:
            await in_thread(world.site.furnish, node)
        except OSError as error:
            node.errors = [_unusable(error)]
            world.move_node(node, "unusable")
            return
        node.errors = []
        await self.rest(node)
        if created or node.state == "starting":
            if not created:
                # It was deallocated: it has begun to start without a new time, and takes no tasks
                # until now (recorded fact 39).
                node.scheduling = "enabled"
            world.move_node(node, "starting")
            await self.rest(node)
        node.booted = world.clock.now()
        start_task = pool.spec.get("startTask")
        node.start_task, node.start_run = start_task, None
        if start_task is None:
            self._ready(node)
        elif start_task["waitForSuccess"]:
            world.move_node(node, "waitingforstarttask")
            await self._await_start_task(start_task, node)
        else:
            self._ready(node)
            await self._run_start_task(start_task, node)

    async def _await_start_task(self, start_task: Json, node: Node) -> None:
        if await self._run_start_task(start_task, node):
            self._ready(node)
        else:
            self._world.move_node(node, "starttaskfailed")

    def _ready(self, node: Node) -> None:
        self._world.move_node(node, "idle" if node.scheduling == "enabled" else "offline")
        self._scheduler.wake(node.pool.lower())

    async def _run_start_task(self, start_task: Json, node: Node) -> bool:
        """Run the start task, with its retries; says whether it succeeded."""
        world = self._world
        run = StartRun(started=world.clock.now())
        node.start_run = run
        launch = world.site.start_launch(start_task, node)
        most = int(start_task["maxTaskRetryCount"])
        while True:
            world.save_node(node)
            outcome = await world.run(
                launch, running=lambda at: setattr(run, "started", micros(at))
            )
            if outcome.failure is None or (most != -1 and run.retries >= most):
                break
            run.retries, run.retried = run.retries + 1, world.clock.now()
        _finish(run, outcome)
        world.save_node(node)
        return outcome.failure is None


async def _cancel(boot: asyncio.Task[None]) -> None:
    if not boot.cancelling():
        boot.cancel()
    await asyncio.wait([boot])


def _unusable(error: OSError) -> Json:
    message = f"The directories of the node could not be made: {error}"
    return {"code": "NodeUnusable", "message": message}


def _finish(run: StartRun, outcome: Outcome) -> None:
    run.state = "completed"
    run.ended = micros(outcome.ended)
    run.exit_code = outcome.exit_code
    run.failure = failure_info(outcome.failure) if outcome.failure else None
    run.result = "failure" if outcome.failure else "success"
