from pathlib import Path

import pytest

from batchtui.core.gateway import GatewayError
from batchtui.core.transfer import Piece, Progress, download_all, planned, upload_all
from tests.fakes import FakeAccount, refused


def test_a_folder_keeps_its_name_and_its_tree(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.txt").write_bytes(b"12")
    (tmp_path / "in" / "deep" / "b.txt").write_bytes(b"3")
    (tmp_path / "c.txt").write_bytes(b"")
    pieces = planned([tmp_path / "in", tmp_path / "c.txt"])
    assert [(piece.blob, piece.size) for piece in pieces] == [
        ("in/a.txt", 2),
        ("in/deep/b.txt", 1),
        ("c.txt", 0),
    ]


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no file or folder .*nowhere"):
        planned([tmp_path / "nowhere"])


async def test_reports_every_byte_and_every_file_there_and_back(tmp_path: Path) -> None:
    account = FakeAccount()
    account.storage.put("c")
    for index in range(6):
        (tmp_path / f"{index}.bin").write_bytes(bytes(1_500))
    pieces = planned(sorted(tmp_path.iterdir()))
    reports: list[Progress] = []
    await upload_all(account.storage, "c", pieces, reports.append)
    assert reports[0] == Progress(0, 6, 0, 9_000)
    assert reports[-1] == Progress(6, 6, 9_000, 9_000)

    back = [Piece(tmp_path / "back" / piece.blob, piece.blob, piece.size) for piece in pieces]
    await download_all(account.storage, "c", back, reports.append)
    assert reports[-1] == Progress(6, 6, 9_000, 9_000)
    assert all(piece.path.stat().st_size == 1_500 for piece in back)


async def test_the_first_refusal_ends_it_as_what_it_is(tmp_path: Path) -> None:
    account = FakeAccount()
    account.storage.put("c")
    for index in range(9):
        (tmp_path / f"{index}.bin").write_bytes(b"x")
    account.calls.fail("upload", refused("no room"))
    with pytest.raises(GatewayError, match="no room"):
        await upload_all(
            account.storage, "c", planned(sorted(tmp_path.iterdir())), lambda _progress: None
        )
    assert account.calls.count("upload") < 9
