"""The creation forms: what they make, what they refuse, and how."""

from datetime import UTC, datetime

import pytest

from batchtui.core.specs import JobConstraints, TaskConstraints
from batchtui.ui.screens.new_container import NewContainerScreen
from batchtui.ui.screens.new_job import NewJobScreen
from batchtui.ui.screens.new_pool import NewPoolScreen
from batchtui.ui.screens.new_schedule import NewScheduleScreen
from batchtui.ui.screens.new_tasks import NewTasksScreen, task_id
from batchtui.ui.screens.sas import CONTAINER_RIGHTS, SasScreen
from batchtui.ui.widgets.form import ChoiceField, Field, NumberField, TextField
from batchtui.ui.widgets.form_checks import a_moment, container, entity, whole_number
from tests.fakes import FakeAccount
from tests.ui.stage import Stage, until, words


async def test_a_container_is_named_with_the_proposal_or_with_what_is_typed() -> None:
    for keys, start in (["enter"], "files-"), ([*"texts", "enter"], "texts"):
        stage = Stage(NewContainerScreen())
        async with stage.run_test() as pilot:
            await pilot.press(*keys)
            await until(pilot, stage.ended.is_set)
        assert stage.result is not None
        assert stage.result.startswith(start)


async def test_wrong_input_is_said_while_typing_and_refused() -> None:
    stage = Stage(NewContainerScreen())
    async with stage.run_test() as pilot:
        await pilot.press(*"Texts")
        assert "no upper-case letters" in words(stage)
        await pilot.press("enter")
        await pilot.pause()
        assert not stage.ended.is_set()
        await pilot.press("escape")
        await until(pilot, stage.ended.is_set)
    assert stage.result is None


async def test_a_pool_of_every_field() -> None:
    stage = Stage(NewPoolScreen(await FakeAccount().batch.images()))
    async with stage.run_test() as pilot:
        screen = stage.screen
        screen.query_one("#pool", TextField).input.value = "render"
        screen.query_one("#dedicated", NumberField).input.value = "0"
        screen.query_one("#spot", NumberField).input.value = "5"
        screen.query_one("#slots", NumberField).input.value = "4"
        screen.query_one("#start", TextField).input.value = "/bin/true"
        await pilot.press("enter")
        await until(pilot, stage.ended.is_set)
    pool = stage.result
    assert pool is not None
    assert (pool.id, pool.target_dedicated_nodes, pool.target_low_priority_nodes) == (
        "render",
        0,
        5,
    )
    assert (pool.vm_size, pool.task_slots_per_node) == ("standard_d2s_v3", 4)
    machine = pool.virtual_machine_configuration
    assert machine.node_agent_sku_id == "batch.node.ubuntu 22.04"
    assert machine.image_reference.sku == "22_04-lts"
    assert pool.start_task is not None
    assert pool.start_task.wait_for_success is True


async def test_the_first_wrong_field_gets_the_focus() -> None:
    stage = Stage(NewPoolScreen(await FakeAccount().batch.images()))
    async with stage.run_test() as pilot:
        stage.screen.query_one("#slots", NumberField).input.value = "0"
        stage.screen.query_one("#spot", NumberField).input.value = "-3"
        await pilot.press("enter")
        await pilot.pause()
        assert not stage.ended.is_set()
        assert stage.focused is stage.screen.query_one("#spot", Field).control
        assert "A whole number from 1 to 256." in words(stage)


async def test_a_pool_without_any_image_is_refused_in_words() -> None:
    stage = Stage(NewPoolScreen(()))
    async with stage.run_test() as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert not stage.ended.is_set()
        assert "no image that it has verified" in words(stage)


async def test_a_job_on_the_proposed_pool_or_another() -> None:
    stage = Stage(NewJobScreen(("cpu", "gpu", "spot"), "gpu"))
    async with stage.run_test() as pilot:
        field: ChoiceField[str] = stage.screen.query_one("#pool", ChoiceField)
        assert field.choice == "gpu"
        stage.screen.query_one("#job", TextField).input.value = "night"
        await pilot.press("tab", "enter", "down", "enter", "tab", "7", "tab", "2", "enter")
        await until(pilot, stage.ended.is_set)
    job = stage.result
    assert job is not None
    assert (job.id, job.pool_info.pool_id, job.priority) == ("night", "spot", 7)
    assert job.constraints == JobConstraints(max_task_retry_count=2)


async def test_tasks_are_numbered_and_say_so_beforehand() -> None:
    stage = Stage(NewTasksScreen("night"))
    async with stage.run_test() as pilot:
        stage.screen.query_one("#prefix", TextField).input.value = "frame"
        stage.screen.query_one("#command", TextField).input.value = "render {index} -o {x}"
        await pilot.press("tab", "tab", *"10", "tab", "3")
        assert "makes frame-01 to frame-10" in words(stage)
        await pilot.press("enter")
        await until(pilot, stage.ended.is_set)
    tasks = stage.result
    assert tasks is not None
    assert len(tasks) == 10
    assert (tasks[0].id, tasks[0].command_line) == ("frame-01", "render 1 -o {x}")
    assert (tasks[9].id, tasks[9].command_line) == ("frame-10", "render 10 -o {x}")
    assert tasks[4].constraints == TaskConstraints(max_task_retry_count=3)


