"""What is downloaded lands below the folder, and nowhere else."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchtui.core.download_plan import file_name, matching, plan_download
from batchtui.core.models import Blob
from tests.fakes import FakeAccount


def blobs(*names: str) -> list[Blob]:
    return [Blob(name, 3) for name in names]


async def test_a_pattern_takes_whole_names_and_slashes_too() -> None:
    account = FakeAccount()
    account.storage.put("out", {"a.txt": b"a", "b/c.txt": b"bc", "b/c.bin": b"x"})
    names = [blob.name for blob in await matching(account.storage, "out", "*.txt")]
    assert names == ["a.txt", "b/c.txt"]
    assert len(await matching(account.storage, "out", "*")) == 3


def test_the_tree_is_kept_and_nothing_leaves_the_folder(tmp_path: Path) -> None:
    names = ("a/b.txt", "../evil", "/etc/passwd", "a/../../evil", "a\\..\\..\\evil", "plain")
    plan = plan_download(blobs(*names), tmp_path)
    assert [piece.path for piece in plan.pieces] == [tmp_path / "a" / "b.txt", tmp_path / "plain"]
    assert plan.size == 6
    assert [blob.name for blob in plan.skipped] == list(names[1:5])
    assert all(blob.reason == "its name leads out of the folder" for blob in plan.skipped)
    (tmp_path / "plain").touch()
    assert plan.existing() == (tmp_path / "plain",)


@pytest.mark.fault("3.4", "5.5")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        (".", "'.'"),
        ("..", "leads out"),
        ("../../x", "leads out"),
        ("/abs", "leads out"),
        ("a/./b", "'.'"),
        ("a//b", "empty folder"),
        ("a/", "ends in a slash"),
        ("a\0b", "NUL"),
        ("n" * 300, "255 bytes"),
        ("日" * 86, "255 bytes"),
        ("/".join(["d" * 200] * 30), "4095 bytes"),
        ("\ud800", "cannot be written"),
    ],
)
def test_a_name_that_no_file_can_have_is_skipped_with_why(
    tmp_path: Path, name: str, reason: str
) -> None:
    plan = plan_download(blobs("before", name, "z/after"), tmp_path)
    assert [piece.blob for piece in plan.pieces] == ["before", "z/after"]
    (skipped,) = plan.skipped
    assert skipped.name == name
    assert reason in skipped.reason
    assert reason in plan.lines[0]


@pytest.mark.fault("3.4")
def test_a_file_that_is_a_folder_too_gives_way_to_the_folder(tmp_path: Path) -> None:
    plan = plan_download(blobs("x", "x/y", "x/y/z", "x/w", "xx"), tmp_path)
    assert [piece.blob for piece in plan.pieces] == ["x/y/z", "x/w", "xx"]
    assert [(blob.name, blob.reason) for blob in plan.skipped] == [
        ("x", "the folder of 'x/y' has its place"),
        ("x/y", "the folder of 'x/y/z' has its place"),
    ]


@pytest.mark.fault("3.4")
def test_names_that_are_one_on_the_disk(tmp_path: Path) -> None:
    names = ("A.txt", "a.txt", "é", "e\u0301", "Dir/x", "dir/y", "b", "B/c")
    plan = plan_download(blobs(*names), tmp_path, ignores_case=True)
    assert [piece.blob for piece in plan.pieces] == ["A.txt", "é", "Dir/x", "dir/y", "B/c"]
    assert [blob.name for blob in plan.skipped] == ["a.txt", "e\u0301", "b"]
    assert len(plan_download(blobs(*names), tmp_path, ignores_case=False).pieces) == len(names)
    assert len(plan_download(blobs("a", "a"), tmp_path).pieces) == 1, "a page that came twice"


@given(st.lists(st.text(max_size=8) | st.text("./\\aA", max_size=6), max_size=6))
def test_whatever_the_names_each_file_lies_below_the_folder_alone(names: list[str]) -> None:
    folder = Path("/no/such/folder")
    plan = plan_download(blobs(*names), folder)
    paths = [piece.path for piece in plan.pieces]
    assert len(set(paths)) == len(paths)
    assert len(plan.pieces) + len(plan.skipped) == len(names)
    for path in paths:
        assert Path(os.path.normpath(path)) == path
        assert folder in path.parents
        assert not any(other.is_relative_to(path) for other in paths if other != path)


@pytest.mark.fault("5.5")
@pytest.mark.parametrize(
    ("blob", "name"),
    [
        ("a.txt", "a.txt"), ("x/y/a.txt", "a.txt"), ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"), ("..", "blob"), ("x/..", "blob"), ("..\\..\\a", "a"),
        (".", "blob"), ("", "blob"), ("x/", "blob"), ("a\0", "blob"), ("n" * 300, "blob"),
    ],
)  # fmt: skip
def test_a_blob_that_is_saved_alone_leads_to_no_other_folder(blob: str, name: str) -> None:
    assert file_name(blob) == name
