"""How long the files of completed tasks stay on their nodes."""

import asyncio

from batchtui.local.pace import Alarm
from batchtui.local.wire.times import limit, micros, moment
from batchtui.local.world.node import Node
from batchtui.local.world.task import Task
from batchtui.local.world.world import World

_AT_ONCE = 100


class Retention:
    """Deletes a task's directory when its retention time is over; the store remembers when."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._next: int | None = None
        self._alarm: Alarm | None = None

    def keep(self, task: Task) -> None:
        """A task is completed: its time begins, if it ever was on a node."""
        length = limit(task.spec["constraints"]["retentionTime"])
        if length is None or task.node is None:
            return
        # By the account's own clock: its executor's may go at another pace.
        due = micros(moment(self._world.clock.now()) + length)
        self._world.store.write(
            "INSERT OR REPLACE INTO retained VALUES (?, ?, ?)", (task.seq, due, task.node)
        )
        self._expect(due)

    def start(self) -> None:
        """Expect what the store says is due next."""
        ((due,),) = self._world.store.read("SELECT min(due) FROM retained")
        if due is not None:
            self._expect(due)

    def stop(self) -> None:
        if self._alarm:
            self._alarm.cancel()

    async def over(self, node: Node) -> None:
        """Wait until no task's files have to stay on a node."""
        world = self._world
        while True:
            ((due,),) = world.store.read("SELECT max(due) FROM retained WHERE node = ?", (node.id,))
            left = 0 if due is None else due - world.clock.now()
            if left <= 0:
                return
            await world.pace.sleep(left / 1_000_000)

    def _expect(self, due: int) -> None:
        if self._next is not None and self._next <= due:
            return
        self.stop()
        self._next = due
        left = max(due - self._world.clock.now(), 0)
        self._alarm = self._world.pace.call_later(left / 1_000_000, self._ring)

    def _ring(self) -> None:
        self._next = self._alarm = None
        self._world.spawn(self._clean())

    async def _clean(self) -> None:
        """Delete what is due, a bounded number at a time."""
        world = self._world
        now = world.clock.now()
        while rows := world.store.read(
            "SELECT retained.seq, tasks.state, tasks.job, tasks.id, tasks.pool, tasks.node"
            " FROM retained LEFT JOIN tasks USING (seq) WHERE due <= ? ORDER BY due LIMIT ?",
            (now, _AT_ONCE),
        ):
            for seq, state, job_key, task_id, pool, node in rows:
                job = world.jobs.get(job_key)
                # It may have been deleted, or be on its way through a node again.
                if state == "completed" and job and node:
                    world.throw_away(world.site.task(pool, node, job.id, task_id))
                world.store.write("DELETE FROM retained WHERE seq = ? AND due <= ?", (seq, now))
            await asyncio.sleep(0)  # a million rows take seconds: let others have their turn
            if world.store.failure:
                return  # the account ends; what is due goes when it starts again
        self.start()
