"""What the fake account holds, and how a thing of it is found."""

from batchtui.core.schedules import JobSchedule
from tests.fakes.calls import Calls, refused
from tests.fakes.world import FakeJob, FakeNode, FakePool, FakeTask, World


class Held:
    """The things by their ids; a thing that is not there is refused as the service would."""

    def __init__(self, calls: Calls, world: World) -> None:
        self.world = world
        self.job_schedules: dict[str, JobSchedule] = {}
        self._calls = calls

    def _pool(self, pool_id: str) -> FakePool:
        if pool_id not in self.world.pools:
            raise refused(f"Could not find pool {pool_id}", status=404, code="PoolNotFound")
        return self.world.pools[pool_id]

    def _node(self, pool_id: str, node_id: str) -> FakeNode:
        for node in self._pool(pool_id).nodes:
            if node.id == node_id:
                return node
        raise refused(f"Could not find node {node_id}", status=404, code="NodeNotFound")

    def _job(self, job_id: str) -> FakeJob:
        if job_id not in self.world.jobs:
            raise refused(f"Could not find job {job_id}", status=404, code="JobNotFound")
        return self.world.jobs[job_id]

    def _task(self, job_id: str, task_id: str) -> FakeTask:
        if task_id not in self._job(job_id).tasks:
            raise refused(f"Could not find task {task_id}", status=404, code="TaskNotFound")
        return self._job(job_id).tasks[task_id]

    def _schedule(self, schedule_id: str) -> JobSchedule:
        if schedule_id not in self.job_schedules:
            raise refused(
                f"Could not find job schedule {schedule_id}", status=404, code="JobScheduleNotFound"
            )
        return self.job_schedules[schedule_id]
