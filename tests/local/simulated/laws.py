"""What holds in an account at every moment at which nothing is left to be done."""

from collections import Counter
from collections.abc import Iterator

from batchtui.local.agent.launch import Launch
from batchtui.local.world.task import Task
from batchtui.local.world.world import World


def tasks_of(world: World) -> list[Task]:
    """All tasks in the order in which they were added."""
    found = []
    for job, key in world.store.read("SELECT job, key FROM tasks ORDER BY seq"):
        task = world.table.get(job, key)
        assert task is not None
        found.append(world.held.get(task.seq, task))
    return found


def check_counts(world: World) -> None:
    """The counts of each job are those of its listing."""
    listed: dict[str, Counter[str]] = {key: Counter() for key in world.jobs}
    for task in tasks_of(world):
        listed[task.job][task.state] += 1
        if task.state == "completed":
            listed[task.job]["succeeded" if task.result == "success" else "failed"] += 1
    for key, job in world.jobs.items():
        # A job that is being deleted loses its tasks uncounted.
        if job.state != "deleting":
            assert Counter(world.counts[key].tasks) - Counter() == listed[key]


def check_slots(world: World) -> None:
    """A node's slots are held by the tasks that it was given, and by no more than it has."""
    used: Counter[str] = Counter()
    for task in tasks_of(world):
        if task.placed:
            assert task.node is not None
            used[task.node] += task.slots
    for pool in world.pools.values():
        for node in world.fleet(pool):
            held, slots = world.fleet(pool).load(node)
            assert used.pop(node.id, 0) == slots <= pool.slots
            assert (node.state == "running") <= (held > 0)
    assert not used


def check_dependencies(world: World) -> None:
    """A task waits for no more than what it depends on and what is not there yet."""
    tasks = {(task.job, task.key): task for task in tasks_of(world)}
    for task in tasks.values():
        needs = task.spec.get("dependsOn", {}).get("taskIds", ())
        found = [tasks.get((task.job, name)) for name in needs]
        missing = sum(needed is None or not needed.satisfied for needed in found)
        # What a task waited for and got counts even when it is deleted afterwards.
        assert 0 <= task.blocked <= missing


def check_nothing_waits(world: World) -> None:
    """No task that could run waits while a node has the slots for it."""
    placed = Counter(task.job for task in tasks_of(world) if task.placed)
    for key, job in world.jobs.items():
        fleet, pool = world.fleets.get(job.pool), world.pools.get(job.pool)
        if job.state == "active" and fleet and pool and pool.state == "active":
            if 0 <= job.most_parallel <= placed[key]:
                continue
            assert not world.table.ready(key, fleet.widest, 1)


def wrong_with(world: World, launch: Launch) -> Iterator[str]:
    """Why a run that begins should not."""
    names = launch.environment
    if "AZ_BATCH_TASK_ID" not in names:
        return
    job, key = names["AZ_BATCH_JOB_ID"], names["AZ_BATCH_TASK_ID"]
    task = world.table.get(job, key)
    if task is None or task.state == "completed":
        yield f"{job}/{key} began although it is over"
    elif task.blocked:
        yield f"{job}/{key} began before what it depends on was done"
