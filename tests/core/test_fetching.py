"""What is downloaded lands below the folder, and nowhere else."""

from pathlib import Path

from batchtui.core.fetching import fetch, matching
from batchtui.core.models import Blob
from tests.fakes import FakeAccount


async def test_a_pattern_takes_whole_names_and_slashes_too() -> None:
    account = FakeAccount()
    account.storage.put("out", {"a.txt": b"a", "b/c.txt": b"bc", "b/c.bin": b"x"})
    names = [blob.name for blob in await matching(account.storage, "out", "*.txt")]
    assert names == ["a.txt", "b/c.txt"]
    assert len(await matching(account.storage, "out", "*")) == 3


def test_the_tree_is_kept_and_nothing_leaves_the_folder(tmp_path: Path) -> None:
    names = ("a/b.txt", "../evil", "/etc/passwd", "a/../../evil", "a\\..\\..\\evil", "plain")
    plan = fetch([Blob(name, 3) for name in names], tmp_path)
    assert [piece.path for piece in plan.pieces] == [tmp_path / "a" / "b.txt", tmp_path / "plain"]
    assert plan.size == 6
    assert plan.refused == names[1:5]
    (tmp_path / "plain").touch()
    assert plan.there_already() == (tmp_path / "plain",)
