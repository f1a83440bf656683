"""Entities as a person reads them, and without their secrets."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import azure.batch.models
import pytest

from batchtui.core.cleaning import cleaned
from batchtui.core.differences import compared
from batchtui.core.dossier import Dossier, Inspector
from batchtui.core.models import PoolInfo
from batchtui.core.page import TIMED, Section, said, sections, words
from batchtui.core.relations import relations
from batchtui.core.specs import JobSpec, TaskDependencies, TaskSpec
from batchtui.core.states import JobState, NodeState
from batchtui.core.subtasks import Subtask
from batchtui.core.task_page import task_sections
from batchtui.core.things import Kind, Thing
from batchtui.core.waiting import Reason
from batchtui.ui.widgets.differencerows import difference_text
from tests.fakes import FakeAccount, pool_spec, task_spec

NOW = datetime(2026, 11, 20, 12, 10, tzinfo=UTC)

TASK: dict[str, Any] = {
    "id": "t",
    "url": "https://h/jobs/j/tasks/t",
    "creationTime": "2026-11-20T12:00:00.1234567Z",
    "state": "completed",
    "stateTransitionTime": "2026-11-20T12:05:00Z",
    "commandLine": "curl 'https://h/c?sp=r&sig=SIGNATURE'\necho done",
    "environmentSettings": [
        {"name": "FRAMES", "value": "12"},
        {"name": "DB_PASSWORD", "value": "hunter2"},
    ],
    "resourceFiles": [{"httpUrl": "https://h/a?sig=SIGNATURE", "filePath": "a"}],
    "constraints": {
        "maxWallClockTime": "P10675199DT2H48M5.4775807S",
        "retentionTime": "P7D",
        "maxTaskRetryCount": 3,
    },
    "executionInfo": {
        "startTime": "2026-11-20T12:01:00Z",
        "endTime": "2026-11-20T12:05:00Z",
        "exitCode": 7,
        "result": "failure",
        "retryCount": 2,
        "lastRetryTime": "2026-11-20T12:03:00Z",
        "requeueCount": 0,
        "failureInfo": {
            "category": "UserError",
            "code": "FailureExitCode",
            "message": "The task exited with an exit code representing a failure",
            "details": [{"name": "Message", "value": "no such texture"}],
        },
    },
    "nodeInfo": {"poolId": "p", "nodeId": "n"},
    "dependsOn": {"taskIds": ["first"], "taskIdRanges": [{"start": 1, "end": 9}]},
}


def texts(parts: tuple[Section, ...], title: str) -> dict[str, str]:
    """The lines of the section of that title."""
    section = next(part for part in parts if part.title == title)
    return {line.label: line.text for line in section.lines}


def test_secrets_are_hidden_wherever_they_stand() -> None:
    pool = {"userAccounts": [{"name": "me", "password": "hunter2"}]}
    for document in (TASK, pool):
        shown = str(cleaned(document))
        assert "SIGNATURE" not in shown
        assert "hunter2" not in shown
    assert cleaned(TASK)["environmentSettings"][0] == {"name": "FRAMES", "value": "12"}


def test_a_page_says_first_what_is_wrong() -> None:
    parts = sections(TASK, NOW)
    assert parts[0].title == "What is wrong"
    assert texts(parts, "What is wrong")["  Message"] == "no such texture"
    assert texts(parts, "Constraints") == {
        "max wall clock time": "no limit",
        "retention time": "7 d",
        "max task retry count": "3",
    }
    assert texts(parts, "Environment settings")["FRAMES"] == "12"
    assert texts(parts, "Resource files")["1 · file path"] == "a"
    node = {"state": "unusable", "errors": [{"code": "DiskFull", "message": "No space."}]}
    assert texts(sections(node, NOW), "What is wrong") == {"DiskFull": "No space."}


def test_members_and_values_are_in_words() -> None:
    assert words("stateTransitionTime") == "state transition time"
    assert words("nodeAgentSKUId") == "node agent SKU id"
    assert said("2026-11-20T12:09:00.1234567Z", NOW) == "12:09:00 UTC, 1 min ago"
    assert said("2026-11-19T12:10:00Z", NOW) == "2026-11-19 12:10:00 UTC, 24 h ago"
    assert said("PT15M", NOW) == "15 min"
    assert said("Pool", NOW) == "Pool"
    assert said(True, NOW) == "yes"


def test_the_timeline_of_a_task_tells_of_every_try() -> None:
    subtask = Subtask(1, exit_code=3)
    parts = task_sections(Dossier(TASK, ("last",), (subtask,), searched=3), NOW)
    timeline = texts(parts, "Timeline")
    assert timeline["started"] == "12:01:00 UTC, 9 min ago, 1 min after its creation"
    assert timeline["tried again"] == "2 times, last at 12:03:00 UTC, 7 min ago"
    assert timeline["ended"] == "12:05:00 UTC, 5 min ago, after 4 min of work"
    assert timeline["result"] == "failed with exit code 7"
    assert "requeued" not in timeline
    dependencies = next(part for part in parts if part.title == "Dependencies").lines
    assert [(line.label, line.text) for line in dependencies] == [
        ("waits for", "first"),
        ("waits for", "1 to 9"),
        ("waited for by", "last"),
    ]
    assert "exit code 3" in texts(parts, "Subtasks")["1"]
    waiting = {"id": "t", "state": "active", "stateTransitionTime": "2026-11-20T12:00:00Z"}
    timeline = texts(task_sections(Dossier(waiting), NOW), "Timeline")
    assert timeline["active"] == "waits for a free slot, for 10 min"
    blocked = Dossier(waiting, reason=Reason("job is disabled", blocked=True))
    timeline = texts(task_sections(blocked, NOW), "Timeline")
    assert timeline["active"] == "job is disabled, for 10 min"


def test_a_thing_leads_to_others_once_each() -> None:
    found = relations(Thing(Kind.TASK, "t", "j"), Dossier(TASK, ("last", "first")))
    assert [(each.words, str(each.thing)) for each in found] == [
        ("ran on", "node n of pool p"),
        ("in", "job j"),
        ("on", "pool p"),
        ("waits for", "task first of job j"),
        ("is waited for by", "task last of job j"),
    ]
    job = Dossier({"poolInfo": {"poolId": "p"}})
    assert [str(each.thing) for each in relations(Thing(Kind.JOB, "s:job-1"), job)] == [
        "pool p",
        "job schedule s",
    ]
    recent = {"recentTasks": [{"jobId": "j", "taskId": "t", "taskState": "running"}]}
    found = relations(Thing(Kind.NODE, "n", "p"), Dossier(recent))
    assert [(each.words, str(each.thing)) for each in found] == [
        ("in", "pool p"),
        ("runs", "task t of job j"),
    ]
    assert relations(Thing(Kind.POOL, "p"), Dossier({})) == ()


async def test_a_pool_leads_to_its_jobs_and_its_nodes_the_broken_ones_first() -> None:
    account = FakeAccount()
    account.batch.by_itself = False
    for pool_id in ("p", "q"):
        await account.batch.create_pool(pool_spec(pool_id, dedicated=3))
        for name in ("a", "b"):
            job = JobSpec(id=f"{name}-{pool_id}", pool_info=PoolInfo(pool_id))
            await account.batch.create_job(job)
    account.batch.step(4)
    account.batch.world.jobs["a-p"].state = JobState.COMPLETED
    broken = account.batch.world.pools["p"].nodes[-1]
    broken.state = NodeState.UNUSABLE
    inspector = Inspector(account.gateway, Thing(Kind.POOL, "p"))
    dossier = await inspector.fetch()
    found = relations(Thing(Kind.POOL, "p"), dossier)
    assert [str(each.thing) for each in found[:2]] == ["job b-p", "job a-p"]
    assert [each.words for each in found] == ["runs", "runs", "has", "has", "has"]
    assert found[2].thing == Thing(Kind.NODE, dossier.nodes[0], "p")
    listed = (await account.batch.nodes("p", at_most=9)).items
    assert [node.state for node in listed if node.id == dossier.nodes[0]] == [NodeState.UNUSABLE]
    await inspector.fetch()
    assert account.calls.count("nodes") == 2, "once by the inspector, once by this test"


async def test_only_a_job_with_dependencies_is_searched_for_them_and_once() -> None:
    account = FakeAccount()
    account.batch.by_itself = False
    await account.batch.create_pool(pool_spec("p"))
    for job_id, uses in (("plain", False), ("linked", True)):
        job = JobSpec(id=job_id, pool_info=PoolInfo("p"), uses_task_dependencies=uses)
        await account.batch.create_job(job)
    after = TaskSpec(id="b", command_line="true", depends_on=TaskDependencies(("a",)))
    await account.batch.add_tasks("linked", [task_spec("a"), after], added=lambda _count: None)
    await account.batch.add_tasks("plain", [task_spec("a")], added=lambda _count: None)
    inspector = Inspector(account.gateway, Thing(Kind.TASK, "a", "linked"))
    assert (await inspector.fetch()).waiting == ("b",)
    assert (await inspector.fetch()).waiting == ("b",)
    assert (await Inspector(account.gateway, Thing(Kind.TASK, "a", "plain")).fetch()).searched == 0
    assert account.calls.count("dependencies") == 1


@pytest.fixture
async def account_of_two() -> FakeAccount:
    account = FakeAccount()
    account.batch.by_itself = False
    await account.batch.create_pool(pool_spec("p", dedicated=2))
    account.batch.step(3)
    await account.batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    return account


@pytest.mark.fault("2.20")
async def test_what_is_around_a_pool_is_read_again(account_of_two: FakeAccount) -> None:
    now = [0.0]
    account = account_of_two
    inspector = Inspector(account.gateway, Thing(Kind.POOL, "p"), clock=lambda: now[0])
    first = await inspector.fetch()
    assert (first.jobs, len(first.nodes)) == (("j",), 2)
    gone = account.batch.world.pools["p"].nodes.pop()
    del account.batch.world.jobs["j"]
    now[0] += 4
    assert (await inspector.fetch()).jobs == ("j",), "it costs too much for each look"
    now[0] += Inspector.AROUND
    later = await inspector.fetch()
    assert later.jobs == ()
    assert gone.id not in later.nodes
    del account.batch.world.pools["p"].nodes[:]
    inspector.sweep()
    assert (await inspector.fetch()).nodes == (), "or when the user wants to"


@pytest.mark.fault("2.20")
async def test_who_waits_for_a_task_is_read_again(account_of_two: FakeAccount) -> None:
    account, now = account_of_two, [0.0]
    spec = JobSpec(id="linked", pool_info=PoolInfo("p"), uses_task_dependencies=True)
    await account.batch.create_job(spec)

    async def add(task_id: str, *after: str) -> None:
        needs = TaskDependencies(task_ids=tuple(after)) if after else None
        task = TaskSpec(id=task_id, command_line="/bin/true", depends_on=needs)
        await account.batch.add_tasks("linked", [task], added=lambda _count: None)

    await add("a")
    thing = Thing(Kind.TASK, "a", "linked")
    inspector = Inspector(account.gateway, thing, clock=lambda: now[0])
    assert (await inspector.fetch()).waiting == ()
    await add("b", "a")
    now[0] += Inspector.AROUND
    assert (await inspector.fetch()).waiting == ("b",)


LIKE_TIMES = ("2026-11-20T09:00:00", "2026-11-20T09:00:00Z", "PT5M", "9999-12-31T23:59:59Z")


@pytest.mark.fault("1.12")
@pytest.mark.parametrize("text", LIKE_TIMES)
def test_text_of_users_stands_as_it_is(text: str) -> None:
    pair = {"name": "endTime", "value": text}
    document = {
        "displayName": text,
        "commandLine": text,
        "metadata": [pair],
        "environmentSettings": [pair],
        "commonEnvironmentSettings": [pair],
        "extensions": [{"name": "x", "settings": {"endTime": text, "deeper": {"time": text}}}],
        "resourceTags": {"creationTime": text},
        "startTask": {"commandLine": text, "environmentSettings": [pair]},
        "failureInfo": {"code": "X", "message": text, "details": [pair]},
    }
    for part in sections(document, NOW):
        for line in part.lines:
            assert text in line.text or line.text == "x"
            assert "ago" not in line.text
    (section,) = (part for part in sections(document, NOW) if part.title == "Extensions")
    assert [line.label for line in section.lines][1:] == [
        "1 · settings · endTime",
        "1 · settings · deeper · time",
    ]


@pytest.mark.fault("1.12")
@pytest.mark.parametrize("text", LIKE_TIMES)
def test_text_of_users_is_compared_as_it_is(text: str) -> None:
    left = {"metadata": [{"name": "endTime", "value": text}], "displayName": text}
    right = {"metadata": [{"name": "endTime", "value": "x"}], "displayName": "x"}
    rows = difference_text(compared(left, right), ("a", "b"), NOW, whole=True)
    assert rows.count(text) == 2
    assert "ago" not in rows


@pytest.mark.fault("1.12")
def test_times_that_are_odd() -> None:
    document = {
        "creationTime": "2026-11-20T12:00:00",
        "endTime": "yesterday",
        "startTime": "2026-11-20T12:00:00+99:00",
        "doNotRunAfter": "9999-12-31T23:59:59.9999999Z",
        "lastModified": 5,
        "resizeTimeout": "P9999999999999999D",
    }
    assert texts(sections(document, NOW), "About") == {
        "creation time": "12:00:00 UTC, 10 min ago",
        "end time": "yesterday",
        "start time": "2026-11-20T12:00:00+99:00",
        "do not run after": "never",
        "last modified": "5",
        "resize timeout": "P9999999999999999D",
    }
    assert task_sections(Dossier(document), NOW)


@pytest.mark.fault("1.12")
@pytest.mark.parametrize(
    ("details", "lines"),
    [
        (["no disk", None, 5], {"  ": "5"}),
        ({"Message": "no disk"}, {"  Message": "no disk"}),
        ("no disk", {"  ": "no disk"}),
        ({"name": "a", "value": None}, {"  a": ""}),
        ([{"name": None, "value": {"a": 1}}], {"  ": '{"a":1}'}),
        (None, {}),
    ],
)
def test_details_of_a_failure_in_another_shape(details: object, lines: dict[str, str]) -> None:
    document = {"failureInfo": {"code": None, "message": None, "details": details}}
    found = texts(sections(document, NOW), "What is wrong")
    assert found == {"failure info": ""} | lines


@pytest.mark.fault("1.12")
@pytest.mark.parametrize(
    ("length", "text"),
    [("1500", "1.5 KB, 1,500 bytes"), (12, "12 B"), ("many", "many"), ("9" * 5000, "9" * 5000)],
)
def test_a_length_may_come_as_text(length: object, text: str) -> None:
    assert texts(sections({"contentLength": length}, NOW), "About")["content length"] == text


@pytest.mark.fault("1.12")
def test_the_members_that_are_times_are_those_of_the_sdk() -> None:
    source = Path(azure.batch.models.__file__).with_name("_models.py").read_text("utf-8")
    kinds = r"(?:Optional\[)?datetime\.(?:datetime|timedelta)\]?"
    timed = rf'(\w+): {kinds} = rest_field\(\s*(?:name="(\w+)")?'
    found = {wire or name for name, wire in re.findall(timed, source)}
    assert len(found) > 25
    assert found <= TIMED


@pytest.mark.fault("1.12", "2.16")
@pytest.mark.parametrize("odd", [None, 3, "x", [], ["x", None, 3], {"a": 1}])
def test_no_shape_of_a_part_ends_the_page(odd: object) -> None:
    members = [
        *("executionInfo", "nodeInfo", "dependsOn", "recentTasks", "poolInfo", "errors", "state"),
        *("jobManagerTask", "metadata", "resizeErrors", "startTime", "creationTime"),
    ]
    document = dict.fromkeys(members, odd)
    ran = {"startTime": odd, "retryCount": odd, "exitCode": odd, "result": odd, "failureInfo": odd}
    for each in (document, document | {"executionInfo": ran}, {"dependsOn": {"taskIds": odd}}):
        shown = cleaned(each)
        assert sections(shown, NOW) is not None
        assert task_sections(Dossier(shown), NOW) is not None
        for kind in Kind:
            assert relations(Thing(kind, "x", "y"), Dossier(each)) is not None
