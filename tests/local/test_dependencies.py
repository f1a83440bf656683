"""Dependencies: who waits for whom, and what lets them go on."""

from azure.batch import models
from azure.batch.aio import BatchClient

from .batch import completed, job_options, steady_pool, task_options, until
from .fakes import FakeExecutor


async def ready(client: BatchClient) -> None:
    await steady_pool(client, target_dedicated_nodes=1, task_slots_per_node=4)
    await client.create_job(job_options(uses_task_dependencies=True))


def after(*ids: str, ranges: tuple[tuple[int, int], ...] = ()) -> models.BatchTaskDependencies:
    spans = [models.BatchTaskIdRange(start=start, end=end) for start, end in ranges]
    return models.BatchTaskDependencies(task_ids=list(ids), task_id_ranges=spans)


async def test_a_task_waits_for_those_that_it_names(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await ready(client)
    await client.create_task("job", task_options("last", depends_on=after("A", "later")))
    await client.create_task("job", task_options("a"))
    await completed(client, "a")
    assert (await client.get_task("job", "last")).state == "active"
    await client.create_task("job", task_options("later"))
    await completed(client, "last")
    assert [launch.root.name for launch in executor.launches] == ["a", "later", "last"]


async def test_a_range_counts_every_number(client: BatchClient) -> None:
    await ready(client)
    await client.create_task("job", task_options("1"))
    await completed(client, "1")
    await client.create_task("job", task_options("end", depends_on=after(ranges=((1, 3),))))
    await client.create_task("job", task_options("3"))
    await completed(client, "3")
    assert (await client.get_task("job", "end")).state == "active"
    await client.create_task("job", task_options("02"))  # is not the number 2
    await completed(client, "02")
    assert (await client.get_task("job", "end")).state == "active"
    await client.create_task("job", task_options("2"))
    await completed(client, "end")


async def test_a_failure_blocks_and_a_repaired_one_lets_go(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await ready(client)
    await client.create_task("job", task_options("a", "exit 1"))
    await client.create_task("job", task_options("b", depends_on=after("a")))
    await completed(client, "a")
    assert (await client.get_task("job", "b")).state == "active"
    await client.reactivate_task("job", "a")

    async def runs() -> int:
        return len(executor.launches)

    await until(runs, lambda number: number == 2)
    assert (await client.get_task("job", "b")).state == "active"


async def test_an_exit_condition_can_satisfy(client: BatchClient) -> None:
    await ready(client)
    satisfy = models.ExitOptions(dependency_action="satisfy")
    conditions = models.ExitConditions(
        exit_code_ranges=[models.ExitCodeRangeMapping(start=2, end=5, exit_options=satisfy)]
    )
    await client.create_task("job", task_options("a", "exit 3", exit_conditions=conditions))
    await client.create_task("job", task_options("b", depends_on=after("a")))
    failed = await completed(client, "a")
    assert failed.execution_info
    assert failed.execution_info.result == "failure"
    await completed(client, "b")


async def test_success_can_be_made_to_block(client: BatchClient) -> None:
    await ready(client)
    block = models.ExitOptions(dependency_action="block")
    conditions = models.ExitConditions(
        exit_codes=[models.ExitCodeMapping(code=0, exit_options=block)]
    )
    await client.create_task("job", task_options("a", exit_conditions=conditions))
    await client.create_task("job", task_options("b", depends_on=after("a")))
    await completed(client, "a")
    await client.create_task("job", task_options("c"))
    await completed(client, "c")
    assert (await client.get_task("job", "b")).state == "active"


async def test_a_task_satisfies_its_dependents_once(
    client: BatchClient, executor: FakeExecutor
) -> None:
    await ready(client)
    satisfy = models.ExitConditions(default=models.ExitOptions(dependency_action="satisfy"))
    await client.create_task("job", task_options("a", "exit 1", exit_conditions=satisfy))
    await client.create_task("job", task_options("b", depends_on=after("a", "other")))
    await completed(client, "a")
    await client.reactivate_task("job", "a")

    async def runs() -> int:
        return len(executor.ended)

    await until(runs, lambda number: number == 2)
    await completed(client, "a")
    await client.create_task("job", task_options("c"))
    await completed(client, "c")
    assert (await client.get_task("job", "b")).state == "active"
    await client.create_task("job", task_options("other"))
    await completed(client, "b")
