"""Requests of a run outlast a service that is busy, broken or away, and say so."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from batchtui.core import events
from batchtui.core.gateway import UNREADABLE, GatewayError
from batchtui.core.ledger import Outcome
from batchtui.core.run.patience import MISSING_RIGHTS, Patience, Patient
from batchtui.core.specs import TaskSpec
from tests.core.recipes import GOOD
from tests.core.runs import Scene
from tests.fakes import refused, unreachable

BUSY = GatewayError("Busy.", status=503)
ASKED = [
    "pool", "job", "container", "images", "create_container", "upload", "container_url",
    "create_pool", "create_job", "blob_url", "add_task", "task_counts", "node_counts", "blobs",
    "download", "delete_container", "delete_job", "delete_pool",
]  # fmt: skip
"""All that a run asks of an account."""
POLLS = ["job", "task_counts", "node_counts"]

Request = Callable[[None], Awaitable[str]]


def answering(*answers: GatewayError | str) -> Request:
    """A request that is answered so, the last one again and again."""
    waiting = list(answers)

    async def request(_: None) -> str:
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, GatewayError):
            raise answer
        return answer

    return request


def patient(allowed: float, said: list[events.Event]) -> Patient[None]:
    return Patient(None, Patience(allowed, said.append, first=0.001))


@pytest.mark.fault("4.5")
@pytest.mark.parametrize(
    ("call", "error"),
    [
        *((call, GatewayError("Throttled.", status=429)) for call in ASKED),
        *(
            (call, error)
            for call in ("pool", "upload", "create_pool", "add_task", "download")
            for error in (
                GatewayError("Throttled.", status=429, retry_after=0.02),
                BUSY,
                unreachable("Reset."),
                GatewayError("A page.", code=UNREADABLE),
            )
        ),
    ],
)
async def test_any_request_outlasts_it(tmp_path: Path, call: str, error: GatewayError) -> None:
    scene = Scene(tmp_path)
    scene.account.calls.fail(call, error, times=2)
    scene.new_run(yes=True, patience=5)
    assert await scene.carry_out() is Outcome.SUCCEEDED
    assert (scene.output / "a_OUT.txt").read_bytes() == b"a: 10\n"
    assert scene.orphans() == []
    (said,) = scene.all(events.Troubled)
    assert said.sentence == str(error)
    assert said.until is not None


@pytest.mark.fault("4.5")
async def test_a_request_that_fails_again_and_again_is_given_up_in_time() -> None:
    said: list[events.Event] = []
    began = time.monotonic()
    with pytest.raises(GatewayError, match=r"Busy\. Given up after 0\.1 s \(--patience\)"):
        await patient(0.1, said).ask(answering(BUSY))
    assert 0.1 <= time.monotonic() - began < 2
    assert [type(event) for event in said] == [events.Troubled], "said once, and not as recovered"


@pytest.mark.fault("4.5")
async def test_a_run_that_lost_its_patience_asks_everything_else_once() -> None:
    said: list[events.Event] = []
    patience = Patience(0.05, said.append, first=0.001)
    batch, storage = Patient(None, patience), Patient(None, patience)
    with pytest.raises(GatewayError):
        await batch.ask(answering(BUSY))
    began = time.monotonic()
    for service in (batch, storage):
        for _ in range(100):
            with pytest.raises(GatewayError, match=r"^Busy\.$"):
                await service.ask(answering(BUSY))
    assert time.monotonic() - began < 0.5
    assert await storage.ask(answering("works")) == "works"


@pytest.mark.fault("4.5")
async def test_a_stretch_ends_with_each_request_that_works() -> None:
    """Half of the requests fail for far longer than the patience, and none is given up."""
    said: list[events.Event] = []
    service = patient(0.05, said)
    until = time.monotonic() + 0.2
    while time.monotonic() < until:
        assert await service.ask(answering(BUSY, BUSY, "works")) == "works"
    troubled = [event for event in said if isinstance(event, events.Troubled)]
    recovered = [event for event in said if isinstance(event, events.Recovered)]
    assert len(troubled) == len(recovered) > 3


@pytest.mark.fault("4.5", "2.17")
@pytest.mark.parametrize("seconds", [3600, 86_400])
async def test_a_retry_after_beyond_the_patience_ends_it_at_once(
    tmp_path: Path, seconds: float
) -> None:
    scene = Scene(tmp_path)
    error = GatewayError("Busy.", status=503, retry_after=seconds)
    scene.account.calls.fail("task_counts", error)
    scene.new_run(yes=True, patience=300)
    began = time.monotonic()
    assert await scene.carry_out() is Outcome.REFUSED
    assert time.monotonic() - began < 10
    (ended,) = scene.all(events.Ended)
    hours = "1 h" if seconds == 3600 else "24 h"
    assert ended.sentence == (
        f"Busy. The service asks to be left alone for {hours}, and the patience is 5 min "
        "(--patience)."
    )
    assert len(ended.left) == 5, "everything is kept"
    assert scene.account.calls.count("delete_container") == 0


@pytest.mark.fault("4.5")
async def test_a_retry_after_within_the_patience_is_respected() -> None:
    said: list[events.Event] = []
    began = time.monotonic()
    busy = GatewayError("Busy.", status=429, retry_after=0.15)
    assert await patient(5, said).ask(answering(busy, "works")) == "works"
    assert time.monotonic() - began >= 0.15
    assert isinstance(said[0], events.Troubled)
    assert said[0].pause == 0.15


@pytest.mark.fault("4.5")
async def test_a_service_that_answers_nothing_is_given_up_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It fails only after a while, and then holds the next attempt for ever."""
    monkeypatch.setattr("batchtui.core.run.patience.GRACE", 0.1)
    said: list[events.Event] = []
    service = patient(0.3, said)
    attempts = 0

    async def request(_: None) -> str:
        nonlocal attempts
        attempts += 1
        await asyncio.sleep(0.1 if attempts == 1 else 60)
        raise unreachable("It did not answer")

    began = time.monotonic()
    with pytest.raises(GatewayError, match=r"The service did not answer\. Given up after 0\.3 s"):
        await service.ask(request)
    assert 0.3 <= time.monotonic() - began < 5
    assert attempts == 2


