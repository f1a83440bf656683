"""Whatever is asked of pools, jobs and tasks in whatever order, some things always hold."""

import itertools
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from batchtui.local.agent.launch import Launch
from batchtui.local.errors import ServiceError
from batchtui.local.simulated.world_parts import Failures, JobPart, PoolPart, StartTask, WorldFile
from batchtui.local.wire.body import convert
from batchtui.local.wire.job_bodies import DisableJob, TerminateJob
from batchtui.local.wire.pool_bodies import DisableScheduling, RebootNode, ResizePool
from batchtui.local.wire.task_bodies import CreateTask
from batchtui.local.world.job import Job
from batchtui.local.world.node import Node
from batchtui.local.world.task import Task
from batchtui.local.world.world import World

from . import laws
from .bodies import job_body, pool_body
from .laws import tasks_of
from .rig import Rig

POOLS = ("red", "blue")
JOBS = ("one", "two", "three")
NUMBERS = st.integers(0, 10_000)
WORLD = WorldFile(
    name="machine",
    pools=tuple(
        PoolPart(
            id=name, boot=timedelta(seconds=10), start_task=StartTask(command="s", failing=0.3)
        )
        for name in POOLS
    ),
    jobs=tuple(
        JobPart(
            id=name,
            pool="red",
            tasks=0,
            duration=timedelta(seconds=30),
            failures=(
                Failures(share=0.2, exit_code=1),
                Failures(share=0.1, code="BlobNotFound"),
                Failures(share=0.05, hangs=True),
            ),
        )
        for name in JOBS
    ),
)


