"""Data directories that cannot be used: a sentence and exit code 2, whatever is wrong with them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from batchtui.cli.main import main
from tests.local.disks import mounted


def a_file(path: Path) -> Path:
    path.write_text("")
    return path


def below_a_file(path: Path) -> Path:
    path.write_text("")
    return path / "data"


def a_link_in_circles(path: Path) -> Path:
    path.symlink_to(path)
    return path


def holding(name: str) -> Callable[[Path], Path]:
    """One in which a folder has the place of a file, or the other way round."""

    def make(path: Path) -> Path:
        path.mkdir()
        if "." in name or name in ("lock", "warden"):
            (path / name).mkdir()
        else:
            (path / name).write_text("")
        return path

    return make


@pytest.mark.parametrize(
    "make",
    [
        a_file,
        below_a_file,
        a_link_in_circles,
        lambda path: Path("/proc/batchtui"),
        lambda path: Path("~no-such-user/data"),
        lambda path: path / ("x" * 300),
        holding("lock"),
        holding("warden"),
        holding("image"),
        holding("account.db"),
        holding("account.json"),
    ],
    ids=[
        "a file",
        "below a file",
        "a link in circles",
        "in proc",
        "of no user",
        "a long name",
        "lock",
        "warden",
        "image",
        "database",
        "keys",
    ],
)
def test_a_directory_that_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make: Callable[[Path], Path]
) -> None:
    code = main(["local", "--data-dir", str(make(tmp_path / "data"))])
    said = capsys.readouterr().err
    assert code == 2
    assert said.count("\n") == 1
    assert "--data-dir" in said or "Cannot keep the account in" in said
    assert "Traceback" not in said


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", "ro,size=1m") as folder:
        yield folder


@pytest.mark.parametrize("below", ["", "data"])
def test_a_disk_that_is_read_only(
    read_only: Path, capsys: pytest.CaptureFixture[str], below: str
) -> None:
    code = main(["local", "--data-dir", str(read_only / below)])
    said = capsys.readouterr().err
    assert code == 2
    assert "Read-only file system" in said


@pytest.mark.skipif(os.getuid() == 0, reason="nothing is forbidden to root")
def test_a_directory_of_somebody_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    assert main(["local", "--data-dir", str(tmp_path / "data")]) == 2
    assert "Permission denied" in capsys.readouterr().err


def test_a_connection_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env_file = tmp_path / "no such folder" / "env"
    code = main(["local", "--data-dir", str(tmp_path / "data"), "--env-file", str(env_file)])
    assert code == 2
    assert "--env-file" in capsys.readouterr().err
    assert not (tmp_path / "data" / "running.json").exists()
