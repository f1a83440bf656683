"""What the service is asked for is what the recipe says."""

from datetime import timedelta
from pathlib import Path

from batchtui.core.models import NameValue
from batchtui.core.specs import Elevation, PoolSpec, ResourceFile, TaskSpec, UploadCondition
from tests.core.recipes import GOOD
from tests.core.runs import Scene
from tests.fakes import pool_spec
from tests.fakes.storage import SIGNATURE

URL = "https://fake.blob.example"


async def task(folder: Path, more: str) -> TaskSpec:
    """The one task of a recipe that has these lines in its entry."""
    text = GOOD.replace('[[tasks]]\nfor_each = "input"\nid = "count-{input.index}"', "[[tasks]]")
    a, b = text.index('command = "count.py {'), text.index("[monitor]")
    scene = Scene(folder, text[:a] + more + "\n" + text[b:])
    scene.answer = False
    await scene.carry_out()
    (made,) = scene.account.batch.world.jobs["count-r1"].tasks.values()
    return made.spec


async def pool(folder: Path, good: str, bad: str) -> PoolSpec:
    assert good in GOOD
    scene = Scene(folder, GOOD.replace(good, bad))
    scene.answer = False
    await scene.carry_out()
    return scene.account.batch.world.pools["count-r1"].spec


async def test_each_kind_of_resource_file(tmp_path: Path) -> None:
    made = await task(
        tmp_path,
        """id = "t"
        command = "x"
        resource_files = [
          { container = "input" },
          { container = "input", prefix = "a/", path = "in", mode = "0755" },
          { container = "input", blob = "b c.txt" },
          { container = "input", blob = "b.txt", path = "c.txt" },
          { url = "https://example.org/{run}", path = "d" },
        ]""",
    )
    read = f"?sp=rl&sig={SIGNATURE}"
    assert made.resource_files == (
        ResourceFile(storage_container_url=f"{URL}/count-r1-in{read}"),
        ResourceFile(
            storage_container_url=f"{URL}/count-r1-in{read}",
            blob_prefix="a/",
            file_path="in",
            file_mode="0755",
        ),
        ResourceFile(http_url=f"{URL}/count-r1-in/b%20c.txt{read}", file_path="b c.txt"),
        ResourceFile(http_url=f"{URL}/count-r1-in/b.txt{read}", file_path="c.txt"),
        ResourceFile(http_url="https://example.org/r1", file_path="d"),
    )


async def test_the_rest_of_a_task(tmp_path: Path) -> None:
    made = await task(
        tmp_path,
        """id = "t-{index}"
        command = "x {container.output.name} {container.output.sas}"
        environment = { WORDS = "{param.words}", PLACE = "{container.output.url}" }
        output_files = [
          { pattern = "*.mp3", container = "output" },
          { pattern = "../std*.txt", container = "output", path = "{index}", when = "failure" },
        ]
        elevation = "admin"
        retries = 2
        max_time = "1h30m\"""",
    )
    write = f"sp=rcwl&sig={SIGNATURE}"
    assert made.id == "t-0"
    assert made.command_line == f"x count-r1-out {write}"
    assert made.environment_settings == (
        NameValue("WORDS", "3"),
        NameValue("PLACE", f"{URL}/count-r1-out?{write}"),
    )
    success, failure = made.output_files
    assert success.destination.container.container_url == f"{URL}/count-r1-out?{write}"
    assert success.destination.container.path is None
    assert success.upload_options.upload_condition is UploadCondition.SUCCESS
    assert failure.destination.container.path == "0"
    assert failure.upload_options.upload_condition is UploadCondition.FAILURE
    assert made.user_identity is not None
    assert made.user_identity.auto_user.elevation_level is Elevation.ADMIN
    assert made.constraints is not None
    assert made.constraints.max_task_retry_count == 2
    assert made.constraints.max_wall_clock_time == timedelta(minutes=90)


async def test_dependencies_by_glob_leave_the_task_itself_out(tmp_path: Path) -> None:
    more = '[[tasks]]\nid = "count-last"\ncommand = "x"\ndepends_on = ["count-*"]\n[monitor]'
    scene = Scene(tmp_path, GOOD.replace("[monitor]", more))
    scene.answer = False
    await scene.carry_out()
    job = scene.account.batch.world.jobs["count-r1"]
    assert job.spec.uses_task_dependencies
    waiting = job.tasks["count-last"].spec.depends_on
    assert waiting is not None
    assert waiting.task_ids == ("count-0", "count-1", "count-2")


async def test_a_pools_nodes_slots_and_start_task(tmp_path: Path) -> None:
    made = await pool(
        tmp_path, "[pool.start_task]",
        'spot = 5\nslots = 4\n[pool.start_task]\nelevation = "admin"\nretries = 3\n'
        "wait_for_success = false\nenvironment = { A = '{run}' }",
    )  # fmt: skip
    assert (made.target_dedicated_nodes, made.target_low_priority_nodes) == (2, 5)
    assert made.task_slots_per_node == 4
    assert made.metadata[0] == NameValue("batchtui-run", "r1")
    start = made.start_task
    assert start is not None
    assert (start.max_task_retry_count, start.wait_for_success) == (3, False)
    assert start.environment_settings == (NameValue("A", "r1"),)
    assert start.user_identity is not None
    assert start.resource_files[0].storage_container_url is not None


async def test_an_existing_pool_is_used_and_left(tmp_path: Path) -> None:
    a, b = GOOD.index("[pool]"), GOOD.index("[job]")
    scene = Scene(tmp_path, GOOD[:a] + '[pool]\nuse = "shared"\n' + GOOD[b:])
    await scene.account.batch.create_pool(pool_spec("shared"))
    await scene.carry_out()
    assert scene.asked == ["Delete job count-r1?"]
    assert list(scene.account.batch.world.pools) == ["shared"]
    assert scene.account.calls.count("create_pool") == 1
