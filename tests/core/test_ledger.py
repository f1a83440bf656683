"""What the ledger says is on the disk before anything is asked for, and outlives versions."""

import json
import os
import stat
from pathlib import Path

import pytest

from batchtui.core.events import Ended
from batchtui.core.ledger import Fact, Kind, Ledger, LedgerError, Outcome, Record
from batchtui.core.recipe.model import AfterTrouble
from tests.core.runs import Scene

OLD = """{
  "run_id": "k3f9qa", "recipe": "count", "file": "/r/recipe.toml", "parameters": {"words": 3},
  "profile": null, "account": "a", "endpoint": "https://a.westeurope.batch.azure.com",
  "output": "/out", "pool_id": "p", "job_id": "j", "tasks": 3, "dependent": false,
  "submitted": true, "timeout": 1200.0,
  "downloads": [{"container": "c", "files": "*", "to": "."}],
  "cleanup": {"containers": "delete", "job": "ask", "pool": "ask"},
  "started": "2026-01-01T12:00:00Z", "ended": null, "outcome": "running",
  "things": [{"kind": "pool", "name": "p", "fact": "created"}]
}"""


@pytest.mark.fault("4.7")
def test_a_ledger_of_an_older_version_is_read(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    (tmp_path / "k3f9qa.json").write_text(OLD)
    record = ledger.read("k3f9qa")
    assert [thing.name for thing in record.left] == ["p"]
    assert not record.labelled
    assert record.verdict is None
    assert record.cleanup.on_failure == AfterTrouble()
    assert record.patience == 300
    ledger.write(record)
    assert ledger.read("k3f9qa") == record


@pytest.mark.fault("4.1", "4.2", "4.3", "5.6")
async def test_each_step_is_on_the_disk_before_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(tmp_path)
    calls = scene.account.calls
    synced: list[str] = []
    note, sync = calls.note, os.fsync

    def fsync(descriptor: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    async def noted(name: str, *arguments: object) -> None:
        if name.startswith("create_"):
            assert synced[-2:] == ["file", "folder"]
            kind = Kind(name.removeprefix("create_"))
            fact = scene.ledger.read("r1").fact(kind, str(arguments[0]))
            assert fact is Fact.INTENDED
            synced.clear()
        await note(name, *arguments)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(calls, "note", noted)
    assert await scene.carry_out() is Outcome.SUCCEEDED
    files = scene.ledger.folder.iterdir()
    modes = {path.suffix: stat.S_IMODE(path.stat().st_mode) for path in files}
    assert modes == {".json": 0o600, ".lock": 0o600}
    assert stat.S_IMODE(scene.ledger.folder.stat().st_mode) == 0o700


async def test_the_ledger_holds_the_recipe_and_its_inputs(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    await scene.killed_at("create_container", served=False)
    written = json.loads((scene.ledger.folder / "r1.json").read_text())
    assert written["text"] == scene.plan.text
    assert {each["blob"] for each in written["inputs"]} == {
        "a.txt", "b.txt", "c.txt", "count.py",
    }  # fmt: skip
    for each in written["inputs"]:
        found = Path(each["source"]).stat()
        assert (each["size"], each["modified"]) == (found.st_size, found.st_mtime_ns)
        assert len(each["md5"]) == 32


async def test_a_ledger_that_cannot_be_written_ends_the_run_before_the_step(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    write = scene.ledger.write

    def full(record: Record) -> None:
        if record.fact(Kind.POOL, "count-r1"):
            raise LedgerError("Could not write r1.json: the disk is full.")
        write(record)

    scene.ledger.write = full  # type: ignore[method-assign]
    scene.new_run(yes=True)
    assert await scene.carry_out() is Outcome.REFUSED
    assert scene.account.calls.count("create_pool") == 0
    assert scene.account.calls.count("delete_container") == 0
    (ended,) = scene.all(Ended)
    assert "the disk is full" in ended.sentence
    assert len(scene.account.storage.held) == 3
