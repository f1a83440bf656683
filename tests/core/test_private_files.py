"""Folders and files are closed to others from the moment they are made."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchtui.core.private_files import (
    opener,
    private_folder,
    readable_by_others,
    write_private,
)


@pytest.fixture(autouse=True, params=[0, 0o022, 0o077])
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.fault("5.6")
def test_a_folder_and_those_above_it(tmp_path: Path) -> None:
    private_folder(tmp_path / "a" / "b")
    assert (mode(tmp_path / "a"), mode(tmp_path / "a" / "b")) == (0o700, 0o700)
    private_folder(tmp_path / "a" / "b")


@pytest.mark.fault("5.6")
def test_a_folder_of_before_is_closed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a").chmod(0o755)
    private_folder(tmp_path / "a")
    assert mode(tmp_path / "a") == 0o700


@pytest.mark.fault("5.6")
def test_a_file_is_written_whole_and_for_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.touch()
    file.chmod(0o644)
    write_private(file, "one")
    write_private(file, b"two")
    assert (file.read_text(), mode(file)) == ("two", 0o600)
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


@pytest.mark.fault("5.6")
def test_a_file_that_is_opened(tmp_path: Path) -> None:
    for name in ("new", "old"):
        file = tmp_path / name
        if name == "old":
            file.touch()
            file.chmod(0o666)
        with open(file, "a", opener=opener) as stream:
            stream.write("x")
        assert mode(file) == 0o600


def test_the_null_device_stays_as_it_is() -> None:
    before = mode(Path(os.devnull))
    with open(os.devnull, "a", opener=opener):
        pass
    assert mode(Path(os.devnull)) == before


def test_what_others_may_read(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.touch()
    for given, seen in ((0o600, 0), (0o400, 0), (0o640, 0o640), (0o604, 0o604)):
        file.chmod(given)
        assert readable_by_others(file) == seen
