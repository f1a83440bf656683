"""Files wherever they lie: as a tree, and saved."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from batchtui.core import shelves
from batchtui.core.entries import Entry, of_files, tree
from batchtui.core.gateway import GatewayError
from batchtui.core.models import FileProperties, FileState, NodeFile, PoolInfo
from batchtui.core.specs import JobSpec
from batchtui.core.transfer import Progress, move_all
from tests.fakes import FakeAccount, Outcome, pool_spec, task_spec

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ENTRIES = (
    Entry("stdout.txt", 10, NOON),
    Entry("wd", folder=True, files=0),
    Entry("wd/out/b.bin", 5, NOON),
    Entry("wd/a.txt", 1, None),
)


def test_folders_come_before_files_and_sum_up_what_is_in_them() -> None:
    whole = tree(ENTRIES, None)
    assert [entry.path for entry in whole] == [
        "wd", "wd/out", "wd/out/b.bin", "wd/a.txt", "stdout.txt",
    ]  # fmt: skip
    assert (whole[0].size, whole[0].files, whole[0].modified) == (6, 2, NOON)
    assert (whole[1].folder, whole[1].depth, whole[1].name) == (True, 1, "out")


def test_a_folded_folder_hides_what_is_in_it() -> None:
    assert [entry.path for entry in tree(ENTRIES, frozenset())] == ["wd", "stdout.txt"]
    opened = tree(ENTRIES, frozenset({"wd"}))
    assert [entry.path for entry in opened] == ["wd", "wd/out", "wd/a.txt", "stdout.txt"]


def test_a_listing_of_files_becomes_entries() -> None:
    listed = (NodeFile("wd", True), NodeFile("a", properties=FileProperties(3, NOON)))
    assert of_files(listed) == (Entry("wd", folder=True, files=0), Entry("a", 3, NOON))


def test_a_folder_is_saved_with_all_that_is_in_it(tmp_path: Path) -> None:
    plan = shelves.planned(ENTRIES, [Entry("wd", folder=True)], tmp_path)
    assert {piece.path for piece in plan.pieces} == {
        tmp_path / "wd/out/b.bin", tmp_path / "wd/a.txt",
    }  # fmt: skip
    assert [p.blob for p in shelves.fitting(ENTRIES, "*.txt", tmp_path).pieces] == [
        "stdout.txt",
        "wd/a.txt",
    ]


async def account_with(stdout: bytes) -> FakeAccount:
    account = FakeAccount()
    account.batch.outcomes["t"] = Outcome(stdout=stdout)
    await account.batch.create_pool(pool_spec("p", dedicated=1))
    await account.batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    await account.batch.add_tasks("j", [task_spec("t")], added=lambda _count: None)
    account.batch.step(9)
    return account


async def test_files_of_a_task_and_of_a_container_are_saved_alike(tmp_path: Path) -> None:
    account = await account_with(b"text")
    account.storage.put("box", {"deep/er.txt": b"blob"})
    reports: list[Progress] = []
    for shelf in (
        shelves.of_task(account.gateway, "j", "t"),
        shelves.of_container(account.gateway, "box"),
    ):
        entries = (await shelf.entries()).items
        pieces = shelves.fitting(entries, "*", tmp_path).pieces
        assert await move_all(shelf.save, pieces, reports.append) == ()
    assert (tmp_path / "stdout.txt").read_bytes() == b"text"
    assert (tmp_path / "deep/er.txt").read_bytes() == b"blob"
    assert reports[-1] == Progress(1, 1, 4, 4)
    assert not list(tmp_path.rglob("*.part"))


async def test_a_file_that_shrinks_while_it_is_saved_leaves_nothing(tmp_path: Path) -> None:
    account = await account_with(b"text")
    shelf = shelves.of_task(account.gateway, "j", "t")
    state = account.batch.file_state

    async def too_large(file: object) -> FileState:
        told = await state(shelf.file("stdout.txt"))  # type: ignore[arg-type]  # a task's
        return FileState(told.size + 1)

    account.batch.file_state = too_large  # type: ignore[method-assign]  # one lie is enough
    with pytest.raises(GatewayError, match="became shorter"):
        await shelf.files.save(
            shelf.file("stdout.txt"), tmp_path / "out", received=lambda _more: None
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.fault("3.4")
def test_a_file_and_a_folder_of_one_path_are_both_shown() -> None:
    names = ("x", "x/y", "a//b", "/abs", "", "t/", ".")
    shown = tree([Entry(name, 1) for name in names], None)
    assert sorted(e.path for e in shown if not e.folder) == sorted(names)
    assert [e.path for e in shown if e.folder].count("x") == 1


@pytest.mark.fault("3.9")
async def test_what_is_saved_is_not_cut_as_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "AT_MOST", 3)
    account = FakeAccount()
    account.storage.put("box", {f"{index}": b"" for index in range(9)})
    shelf = shelves.of_container(account.gateway, "box", with_blob="8")
    shown = await shelf.entries()
    assert ([entry.path for entry in shown.items], shown.complete) == (["0", "1", "2", "8"], False)
    assert len(await shelf.all_entries()) == 9
    await account.batch.create_pool(pool_spec("p", dedicated=1))
    node = shelves.of_node(account.gateway, "p", "tvm-d-0")
    assert len((await node.entries()).items) == 3
    assert len(await node.all_entries()) == 6


@pytest.mark.fault("3.1", "2.14")
async def test_a_file_that_is_written_anew_while_it_is_saved_leaves_nothing(tmp_path: Path) -> None:
    account = await account_with(b"text")
    shelf = shelves.of_task(account.gateway, "j", "t")
    states = iter((FileState(4, NOON, NOON), FileState(4, NOON, NOON.replace(hour=13))))

    async def anew(_file: object) -> FileState:
        return next(states)

    account.batch.file_state = anew  # type: ignore[assignment, method-assign]  # a retry
    file, target = shelf.file("stdout.txt"), tmp_path / "out"
    with pytest.raises(GatewayError, match="written anew while it was read"):
        await shelf.files.save(file, target, received=lambda _more: None)
    states = iter((FileState(4, NOON, NOON), FileState(3, NOON, NOON)))
    with pytest.raises(GatewayError, match="written anew"):
        await shelf.files.save(file, target, received=lambda _more: None)
    assert not list(tmp_path.iterdir())
    states = iter((FileState(4, NOON), FileState(9, NOON.replace(hour=13))))
    await shelf.files.save(file, target, received=lambda _more: None)
    assert target.read_bytes() == b"text", "what it held at first, though it grows"
