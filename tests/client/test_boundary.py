"""Whatever comes as an answer, nothing but a `GatewayError` with a sentence crosses the seam."""

import asyncio
import inspect
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from batchtui.client.connect import connect
from batchtui.core.gateway import Batch, GatewayError, Storage, TaskFile
from batchtui.core.models import PoolInfo
from batchtui.core.profile import Profile
from batchtui.core.queries import EVERY_TASK
from batchtui.core.specs import JobSpec, TaskConstraints, TaskSpec
from batchtui.core.states import NodeState
from batchtui.core.steering import Deallocation, DisableTasks
from batchtui.core.things import Kind, Thing
from batchtui.core.traffic import Traffic

from .canned import ACCOUNT, KEY
from .rubbish import ANSWERS, giving
from .test_errors import POOL

GIVEN: dict[str, Any] = {
    "pool_id": "p",
    "node_id": "n",
    "node_ids": ["n"],
    "job_id": "j",
    "task_id": "t",
    "schedule_id": "s",
    "name": "box",
    "states": [NodeState.STARTING],
    "before": datetime.now(UTC),
    "at_most": 10,
    "where": EVERY_TASK,
    "rest": "",
    "since": None,
    "with_errors": True,
    "file": TaskFile("j", "t", "stdout.txt"),
    "start": 10,
    "length": 10,
    "pool": POOL,
    "job": JobSpec(id="j", pool_info=PoolInfo("p")),
    "kind": Kind.POOL,
    "document": {"id": "p"},
    "within": "",
    "thing": Thing(Kind.POOL, "p"),
    "changes": {"id": "p"},
    "dedicated": 1,
    "spot": 1,
    "deallocation": Deallocation.REQUEUE,
    "formula": "x",
    "interval": timedelta(minutes=5),
    "limits": TaskConstraints(),
    "container": "box",
    "blob": "a",
    "rights": "r",
    "lasting": timedelta(hours=1),
    "sent": lambda _more: None,
    "received": lambda _more: None,
    "added": lambda _more: None,
    "refused": lambda _refusal: None,
}
"""What to give for each parameter of the seam."""

SENDS_NOTHING = ("container_url", "blob_url")
"""What an account key does without a request."""

CHANGES_BY_200 = (
    "update",
    "delete_task",
    "limit_task",
    "enable_autoscale",
    "disable_autoscale",
    "disable_scheduling",
    "enable_scheduling",
)
"""Changes that the service confirms with a bare 200."""

READS = ("file_state", "read_file", "blob_state", "read_blob", "download")
"""What a file holds may be anything."""


def methods(protocol: type) -> Iterator[tuple[str, list[str]]]:
    """Each method of the seam with the parameters that have no default, and those in GIVEN."""
    for name, method in inspect.getmembers(protocol, inspect.isfunction):
        if not name.startswith("_"):
            every = inspect.signature(method).parameters.values()
            needed = [p.name for p in every if p.default is p.empty or p.name in GIVEN]
            yield name, [each for each in needed if each != "self"]


def arguments(name: str, parameters: list[str], folder: Path) -> dict[str, Any]:
    given = GIVEN | {
        "tasks": (
            [TaskSpec(id="t", command_line="true")]
            if name == "add_tasks"
            else [{"id": "t"}]
            if name == "add_documents"
            else DisableTasks.REQUEUE
            if name == "disable_job"
            else Deallocation.REQUEUE
        ),
        "source": folder / "source",
        "target": folder / "target",
    }
    return {each: given[each] for each in parameters}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDKs wait between their attempts."""
    sleep = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda _seconds: sleep(0))


@pytest.mark.fault("1.5", "1.7", "1.11", "1.16", "2.21")
@pytest.mark.parametrize("name", ANSWERS)
async def test_every_method_turns_rubbish_into_a_sentence(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    (tmp_path / "source").write_text("x")
    wrong: list[str] = []
    async with giving(ANSWERS[name]) as url:
        profile = Profile(
            "t", url, ACCOUNT, KEY, f"{url}/{ACCOUNT}", storage_account=ACCOUNT, storage_key=KEY
        )
        async with connect(profile, Traffic()) as gateway:
            for side, protocol in ((gateway.batch, Batch), (gateway.storage, Storage)):
                for method, parameters in methods(protocol):
                    call = getattr(side, method)
                    given = arguments(method, parameters, tmp_path)
                    if protocol is Storage and "thing" in given:
                        given["thing"] = Thing(Kind.CONTAINER, "box")
                    said = await outcome(call, given)
                    if not acceptable(name, method, said):
                        wrong.append(f"{method}: {said}")
    assert not wrong, "\n".join(wrong)
    assert not (tmp_path / "target").exists() or ANSWERS[name].status < 300


async def outcome(call: Callable[..., Any], given: dict[str, Any]) -> object:
    try:
        return ("returned", await call(**given))
    except GatewayError as error:
        return error


def acceptable(name: str, method: str, said: object) -> bool:
    answer = ANSWERS[name]
    if isinstance(said, GatewayError):
        sentence = str(said)
        assert sentence.startswith("Could not "), sentence
        assert "\n" not in sentence
        assert not any(word in sentence for word in ("Error:", "Traceback", "<!DOCTYPE")), sentence
        if answer.status < 400 or "page" in name:
            return said.transient and not said.missing
        return True
    if method in SENDS_NOTHING:
        return True
    empty = not answer.body
    if "page" in name or answer.status >= 300:
        return False
    if method in READS:
        return True
    return empty and (
        method in CHANGES_BY_200 or (answer.status == 204 and said == ("returned", None))
    )
