"""Any number of tasks, in requests of at most a hundred, whatever the service makes of them."""

from typing import Any

import pytest

from batchtui.client import adding
from batchtui.core.copies import Refusal
from batchtui.core.gateway import Batch, GatewayError
from batchtui.core.specs import TaskSpec

from .canned import Answer, Asked, CannedBatch

PATH = "/jobs/j/addtaskcollection"


def specs(count: int) -> list[TaskSpec]:
    return [TaskSpec(id=f"t{number:04}", command_line="true") for number in range(count)]


def ids(asked: Asked) -> list[str]:
    return [task["id"] for task in asked.json["value"]]


def results(asked: Asked, **failures: dict[str, Any]) -> Answer:
    """The answer to a request; in another order than the tasks, as the service has it."""
    good = {"status": "Success"}
    value = [{"taskId": task, **failures.get(task, good)} for task in reversed(ids(asked))]
    return Answer({"value": value})


def failure(status: str, code: str, text: str) -> dict[str, Any]:
    return {"status": status, "error": {"code": code, "message": {"value": text}}}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "PAUSES", (0.0, 0.0))


class Count:
    def __init__(self) -> None:
        self.total = 0

    def __call__(self, more: int) -> None:
        self.total += more


@pytest.fixture
def added() -> Count:
    return Count()


async def test_all_are_added_once_and_counted(
    batch: Batch, service: CannedBatch, added: Count
) -> None:
    service.on("POST", PATH, results)
    await batch.add_tasks("j", specs(950), added=added)
    assert [len(ids(asked)) for asked in service.asked] == [100] * 9 + [50]
    assert sorted(task for asked in service.asked for task in ids(asked)) == [
        task.id for task in specs(950)
    ]
    assert ids(service.asked[0])[0] == "t0000"
    assert added.total == 950
    assert service.asked[0].json["value"][0] == {"id": "t0000", "commandLine": "true"}


async def test_no_tasks_are_no_request(batch: Batch, service: CannedBatch, added: Count) -> None:
    await batch.add_tasks("j", [], added=added)
    assert not service.asked


async def test_a_body_that_is_too_large_is_halved(
    batch: Batch, service: CannedBatch, added: Count
) -> None:
    def at_most_30(asked: Asked) -> Answer:
        if len(ids(asked)) > 30:
            return Answer.error(413, "RequestBodyTooLarge", "The request body is too large.")
        return results(asked)

    service.on("POST", PATH, at_most_30)
    await batch.add_tasks("j", specs(1000), added=added)
    assert added.total == 1000
    too_large = [asked for asked in service.asked if len(ids(asked)) > 30]
    assert len(too_large) <= 3 * adding.IN_FLIGHT, "the smaller size is kept for what follows"


async def test_one_task_that_is_too_large_is_named(
    batch: Batch, service: CannedBatch, added: Count
) -> None:
    service.on("POST", PATH, Answer.error(413, "RequestBodyTooLarge", "The body is too large."))
    with pytest.raises(GatewayError, match=r"add task t0000 to job j: the body is too large"):
        await batch.add_tasks("j", specs(4), added=added)


async def test_the_first_refused_task_is_named(
    batch: Batch, service: CannedBatch, added: Count
) -> None:
    refused = failure("ClientError", "InvalidPropertyValue", "Bad slots.\nRequestId:1\nTime:2")
    service.on("POST", PATH, lambda asked: results(asked, t0003=refused, t0007=refused))
    with pytest.raises(GatewayError) as caught:
        await batch.add_tasks("j", specs(10), added=added)
    assert str(caught.value) == (
        "Could not add task t0003 to job j: bad slots (InvalidPropertyValue)"
    )
    assert added.total == 8


async def test_a_task_that_exists_is_refused(
    batch: Batch, service: CannedBatch, added: Count
) -> None:
    exists = failure("clienterror", "TaskExists", "The specified task already exists.")
    service.on("POST", PATH, lambda asked: results(asked, t0001=exists))
    with pytest.raises(GatewayError, match=r"task t0001 to job j: .* \(TaskExists\)") as caught:
        await batch.add_tasks("j", specs(3), added=added)
    assert caught.value.exists


async def test_a_task_that_the_first_attempt_added_is_not(
    batch: Batch, service: CannedBatch, added: Count
) -> None:
    """The service may have added the tasks of a request whose answer was lost."""
    exists = failure("clienterror", "TaskExists", "The specified task already exists.")
    lost = Answer.error(502, "", "Bad Gateway")
    service.on("POST", PATH, lost, lambda asked: results(asked, t0001=exists))
    await batch.add_tasks("j", specs(3), added=added)
    assert added.total == 3


async def test_what_the_server_failed_at_is_sent_again(
    batch: Batch, service: CannedBatch, added: Count
) -> None:
    failed = failure("servererror", "InternalError", "Sorry.")
    service.on("POST", PATH, lambda asked: results(asked, t0001=failed), results)
    await batch.add_tasks("j", specs(3), added=added)
    assert [ids(asked) for asked in service.asked] == [["t0000", "t0001", "t0002"], ["t0001"]]
    assert added.total == 3


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_stays_away_is_given_up(
    batch: Batch, service: CannedBatch, added: Count, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batchtui.core.traffic.Traffic.throttled", 0.0)
    service.on("POST", PATH, Answer.error(status, "ServerBusy", "The server is busy."))
    with pytest.raises(GatewayError, match=r"tasks t0000 to t0002 to job j: .*busy") as caught:
        await batch.add_tasks("j", specs(3), added=added)
    assert caught.value.status == status
    assert len(service.asked) == 3


async def test_a_job_that_is_gone(batch: Batch, service: CannedBatch, added: Count) -> None:
    service.on("POST", PATH, Answer.error(404, "JobNotFound", "The specified job does not exist."))
    with pytest.raises(GatewayError, match=r"job j: the specified job does not exist"):
        await batch.add_tasks("j", specs(500), added=added)
    assert len(service.asked) <= adding.IN_FLIGHT


async def test_tasks_are_copied_word_for_word_and_each_refusal_is_told(
    batch: Batch, service: CannedBatch, added: Count
) -> None:
    more = f"{service.endpoint}/jobs/old/tasks?api-version=2025-06-01&$skiptoken=a^b"
    tasks = [{"id": f"t{number}", "commandLine": "x", "unheard": {"of": 1}} for number in range(3)]
    service.on(
        "GET",
        "/jobs/old/tasks",
        Answer({"value": tasks[:2], "odata.nextLink": more}),
        Answer({"value": tasks[2:]}),
    )
    first = await batch.task_documents("old")
    last = await batch.task_documents("old", rest=first.rest)
    assert [*first.items, *last.items] == tasks
    assert not last.rest
    assert "dependsOn" in service.asked[0].query["$select"]
    assert "state" not in service.asked[0].query["$select"].split(",")
    assert service.asked[1].query["$skiptoken"] == "a^b"
    bad = failure("ClientError", "InvalidPropertyValue", "Bad https://x/y?sig=abc%3D")
    service.on("POST", PATH, lambda asked: results(asked, t1=bad))
    told: list[Refusal] = []
    await batch.add_documents("j", tasks, added=added, refused=told.append)
    assert service.asked[-1].json == {"value": tasks}
    assert added.total == 2
    assert [(refusal.task_id, refusal.code) for refusal in told] == [("t1", "InvalidPropertyValue")]
    assert "abc" not in told[0].sentence
