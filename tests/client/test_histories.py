"""How the tasks of a job went, asked of the service."""

from datetime import UTC, datetime

from batchtui.core.dependencies import Dependencies, IdRange, Links, waiting_for
from batchtui.core.gateway import Batch
from batchtui.core.models import PoolInfo
from batchtui.core.specs import JobSpec, TaskDependencies, TaskSpec
from batchtui.core.states import TaskState

from .canned import Answer, CannedBatch
from .test_local_account import a_pool, local, until

__all__ = ["local"]


async def test_only_what_changed_since_a_moment_is_asked_for(
    batch: Batch, service: CannedBatch
) -> None:
    service.on("GET", "/jobs/j/tasks", Answer({"value": [{"id": "t", "state": "running"}]}))
    await batch.task_history("j", at_most=10)
    moment = datetime(2026, 11, 20, 10, 30, 1, 250_000, tzinfo=UTC)
    await batch.task_history("j", at_most=10, since=moment)
    whole, part = service.asked
    assert "$filter" not in whole.query
    assert "commandLine" not in whole.query["$select"]
    assert part.query["$filter"] == "stateTransitionTime gt DateTime'2026-11-20T10:30:01.250000Z'"


async def test_dependencies_and_subtasks(batch: Batch, service: CannedBatch) -> None:
    wanted = {"taskIds": ["a"], "taskIdRanges": [{"start": 1, "end": 20}]}
    service.on("GET", "/jobs/j/tasks", Answer({"value": [{"id": "z", "dependsOn": wanted}]}))
    (link,) = (await batch.dependencies("j", at_most=10)).items
    assert link == Links("z", Dependencies(("a",), (IdRange(1, 20),)))
    assert waiting_for("A", [link]) == ("z",)
    assert waiting_for("7", [link]) == ("z",)
    assert waiting_for("21", [link]) == ()
    service.on(
        "GET",
        "/jobs/j/tasks/z/subtasksinfo",
        Answer({"value": [{"id": 1, "state": "completed", "exitCode": 3, "result": "failure"}]}),
    )
    (subtask,) = await batch.subtasks("j", "z")
    assert (subtask.id, subtask.state, subtask.exit_code) == (1, TaskState.COMPLETED, 3)


async def test_histories_of_the_local_account(local: Batch) -> None:
    await a_pool(local)
    await local.create_job(JobSpec(id="j", pool_info=PoolInfo("p"), uses_task_dependencies=True))
    after = TaskDependencies(("first",))
    tasks = [
        TaskSpec(id="first", command_line="run 0"),
        TaskSpec(id="second", command_line="run 7", depends_on=after),
    ]
    await local.add_tasks("j", tasks, added=lambda more: None)

    async def done() -> bool:
        return (await local.task_counts("j")).completed == 2

    await until(done)
    first, second = (await local.task_history("j", at_most=9)).items
    assert first.execution_info.start_time
    assert first.execution_info.end_time
    assert second.failed
    moment = first.state_transition_time
    assert moment
    changed = await local.task_history("j", at_most=9, since=moment)
    assert [task.id for task in changed.items] == ["second"]
    links = (await local.dependencies("j", at_most=9)).items
    assert waiting_for("first", links) == ("second",)
    assert await local.subtasks("j", "first") == ()
