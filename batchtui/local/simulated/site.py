"""The folders of simulated nodes: nothing is in them until somebody looks."""

import math
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

from batchtui.local.autoscale.processor import Processor
from batchtui.local.nodes import Site
from batchtui.local.pace import Pace
from batchtui.local.simulated.behaviour import Behaviour
from batchtui.local.simulated.output import complaint, ending, progress
from batchtui.local.world.job import Job
from batchtui.local.world.node import Node
from batchtui.local.world.task import Task

SECOND = 1_000_000
_REST = 5.0
"""Seconds of the pause in which a pool's size changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedSite(Site):
    """Makes the files of a task or start task when they are asked for, as they are by then."""

    behaviour: Behaviour
    pace: Pace
    stuck: set[str] = field(default_factory=set)
    """Ids of the nodes that never come up."""

    def furnish(self, node: Node) -> None:
        """Nothing: thousands of nodes have tens of thousands of folders, and few are seen."""

    def processor(self) -> Processor | None:
        return None

    def phase(self, node: Node | None, usual: float) -> float:
        if node is None:
            return _REST
        if node.id in self.stuck:
            return math.inf
        return self.behaviour.boot_phase(node.pool.lower(), node.id)

    def reveal_node(self, node: Node) -> None:
        """Write the start task's streams."""
        # Not by super(), which a dataclass with slots does not have.
        Site.furnish(self, node)
        run = node.start_run
        if run is None or node.start_task is None:
            return
        name = f"the start task of node {node.id}"
        key = node.pool.lower()
        act = self.behaviour.start_task(key, node.id)
        text = progress(
            name, node.start_task["commandLine"], run.started, self._until(run.ended), act.seconds
        )
        if run.ended is not None:
            text += ending((run.ended - run.started) / SECOND, run.exit_code)
        failed = (
            complaint(name, self.behaviour.start_trouble(key)) if run.result == "failure" else ""
        )
        _write(self.node(node.pool, node.id) / "startup", text, failed, self._until(run.ended))

    def reveal_task(self, task: Task, job: Job) -> None:
        """Write a task's streams up to now."""
        if task.pool is None or task.node is None or task.started is None:
            return
        name = f"task {task.id} of job {job.id}"
        act = self.behaviour.task(job.key, task.key, task.retries)
        until = self._until(task.ended)
        text = progress(name, task.spec["commandLine"], task.started, until, act.seconds)
        if task.ended is not None:
            text += ending((task.ended - task.started) / SECOND, task.exit_code)
        failed = complaint(name, act.stderr) if task.result == "failure" else ""
        _write(self.task(task.pool, task.node, job.id, task.id), text, failed, until)

    def _until(self, ended: int | None) -> int:
        return self.pace.time_ns() // 1000 if ended is None else ended


def _write(root: Path, stdout: str, stderr: str, modified: int) -> None:
    """Raises OSError."""
    (root / "wd").mkdir(parents=True, exist_ok=True)
    for name, text in (("stdout.txt", stdout), ("stderr.txt", stderr)):
        # Put in place whole: another request may be reading the one before.
        whole = root / f".{name}.{threading.get_ident()}"
        whole.write_text(text)
        os.utime(whole, ns=(modified * 1000, modified * 1000))
        whole.replace(root / name)
