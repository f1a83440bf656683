"""The checks of the proof find what they look for."""

import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from batchtui.core.ledger import Fact, Kind, Record
from batchtui.core.recipe.model import Cleanup
from batchtui.local.faults.log import RequestEvent
from tests.kills.inventory import Found
from tests.kills.moments import Moment, Request, Sender, moments_of
from tests.kills.survival import Kill, Means, Survival, kills_at, table
from tests.kills.verdict import (
    creation_complaints,
    deletions,
    goodbye_complaints,
    ledger_complaints,
)
from tests.kills.workload import OUTPUTS, leftovers, wrong_outputs

RECORD = Record(
    run_id="r23456",
    recipe="kills",
    file="recipe.toml",
    parameters={},
    profile=None,
    account="local",
    endpoint="http://127.0.0.1:1",
    output="out",
    pool_id="kills-r23456",
    job_id="kills-r23456",
    tasks=2,
    dependent=False,
    timeout=60,
    downloads=(),
    cleanup=Cleanup(),
    started=datetime(2026, 1, 1, tzinfo=UTC),
)
POOL = Found(Kind.POOL, "kills-r23456", "r23456")
RUN = "azsdk-python-batch/15"


@pytest.mark.parametrize(
    ("record", "found", "complaint"),
    [
        (None, POOL, "knows of no run"),
        (RECORD, POOL, "does not know it"),
        (RECORD.noting(Kind.POOL, POOL.name, Fact.INTENDED), POOL, ""),
        (RECORD.noting(Kind.POOL, POOL.name, Fact.CREATED), POOL, ""),
        (RECORD.noting(Kind.POOL, POOL.name, Fact.DELETED), POOL, "does not know it"),
        (RECORD.noting(Kind.POOL, POOL.name, Fact.REFUSED), POOL, "does not know it"),
        (RECORD.noting(Kind.JOB, POOL.name, Fact.CREATED), POOL, "does not know it"),
        (RECORD.noting(Kind.POOL, POOL.name, Fact.CREATED), replace(POOL, run_id=""), "carries"),
    ],
)
def test_what_exists_is_in_the_ledger(record: Record | None, found: Found, complaint: str) -> None:
    complaints = ledger_complaints(record, [found])
    assert bool(complaints) is bool(complaint)
    assert complaint in "".join(complaints)


def event(event: str, operation: str, path: str, number: int = 1, **more: object) -> RequestEvent:
    plain = RequestEvent(event=event, time="", request=number, operation=operation, path=path)
    return replace(plain, **{"user_agent": RUN, **more})


def test_nothing_is_created_twice() -> None:
    job, blob = ("/jobs/kills-r23456",), ("/localstorage/kills-r23456-input/a.txt",)
    once = [
        event("carried_out", "CreateJob", "/jobs", made=job),
        event("carried_out", "CreateJob", "/jobs", 2),
        *(event("carried_out", "PutBlob", blob[0], n, made=blob) for n in (3, 4)),
    ]
    assert creation_complaints(once) == []
    again = event("carried_out", "CreateJob", "/jobs", 5, made=job)
    assert creation_complaints([*once, again]) == ["/jobs/kills-r23456 was created 2 times."]


def test_only_what_a_run_asks_for_is_its_deletion() -> None:
    asked = event("received", "DeletePool", "/pools/kills-r23456")
    node = replace(asked, operation="DeleteBlob", user_agent="batchtui-node azsdk-python")
    assert deletions([asked, node, event("received", "GetPool", "/pools/p")]) == {"DeletePool"}


@pytest.mark.parametrize(
    ("said", "as_json", "complaint"),
    [
        ("`batchtui wait r23456` goes on with the run.", False, ""),
        ("Interrupted after 3 s", False, "does not say"),
        ("Traceback (most recent call last):\n`batchtui wait r23456`", False, "traceback"),
        ('{"event": "ended", "outcome": "interrupted", "left": []}', True, ""),
        ('{"event": "ended", "outcome": "failed", "left": []}', True, "not that of an interrupted"),
        ('{"event": "created"}', True, "not that of an interrupted"),
        ("", True, "not that of an interrupted"),
        (
            '{"event": "ended", "outcome": "interrupted", "left": [{"kind": "job", "name": "j"}]}',
            True,
            "other things than the ledger",
        ),
    ],
)
def test_the_goodbye_says_how_to_go_on(said: str, as_json: bool, complaint: str) -> None:
    complaints = goodbye_complaints(signal.SIGTERM, said, RECORD, as_json=as_json)
    assert bool(complaints) is bool(complaint)
    assert complaint in "".join(complaints)


def test_outputs_are_compared_with_what_the_tasks_wrote(tmp_path: Path) -> None:
    assert wrong_outputs(tmp_path, complete=False) == []
    assert len(wrong_outputs(tmp_path, complete=True)) == len(OUTPUTS) == 4
    for name, text in OUTPUTS.items():
        (tmp_path / name).write_text(text)
    assert wrong_outputs(tmp_path, complete=True) + leftovers(tmp_path) == []
    (tmp_path / "first.upper").write_text(OUTPUTS["first.upper"][:-1])
    (tmp_path / ".first.upper.part").touch()
    assert wrong_outputs(tmp_path, complete=False) == [
        "The output first.upper is not what its task wrote."
    ]
    assert leftovers(tmp_path) == [".first.upper.part is left among the outputs."]


def test_a_moment_is_the_same_in_every_run() -> None:
    def requests(run_id: str) -> list[RequestEvent]:
        return [
            event("received", "GetJob", f"/jobs/kills-{run_id}"),
            event("carried_out", "GetJob", f"/jobs/kills-{run_id}"),
            event("received", "GetJob", f"/jobs/kills-{run_id}", 2),
            event("received", "CreateTaskCollection", f"/jobs/kills-{run_id}/addtaskcollection", 3),
            event("received", "PutBlob", f"/localstorage/kills-{run_id}-input/a-b.txt", 4),
            event("received", "GetJob", f"/jobs/kills-{run_id}", 5, user_agent="tests-kills azsdk"),
        ]

    moments = moments_of(requests("r23456"))
    assert moments == moments_of(requests("abcdef"))
    assert len(moments) == len(set(moments)) == 8
    assert moments[:2] == [
        Moment(Request(Sender.RUN, "GetJob", "/jobs/kills-RUN", 1), served)
        for served in (False, True)
    ]
    assert [str(moment) for moment in moments[2::5]] == [
        "before GetJob /jobs/kills-RUN (2) of the run",
        "after PutBlob /localstorage/kills-RUN-input/a-b.txt of the run",
    ]


def test_the_table_counts_what_went_well() -> None:
    moments = moments_of([event("received", "GetJob", "/jobs/kills-r23456")])
    kills = [*kills_at(Means.KILL, moments, 1), Kill(Means.ACCOUNT, moments[0])]
    survivals = [
        Survival(kills[0], (), 0.1, 4.0),
        Survival(kills[1], ("No.",), 9.0, 9.0),
        Survival(kills[2], (), 2.0, 8.0),
    ]
    assert table(survivals).splitlines()[2:] == [
        "| SIGKILL | 1 of 2 | 0.1s | 4.0s (4.0s) |",
        "| account | 1 of 1 | 2.0s | 8.0s (8.0s) |",
    ]
    assert str(survivals[1]).endswith("after GetJob /jobs/kills-RUN of the run --yes:\n  No.")
