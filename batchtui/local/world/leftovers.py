"""Folders that an account which was killed has left below its nodes and that belong to nothing."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from batchtui.local.world.job import Job
from batchtui.local.world.node import Node
from batchtui.local.world.world import World

_PREPARING = ("jobPreparationTask", "jobReleaseTask")


def throw_away_leftovers(world: World) -> None:
    """Remove them, and what interrupted runs have written: half a file must not pass for an output.

    At once, before anything is served: a task may run there again in a moment.
    """
    world.trash.empty()
    for pool_folder in _folders(world.site.nodes):
        if pool_folder == world.site.trash:
            continue
        pool = world.pools.get(pool_folder.name.lower())
        if pool is None or pool.id != pool_folder.name:
            world.throw_away(pool_folder)
            continue
        nodes = world.fleet(pool).nodes
        for node_folder in _folders(pool_folder):
            node = nodes.get(node_folder.name)
            if node is None:
                world.throw_away(node_folder)
            else:
                _clear_node(world, node, node_folder)


def _clear_node(world: World, node: Node, folder: Path) -> None:
    for first in _folders(folder / "workitems"):
        for second in _folders(first):
            jobs = list(_jobs_at(world, first.name, second.name))
            if not jobs:
                world.throw_away(second)
            for task_folder in _folders(second) if jobs else ():
                if not any(_belongs(world, job, node, task_folder.name) for job in jobs):
                    world.throw_away(task_folder)
        with contextlib.suppress(OSError):  # something is left in it
            first.rmdir()


def _jobs_at(world: World, first: str, second: str) -> Iterator[Job]:
    """The jobs whose tasks have their folders in `workitems/first/second`."""
    ids = [f"{first}:{second}", *([first] if second == "job-1" else [])]
    return (job for id_ in ids if (job := world.jobs.get(id_.lower())) and job.id == id_)


def _belongs(world: World, job: Job, node: Node, name: str) -> bool:
    """Whether the folder of this name is that of something that has run on the node."""
    if any(job.spec.get(special, {}).get("id") == name for special in _PREPARING):
        return world.visits.find(job.key, node) is not None
    task = world.table.get(job.key, name.lower())
    if task is None or task.id != name or task.state != "completed":
        return False
    ran_there = (task.pool, task.node) == (node.pool, node.id)
    return ran_there or any(each.node == node.id for each in world.subtasks.of(task))


def _folders(folder: Path) -> list[Path]:
    """Those in a folder, none if it is not there; links to folders are no folders."""
    try:
        with os.scandir(folder) as entries:
            return [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return []
