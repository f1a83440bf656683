"""A lively account to look at: pools in several states, jobs under way, failures with reasons."""

from datetime import timedelta

from batchtui.core.models import FailureInfo, PoolInfo, ResizeError
from batchtui.core.specs import JobSpec
from batchtui.core.states import JobState, NodeState, TaskState
from tests.fakes import FakeAccount, Outcome, pool_spec, task_spec
from tests.fakes.world import FakeNode, FakeTask

TEXTURE = FailureInfo("usererror", "FailureExitCode", "frame 4711: no such texture")
MISSING = FailureInfo(
    "usererror", "BlobAccessDenied", "The resource file scene.blend could not be downloaded"
)


async def render_farm(nodes: int = 128, tasks: int = 400) -> FakeAccount:
    """Three pools, four jobs and three containers; the world stands still."""
    account = FakeAccount()
    batch = account.batch
    batch.by_itself = False
    batch.outcomes = {
        "frame-*7": Outcome(exit_code=139, steps=2, failure=TEXTURE),
        "frame-*31": Outcome(exit_code=None, failure=MISSING),
        "frame-*[05]": Outcome(steps=900),
        "frame-*": Outcome(steps=3),
    }
    spot = nodes // 4
    await batch.create_pool(pool_spec("render-farm", dedicated=nodes - spot, spot=spot, slots=4))
    await batch.create_pool(pool_spec("topn-pool", dedicated=3))
    await batch.create_pool(pool_spec("genome-spot", dedicated=0, spot=32))
    batch.world.pools["genome-spot"].nodes.clear()
    batch.step(3)
    await _jobs(account, tasks)
    _trouble(account)
    account.storage.put("frames-input", {f"f{i}": bytes(700 + i) for i in range(1200)})
    account.storage.put("frames-output", {f"f{i}": bytes(9 * i) for i in range(107)})
    account.storage.put("topn-output", {"a_OUTPUT.txt": bytes(400), "b_OUTPUT.txt": bytes(733)})
    return account


async def _jobs(account: FakeAccount, tasks: int) -> None:
    batch = account.batch
    for job_id, pool_id, count in (
        ("nightly-sweep", "topn-pool", 20),
        ("topn-7f3a", "topn-pool", 3),
        ("frames-0412", "render-farm", tasks),
        ("variants-chr1", "genome-spot", 30),
    ):
        batch.step()
        await batch.create_job(JobSpec(id=job_id, pool_info=PoolInfo(pool_id)))
        prefix = "frame" if job_id.startswith("frames") else "task"
        specs = [task_spec(f"{prefix}-{8100 + i:05d}") for i in range(count)]
        await batch.add_tasks(job_id, specs, added=lambda _count: None)
        if job_id == "nightly-sweep":
            batch.step(12)
            await batch.terminate_job(job_id)
    batch.step(5)


def _trouble(account: FakeAccount) -> None:
    world = account.batch.world
    pool = world.pools["render-farm"]
    states = {
        NodeState.STARTING: 31, NodeState.START_TASK_FAILED: 2, NodeState.OFFLINE: 1,
        NodeState.PREEMPTED: 1, NodeState.IDLE: 2, NodeState.WAITING_FOR_START_TASK: 4,
    }  # fmt: skip
    nodes = iter(reversed(pool.nodes))
    for state, count in states.items():
        for node, _ in zip(nodes, range(count), strict=False):
            _put(node, state)
    for index, node in enumerate(pool.nodes):
        node.id = (
            f"tvmps_{index * 2654435761 % 2**32:08x}{index:04x}_{'d' if node.dedicated else 'p'}"
        )
        node.since -= timedelta(minutes=11)
        for task in node.tasks:
            _age(task, node.id)
    world.pools["genome-spot"].resize_errors = (
        ResizeError("AccountLowPriorityCoreQuotaReached", "The spot quota of 20 cores is reached."),
    )
    world.jobs["topn-7f3a"].state = JobState.ACTIVE


def _put(node: FakeNode, state: NodeState) -> None:
    for task in node.tasks:
        task.state, task.node_id, task.started = TaskState.ACTIVE, "", None
    node.tasks = []
    node.state = state


def _age(task: FakeTask, node_id: str) -> None:
    task.node_id = node_id
    if task.started is not None:
        task.started -= timedelta(seconds=len(task.spec.id) * 3)
