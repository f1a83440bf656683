"""Many files at once: all are tried, and what failed is told."""

from pathlib import Path

import pytest

from batchtui.core.gateway import Counted, GatewayError
from batchtui.core.transfer import Piece, Progress, download_all, move_all, upload_all
from batchtui.core.upload_plan import plan_upload
from tests.fakes import FakeAccount, refused


async def test_reports_every_byte_and_every_file_there_and_back(tmp_path: Path) -> None:
    account = FakeAccount()
    account.storage.put("c")
    (tmp_path / "in").mkdir()
    for index in range(6):
        (tmp_path / "in" / f"{index}.bin").write_bytes(bytes(1_500))
    pieces = plan_upload(tmp_path / "in").pieces
    reports: list[Progress] = []
    assert await upload_all(account.storage, "c", pieces, reports.append) == ()
    assert reports[0] == Progress(0, 6, 0, 9_000)
    assert reports[-1] == Progress(6, 6, 9_000, 9_000)

    back = [Piece(tmp_path / "back" / piece.blob, piece.blob, piece.size) for piece in pieces]
    assert await download_all(account.storage, "c", back, reports.append) == ()
    assert reports[-1] == Progress(6, 6, 9_000, 9_000)
    assert all(piece.path.stat().st_size == 1_500 for piece in back)


@pytest.mark.fault("3.5")
async def test_each_is_tried_and_what_failed_is_told_in_order(tmp_path: Path) -> None:
    account = FakeAccount()
    account.storage.put("c", {f"{index:02}": b"x" for index in range(12)})
    del account.storage.held["c"]["07"]
    (tmp_path / "03").mkdir()
    (tmp_path / "03" / "in the way").touch()
    pieces = [Piece(tmp_path / f"{index:02}", f"{index:02}", 1) for index in range(12)]
    reports: list[Progress] = []
    failed = await download_all(account.storage, "c", pieces, reports.append)
    assert [each.piece.blob for each in failed] == ["03", "07"]
    assert [each.error.code for each in failed] == ["LocalFile", "BlobNotFound"]
    assert "03" in str(failed[0].error)
    assert reports[-1] == Progress(10, 12, 10, 12, failed=2)
    assert sum(path.is_file() for path in tmp_path.iterdir()) == 10


@pytest.mark.fault("3.5")
@pytest.mark.parametrize("bad", [1, 11, 12])
async def test_uploads_that_fail_stop_no_other(tmp_path: Path, bad: int) -> None:
    account = FakeAccount()
    account.storage.put("c")
    for index in range(12):
        (tmp_path / f"{index}.bin").write_bytes(b"x")
    account.calls.fail("upload", refused("no room"), times=bad)
    pieces = plan_upload(tmp_path).pieces
    failed = await upload_all(account.storage, "c", pieces, lambda _progress: None)
    assert len(failed) == bad
    assert account.calls.count("upload") == 12
    assert len(account.storage.held["c"]) == 12 - bad


async def test_bytes_of_what_failed_are_not_counted(tmp_path: Path) -> None:
    async def move(_piece: Piece, counted: Counted) -> None:
        counted(7)
        raise GatewayError("the connection broke off")

    reports: list[Progress] = []
    await move_all(move, [Piece(tmp_path / "a", "a", 9)], reports.append)
    assert [report.size for report in reports] == [0, 7, 0]


async def test_a_bug_is_no_failure_of_a_file(tmp_path: Path) -> None:
    async def move(_piece: Piece, _counted: Counted) -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        await move_all(move, [Piece(tmp_path / "a", "a", 9)], lambda _progress: None)
