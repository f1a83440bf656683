"""Which node or nodes a task goes to."""

from batchtui.local.world.fleet import Fleet
from batchtui.local.world.job import Job
from batchtui.local.world.node import Node
from batchtui.local.world.pool import Pool
from batchtui.local.world.preparation import Preparation
from batchtui.local.world.runs import Runs, held_slots
from batchtui.local.world.task import Task


class Placement:
    """Finds room for tasks, as they and their jobs want it."""

    def __init__(self, preparation: Preparation, runs: Runs) -> None:
        self._preparation = preparation
        self._runs = runs

    def find(self, task: Task, job: Job, pool: Pool, fleet: Fleet) -> tuple[Node, ...]:
        """Nodes that can take the task now, its own first; empty when it has to wait."""
        manager = job.manager_of(task)
        dedicated = bool(manager and not manager["allowLowPriorityNode"])

        def accepts(node: Node) -> bool:
            return (
                (node.dedicated or not dedicated)
                and not self._preparation.refuses(job, node)
                and not self._runs.keeps_away(task, node)
            )

        multi = task.spec.get("multiInstanceSettings")
        if multi:
            # Elsewhere such tasks stay active, as on the service.
            if pool.slots > 1 or not pool.spec["enableInterNodeCommunication"]:
                return ()
            return tuple(fleet.find_several(int(multi["numberOfInstances"]), accepts))
        affinity = task.spec.get("affinityInfo", {}).get("affinityId", "")
        node = fleet.find(held_slots(task, job, pool), affinity, accepts)
        return (node,) if node else ()