class Account(RuleBasedStateMachine):
    """An account that is asked for anything, and played in stepped time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.wrong: list[str] = []
        self.over: set[tuple[str, str]] = set()
        """Tasks that were seen completed and were not reactivated since."""
        # Nodes behave by their ids, which must be the same each time that a failure is replayed.
        numbers = itertools.count(1)
        self.ids = mock.patch("secrets.token_hex", lambda size: f"{next(numbers):0{2 * size}x}")
        self.ids.start()
        self.rig = Rig(WORLD, Path(self.folder.name), self.look)

    def teardown(self) -> None:
        try:
            self.rig.close()
        finally:
            self.ids.stop()
            self.folder.cleanup()

    # What clients do

    @initialize(dedicated=st.integers(1, 4), slots=st.integers(1, 3))
    def begin(self, dedicated: int, slots: int) -> None:
        self.ask(lambda rules: rules.pools.create(pool_body("red", dedicated, 1, slots)))
        self.ask(lambda rules: rules.jobs.create(job_body("one", "red", -1)))
        self.add_tasks("one", 6, 1, 0)
        self.rig.pass_time(20)

    @rule(
        name=st.sampled_from(POOLS),
        dedicated=st.integers(0, 4),
        spot=st.integers(0, 3),
        slots=st.integers(1, 3),
    )
    def create_pool(self, name: str, dedicated: int, spot: int, slots: int) -> None:
        self.ask(lambda rules: rules.pools.create(pool_body(name, dedicated, spot, slots)))

    @rule(
        name=st.sampled_from(POOLS),
        dedicated=st.integers(0, 4),
        option=st.sampled_from(("requeue", "terminate", "taskcompletion")),
    )
    def resize(self, name: str, dedicated: int, option: str) -> None:
        body = {"targetDedicatedNodes": dedicated, "nodeDeallocationOption": option}
        self.ask(
            lambda rules: rules.pools.resize(rules.world.pool(name), convert(body, ResizePool))
        )

    @rule(name=st.sampled_from(POOLS))
    def delete_pool(self, name: str) -> None:
        self.ask(lambda rules: rules.pools.delete(rules.world.pool(name)))

    @rule(
        name=st.sampled_from(JOBS),
        pool=st.sampled_from(POOLS),
        parallel=st.sampled_from((-1, -1, 1, 2)),
    )
    def create_job(self, name: str, pool: str, parallel: int) -> None:
        self.ask(lambda rules: rules.jobs.create(job_body(name, pool, parallel)))

    @rule(
        name=st.sampled_from(JOBS),
        count=st.integers(1, 8),
        slots=st.integers(1, 2),
        retries=st.integers(0, 2),
    )
    def add_tasks(self, name: str, count: int, slots: int, retries: int) -> None:
        """Each task but the first two depends on the one two before it."""
        first = int(self.rig.pace.now)
        for number in range(first, first + count):
            body: dict[str, Any] = {
                "id": str(number),
                "commandLine": "play",
                "requiredSlots": slots,
                "constraints": {"maxTaskRetryCount": retries},
            }
            if number - first >= 2:
                body["dependsOn"] = {"taskIds": [str(number - 2)]}
            self.ask(
                lambda rules, body=body: rules.tasks.create(
                    rules.world.job(name), convert(body, CreateTask)
                )
            )
        self.rig.pass_time(10)  # The next ids shall be others.

    @rule(which=NUMBERS)
    def terminate_task(self, which: int) -> None:
        if found := self.some_task(which):
            self.ask(lambda rules: rules.tasks.terminate(*found))

    @rule(which=NUMBERS)
    def delete_task(self, which: int) -> None:
        if found := self.some_task(which):
            self.ask(lambda rules: rules.tasks.delete(*found))
            self.over.discard((found[1].job, found[1].key))

    @rule(which=NUMBERS)
    def reactivate_task(self, which: int) -> None:
        if found := self.some_task(which):
            before = (found[1].job, found[1].key)
            if self.ask(lambda rules: rules.tasks.reactivate(*found)):
                self.over.discard(before)

    @rule(name=st.sampled_from(JOBS), how=st.sampled_from(("requeue", "terminate", "wait")))
    def disable_job(self, name: str, how: str) -> None:
        body = convert({"disableTasks": how}, DisableJob)
        self.ask(lambda rules: rules.jobs.disable(rules.world.job(name), body))

    @rule(name=st.sampled_from(JOBS))
    def enable_job(self, name: str) -> None:
        self.ask(lambda rules: rules.jobs.enable(rules.world.job(name)))

    @rule(name=st.sampled_from(JOBS))
    def terminate_job(self, name: str) -> None:
        self.ask(lambda rules: rules.jobs.terminate(rules.world.job(name), TerminateJob()))

    @rule(name=st.sampled_from(JOBS))
    def delete_job(self, name: str) -> None:
        if self.ask(lambda rules: rules.jobs.delete(rules.world.job(name))):
            self.over = {(job, key) for job, key in self.over if job != name}

    # What befalls nodes

    @rule(which=NUMBERS, option=st.sampled_from(("requeue", "terminate", "taskcompletion")))
    def reboot(self, which: int, option: str) -> None:
        if node := self.some_node(which):
            body = convert({"nodeRebootOption": option}, RebootNode)
            self.ask(lambda rules: rules.nodes.reboot(node, body))

    @rule(which=NUMBERS, option=st.sampled_from(("requeue", "terminate", "taskcompletion")))
    def disable_scheduling(self, which: int, option: str) -> None:
        if node := self.some_node(which):
            body = convert({"nodeDisableSchedulingOption": option}, DisableScheduling)
            self.ask(lambda rules: rules.nodes.disable_scheduling(node, body))

    @rule(which=NUMBERS)
    def enable_scheduling(self, which: int) -> None:
        if node := self.some_node(which):
            self.ask(lambda rules: rules.nodes.enable_scheduling(node))

    @rule(which=NUMBERS)
    def preempt(self, which: int) -> None:
        if node := self.some_node(which):
            self.ask(lambda rules: rules.incidents.preempt(node))

    @rule(seconds=st.sampled_from((1, 10, 60, 4000)))
    def pass_time(self, seconds: int) -> None:
        self.rig.pass_time(seconds)

    @precondition(lambda self: self.world.jobs)
    @rule()
    def restart(self) -> None:
        self.rig.restart()

    # What always holds

    @invariant()
    def counts_equal_listings(self) -> None:
        laws.check_counts(self.world)

    @invariant()
    def no_slot_is_used_twice(self) -> None:
        laws.check_slots(self.world)

    @invariant()
    def no_completed_task_runs_again(self) -> None:
        now = {(task.job, task.key): task.state for task in tasks_of(self.world)}
        for task in self.over & now.keys():
            assert now[task] == "completed"
        self.over = {task for task, state in now.items() if state == "completed"}
        assert not self.wrong

    @invariant()
    def dependencies_hold(self) -> None:
        laws.check_dependencies(self.world)

    @invariant()
    def nothing_waits_beside_a_free_slot(self) -> None:
        laws.check_nothing_waits(self.world)

    def look(self, world: World, launch: Launch) -> None:
        self.wrong += laws.wrong_with(world, launch)

    @property
    def world(self) -> World:
        return self.rig.rules.world

    def ask(self, change: Any) -> bool:
        """Ask for something; whether it was granted. A refusal must be one of the service's."""
        try:
            self.rig.do(change)
            self.rig.pass_time(3)
        except ServiceError as error:
            if error.status not in (400, 404, 409):
                raise
            return False
        return True

    def some_task(self, which: int) -> tuple[Job, Task] | None:
        tasks = tasks_of(self.world)
        if not tasks:
            return None
        task = tasks[which % len(tasks)]
        return self.world.jobs[task.job], task

    def some_node(self, which: int) -> Node | None:
        nodes = [node for fleet in self.world.fleets.values() for node in fleet]
        return nodes[which % len(nodes)] if nodes else None


TestAccount = Account.TestCase
TestAccount.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
