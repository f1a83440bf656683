"""The folders of a node and the environment of its tasks, as Azure Batch documents them."""

import random
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchtui.local.agent.launch import Launch
from batchtui.local.autoscale.processor import Processor
from batchtui.local.wire.times import limit
from batchtui.local.world.job import Job
from batchtui.local.world.node import Node
from batchtui.local.world.task import Task, job_directory, root_directory

Json = Mapping[str, Any]

_FOLDERS = ("applications", "fsmounts", "shared", "startup", "volatile/startup", "workitems")


@dataclass(frozen=True, slots=True)
class Site:
    """Where an account's nodes live on disk, and under which name and address it is known."""

    data_dir: Path
    account: str
    endpoint: str

    @property
    def nodes(self) -> Path:
        """The directory of all pools' directories."""
        return self.data_dir / "nodes"

    @property
    def trash(self) -> Path:
        """Where directories go that are being removed; no pool can be called so."""
        return self.nodes / ".removed"

    def pool(self, pool: str) -> Path:
        """The directory of a pool's nodes."""
        return self.nodes / pool

    def node(self, pool: str, node: str) -> Path:
        """A node's root directory."""
        return self.pool(pool) / node

    def job(self, pool: str, node: str, job: str) -> Path:
        """The directory of a job's tasks on a node."""
        return self.node(pool, node) / job_directory(job)

    def task(self, pool: str, node: str, job: str, task: str) -> Path:
        """A task's root directory on its node."""
        return self.node(pool, node) / root_directory(job, task)

    def furnish(self, node: Node) -> None:
        """Make the folders that every node has. Raises OSError."""
        for folder in _FOLDERS:
            (self.node(node.pool, node.id) / folder).mkdir(parents=True, exist_ok=True)

    def processor(self) -> Processor | None:
        """What measures how busy the nodes are; None if they are on no machine."""
        return Processor()

    def phase(self, node: Node | None, usual: float) -> float:
        """Seconds of a phase of a node's start, of any node for None; `usual` is the setting."""
        # Nodes of a real pool never come up in step.
        return usual * random.uniform(0.67, 1.33)

    def reveal_node(self, node: Node) -> None:
        """Called before a node's files are looked at, which are there already."""

    def reveal_task(self, task: Task, job: Job) -> None:
        """Called before a task's files are looked at, which are there already."""

    def launch(self, task: Task, job: Job, node: Node, instance: int = 0) -> Launch:
        """All that is needed to run a task on a node, or a subtask by its number."""
        root = self.task(node.pool, node.id, job.id, task.id)
        if instance:
            root /= str(instance)
        spec = task.spec
        own = {"AZ_BATCH_JOB_ID": job.id, "AZ_BATCH_TASK_ID": task.id}
        return Launch(
            command_line=spec["commandLine"],
            root=root,
            environment={
                **self._environment(node, root),
                **own,
                **self._preparation(job, node),
                **_settings(job.spec.get("commonEnvironmentSettings", ())),
                **_settings(spec.get("environmentSettings", ())),
            },
            resource_files=tuple(spec.get("resourceFiles", ())),
            output_files=tuple(spec.get("outputFiles", ())),
            max_wall_clock=limit(spec["constraints"]["maxWallClockTime"]),
        )

    def job_launch(self, spec: Json, job: Job, node: Node, longest: str) -> Launch:
        """All that is needed to run a job's preparation or release task on a node.

        `longest` is its wall-clock limit, as the service spells it.
        """
        root = self.task(node.pool, node.id, job.id, spec["id"])
        return Launch(
            command_line=spec["commandLine"],
            root=root,
            environment={
                **self._environment(node, root),
                "AZ_BATCH_JOB_ID": job.id,
                "AZ_BATCH_TASK_ID": spec["id"],
                **self._preparation(job, node),
                **_settings(job.spec.get("commonEnvironmentSettings", ())),
                **_settings(spec.get("environmentSettings", ())),
            },
            resource_files=tuple(spec.get("resourceFiles", ())),
            max_wall_clock=limit(longest),
        )

    def start_launch(self, start_task: Json, node: Node) -> Launch:
        """All that is needed to run a node's start task."""
        root = self.node(node.pool, node.id) / "startup"
        return Launch(
            command_line=start_task["commandLine"],
            root=root,
            environment={
                **self._environment(node, root),
                **_settings(start_task.get("environmentSettings", ())),
            },
            resource_files=tuple(start_task.get("resourceFiles", ())),
        )

    def _preparation(self, job: Job, node: Node) -> dict[str, str]:
        """Where the job's preparation task ran, for those that come after it."""
        spec = job.spec.get("jobPreparationTask")
        if spec is None:
            return {}
        root = self.task(node.pool, node.id, job.id, spec["id"])
        return {
            "AZ_BATCH_JOB_PREP_DIR": str(root),
            "AZ_BATCH_JOB_PREP_WORKING_DIR": str(root / "wd"),
        }

    def _environment(self, node: Node, root: Path) -> dict[str, str]:
        home = self.node(node.pool, node.id)
        return {
            "AZ_BATCH_ACCOUNT_NAME": self.account,
            "AZ_BATCH_ACCOUNT_URL": f"{self.endpoint}/",
            "AZ_BATCH_POOL_ID": node.pool,
            "AZ_BATCH_NODE_ID": node.id,
            "AZ_BATCH_NODE_IS_DEDICATED": "true" if node.dedicated else "false",
            "AZ_BATCH_NODE_ROOT_DIR": str(home),
            "AZ_BATCH_NODE_SHARED_DIR": str(home / "shared"),
            "AZ_BATCH_NODE_STARTUP_DIR": str(home / "startup"),
            "AZ_BATCH_NODE_MOUNTS_DIR": str(home / "fsmounts"),
            "AZ_BATCH_TASK_DIR": str(root),
            "AZ_BATCH_TASK_WORKING_DIR": str(root / "wd"),
            "AZ_BATCH_CERTIFICATES_DIR": str(root / "certs"),
        }


def demolish(folder: Path) -> None:
    """Remove a folder and all below it, links unfollowed; nothing there is fine. Raises OSError."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return


def _settings(settings: Iterable[Json]) -> dict[str, str]:
    return {setting["name"]: setting.get("value", "") for setting in settings}
