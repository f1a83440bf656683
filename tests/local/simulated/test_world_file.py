"""World files are read strictly, and an error names the key."""

from pathlib import Path

import pytest

from batchtui.local.simulated.world_file import read_world
from batchtui.local.trouble import LocalAccountError
from batchtui.paths import world_file

POOL = "[[pools]]\nid = 'p'\ndedicated = 2\nspot = 1\n"
JOB = "[[jobs]]\nid = 'j'\npool = 'p'\ntasks = 3\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "world.toml"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            "[[pools]]\nid = 'p'\nslotz = 2",
            r"pools\[0\]: object contains unknown field `slotz`",
        ),
        (
            "[[pools]]\nid = 'p'\nslots = 'two'",
            r"pools\[0\]\.slots: expected `int`, got `str`",
        ),
        ("[[pools]]\nid = 'p'\nboot = '90s'", r"boot: invalid ISO8601 duration"),
        ("[[pools]]\nid = 'p'\ncount = 2", r"pools\[0\]\.id: there are two"),
        ("[[pools]]\nid = 'p-{k}'", r"pools\[0\]\.id: \{n\} is the only placeholder"),
        (POOL + "states = { offline = 4 }", r"pools\[0\]\.states: they count 4 nodes"),
        (POOL + "states = { preempted = 2 }", r"pools\[0\]\.states\.preempted: only spot"),
        (POOL + "states = { starttaskfailed = 1 }", r"pools\[0\]\.states: without a start_task"),
        (POOL + "stuck = 1", r"pools\[0\]\.stuck: only 0 nodes"),
        (JOB, r"jobs\[0\]\.pool: there is no pool p"),
        (POOL + JOB + "slots = 2", r"jobs\[0\]\.slots: a node of p has only 1"),
        (POOL + JOB + "task_id = 't'", r"jobs\[0\]\.task_id: all tasks"),
        (POOL + JOB + "state = 'busy'", r"state: .*matching regex"),
        (POOL + JOB + "failures = [{ share = 0.1 }]", r"failures\[0\]: give one of exit_code"),
        (
            POOL + JOB + "failures = [{ share = 0.1, exit_code = 0 }]",
            r"failures\[0\]\.exit_code: 0 is no failure",
        ),
        (
            POOL + JOB + "failures = [{ share = 0.1, code = 'Bad' }]",
            r"failures\[0\]\.code: 'Bad' is none of BlobNotFound",
        ),
        (
            POOL + JOB + "failures = [{ share = 0.7, exit_code = 1 }, { share = 1, hangs = true }]",
            r"jobs\[0\]\.failures: their shares",
        ),
        ("[[pools", "not valid TOML"),
    ],
)
def test_an_error_names_the_file_and_the_key(file: Path, text: str, wrong: str) -> None:
    file.write_text(text if text.startswith("[[pools\n") else f"name = 'w'\n{text}")
    with pytest.raises(LocalAccountError, match=wrong) as caught:
        read_world(file)
    assert str(file) in str(caught.value)


def test_a_missing_file_is_said(file: Path) -> None:
    with pytest.raises(LocalAccountError, match="cannot be read: No such file"):
        read_world(file)


def test_counted_pools_and_jobs_are_each_by_themselves(file: Path) -> None:
    file.write_text(
        "name = 'w'\n[[pools]]\nid = 'p-{n}'\ncount = 2\ndedicated = 1\n"
        "[[jobs]]\nid = 'j-{n}'\ncount = 2\npool = 'p-{n}'\ntasks = 10\ncommand = 'do {n}'\n"
    )
    world = read_world(file)
    assert [pool.id for pool in world.pools] == ["p-1", "p-2"]
    assert [(job.id, job.pool, job.command) for job in world.jobs] == [
        ("j-1", "p-1", "do {n}"),
        ("j-2", "p-2", "do {n}"),
    ]


@pytest.mark.parametrize(
    ("name", "nodes", "jobs", "tasks"),
    [("busy", 2500, 40, 100_000), ("broken", 76, 5, 1758), ("huge", 10_000, 5, 1_080_000)],
)
def test_the_worlds_that_come_along_are_as_large_as_they_say(
    name: str, nodes: int, jobs: int, tasks: int
) -> None:
    file = world_file(name)
    assert file is not None
    world = read_world(file)
    assert world.name == name
    assert sum(pool.dedicated + pool.spot for pool in world.pools) == nodes
    assert (len(world.jobs), sum(job.tasks for job in world.jobs)) == (jobs, tasks)