@pytest.mark.fault("4.5")
async def test_the_trouble_of_what_may_take_long_begins_when_it_fails() -> None:
    said: list[events.Event] = []
    answers = answering(BUSY, "works")

    async def upload(_: None) -> str:
        await asyncio.sleep(0.1)
        return await answers(None)

    assert await patient(0.05, said).ask(upload, long=True) == "works"


@pytest.mark.fault("4.5")
async def test_many_tasks_are_added_though_requests_are_limited(tmp_path: Path) -> None:
    """Each chunk has its own patience: together they would be refused again and again."""
    text = GOOD
    for old, new in (
        ('for_each = "input"', "sweep = { n = { from = 1, to = 950 } }"),
        ('resource_files = [{ url = "{input.url}", path = "{input.name}" }]\n', ""),
        ("{input.index}", "{sweep.n}"),
        ("{input.name}", "x"),
    ):
        text = text.replace(old, new)
    scene = Scene(tmp_path, text)
    batch, served = scene.account.batch, 0
    add, busy = batch.add_tasks, GatewayError("Throttled.", status=429)

    async def limited(job_id: str, tasks: Sequence[TaskSpec], **options: Any) -> None:
        nonlocal served
        served += 1
        if served % 3:
            raise busy
        await add(job_id, tasks, **options)

    batch.add_tasks = limited  # type: ignore[method-assign]
    scene.new_run(yes=True, patience=5)
    hold = scene.account.calls.hold("task_counts")
    work = asyncio.create_task(scene.carry_out())
    await hold.reached.wait()
    assert len(batch.world.jobs["count-r1"].tasks) == 950
    assert scene.all(events.Submitting)[-1].tasks == 950
    assert served <= 3 * 10 + 3
    work.cancel()
    await asyncio.wait([work])


@pytest.mark.fault("4.6")
@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("call", [*POLLS, "create_pool", "download", "delete_pool"])
async def test_a_credential_that_has_worked_is_waited_for(
    tmp_path: Path, call: str, status: int
) -> None:
    scene = Scene(tmp_path)
    denied = refused("Denied.", status=status, code="AuthenticationFailed")
    hold = scene.account.calls.hold("create_container")
    scene.new_run(yes=True, patience=5)
    work = asyncio.create_task(scene.carry_out())
    await hold.reached.wait()
    scene.account.calls.fail(call, denied, times=2)
    hold.release()
    assert await work is Outcome.SUCCEEDED
    assert scene.orphans() == []


@pytest.mark.fault("4.6")
@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("call", ["pool", "container"])
async def test_a_credential_that_never_worked_ends_it_at_once(
    tmp_path: Path, call: str, status: int
) -> None:
    scene = Scene(tmp_path)
    denied = refused("Denied.", status=status, code="AuthenticationFailed")
    for name in ASKED if call == "pool" else ["container"]:
        scene.account.calls.fail(name, denied, times=50)
    scene.new_run(patience=60)
    began = time.monotonic()
    assert await scene.carry_out() is Outcome.REFUSED
    assert time.monotonic() - began < 10
    (ended,) = scene.all(events.Ended)
    assert ended.sentence == "Denied."
    assert not scene.account.storage.held


@pytest.mark.fault("4.6")
@pytest.mark.parametrize("code", sorted(MISSING_RIGHTS))
async def test_a_missing_right_is_never_waited_for(code: str) -> None:
    said: list[events.Event] = []
    service = patient(60, said)
    await service.ask(answering("works"))
    with pytest.raises(GatewayError, match="No right"):
        await service.ask(answering(GatewayError("No right.", status=403, code=code)))
    assert not said


@pytest.mark.fault("4.6")
async def test_what_a_service_refuses_for_another_reason_proves_the_credential() -> None:
    said: list[events.Event] = []
    service = patient(5, said)
    with pytest.raises(GatewayError):
        await service.ask(answering(refused("Gone.", status=404)))
    denied = refused("Denied.", status=401)
    assert await service.ask(answering(denied, "works")) == "works"
    busy = patient(5, said)
    with pytest.raises(GatewayError, match="Denied"):
        await busy.ask(answering(BUSY, denied, "works"))


@pytest.mark.parametrize("error", [OSError("No space left on device"), RuntimeError("a bug")])
async def test_what_nobody_can_hear_ends_no_run(tmp_path: Path, error: Exception) -> None:
    scene = Scene(tmp_path)

    def publish(event: events.Event) -> None:
        raise error

    scene.new_run(yes=True, publish=publish)
    assert await scene.carry_out() is Outcome.SUCCEEDED
    assert scene.ledger.read("r1").outcome is Outcome.SUCCEEDED
    assert scene.orphans() == []