async def test_an_id_too_long_only_by_its_number_is_refused() -> None:
    stage = Stage(NewTasksScreen("night"))
    async with stage.run_test() as pilot:
        stage.screen.query_one("#prefix", TextField).input.value = "x" * 60
        await pilot.press("enter")
        await until(pilot, stage.ended.is_set)
    assert stage.result is not None

    stage = Stage(NewTasksScreen("night"))
    async with stage.run_test() as pilot:
        stage.screen.query_one("#prefix", TextField).input.value = "x" * 60
        stage.screen.query_one("#count", NumberField).input.value = "1000"
        await pilot.press("enter")
        await pilot.pause()
        assert not stage.ended.is_set()
        assert "Too long: 65 characters" in words(stage)


def test_many_ids_sort_as_they_are_numbered() -> None:
    ids = [task_id("t", index, 1_000) for index in range(1, 1_001)]
    assert ids == sorted(ids)
    assert task_id("t", 1, 1) == "t"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("a-b-3", ""),
        ("ab", "3 to 63"),
        ("a" * 64, "not 64"),
        ("a--b", "two hyphens"),
        ("-ab", "starts and ends"),
        ("a_b", "not '_'"),
        ("a b", "not a space"),
        ("Abc", "upper-case"),
    ],
)
def test_containers_names(name: str, part: str) -> None:
    assert part in container(name)
    assert bool(container(name)) == bool(part)


@pytest.mark.parametrize(
    ("name", "part"),
    [("A_b-3", ""), ("", "Give it"), ("x" * 65, "65"), ("a.b", "'.'"), ("a b", "a space")],
)
def test_ids(name: str, part: str) -> None:
    assert part in entity(name)
    assert bool(entity(name)) == bool(part)


def test_whole_numbers() -> None:
    check = whole_number(-1, 12)
    assert [text for text in ("-1", "0", "12") if check(text)] == []
    assert all(check(text) for text in ("", "-", "13", "-2", "1.5", "9" * 12))


async def test_a_job_schedule_of_every_field() -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    stage = Stage(NewScheduleScreen(("cpu", "gpu"), clock=lambda: now))
    async with stage.run_test(size=(80, 24)) as pilot:
        fill = {
            "schedule": "nightly", "every": "12h", "window": "1h", "from": "in 2h",
            "until": "2026-11-20 13:00", "priority": "7", "manager": "",
        }  # fmt: skip
        for name, text in fill.items():
            stage.screen.query_one(f"#{name}", TextField).input.value = text
        await pilot.press("ctrl+s")
        assert "would end at once" in words(stage)
        stage.screen.query_one("#manager", TextField).input.value = "/bin/fill"
        await pilot.press("ctrl+s")
        assert "before it makes its first job" in words(stage)
        stage.screen.query_one("#until", TextField).input.value = "2026-12-24T18:00+01:00"
        await pilot.press("ctrl+s")
        await until(pilot, stage.ended.is_set)
    assert stage.result == {
        "id": "nightly",
        "schedule": {
            "recurrenceInterval": "PT43200S",
            "startWindow": "PT3600S",
            "doNotRunUntil": "2026-11-20T14:00:00Z",
            "doNotRunAfter": "2026-12-24T17:00:00Z",
        },
        "jobSpecification": {
            "priority": 7,
            "poolInfo": {"poolId": "cpu"},
            "onAllTasksComplete": "terminatejob",
            "jobManagerTask": {
                "id": "manager",
                "commandLine": "/bin/fill",
                "killJobOnCompletion": False,
            },
        },
    }


def test_a_time_that_cannot_be_read_says_how_to_write_one() -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert a_moment("", now) == a_moment("2026-12-24", now) == ""
    assert "in 2h" in a_moment("tomorrow", now)
    assert "1h30m" in a_moment("in a while", now)


async def test_what_lasts_longer_than_anything_is_refused_while_typing() -> None:
    stage = Stage(SasScreen("URL of container out", CONTAINER_RIGHTS))
    async with stage.run_test() as pilot:
        field = stage.screen.query_one("#lasting", TextField)
        for text in ("9999999d", "9" * 30 + "d", "9" * 5_000 + "s"):
            field.input.value = text
            await pilot.press("enter")
            assert "is too long; the longest is 3650d" in words(stage)
            assert not stage.ended.is_set()
    assert "is too long; the longest is 3650d" in a_moment("in 9999999d", datetime.now(UTC))
