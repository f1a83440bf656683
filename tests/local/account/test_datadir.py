"""The data directory: keys, lock and announcement."""

import base64
import os
from pathlib import Path

import pytest

from batchtui.core.private_files import write_private
from batchtui.local.connection import Connection
from batchtui.local.datadir import DataDir
from batchtui.local.play import Play
from batchtui.local.trouble import LocalAccountError


@pytest.fixture
def directory(tmp_path: Path) -> DataDir:
    made = DataDir(tmp_path / "data")
    made.prepare()
    return made


def connection(directory: DataDir) -> Connection:
    return directory.reached(
        directory.identity(), "http://127.0.0.1:1001", "http://127.0.0.1:1002/s", False
    )


def test_keys_are_made_once_at_random_for_the_owner_alone(
    directory: DataDir, tmp_path: Path
) -> None:
    made = directory.identity()
    assert directory.identity() == made
    assert len(base64.b64decode(made.batch_key, validate=True)) == 64
    assert made.batch_key != made.storage_key
    assert (directory.path / "account.json").stat().st_mode & 0o777 == 0o600
    assert directory.path.stat().st_mode & 0o777 == 0o700
    other = DataDir(tmp_path / "other")
    other.prepare()
    assert other.identity().batch_key != made.batch_key


def test_no_repr_tells_a_key(directory: DataDir) -> None:
    identity = directory.identity()
    for text in (repr(identity), repr(connection(directory)), str(connection(directory))):
        assert identity.batch_key not in text
        assert identity.storage_key not in text


def test_a_second_account_is_refused(directory: DataDir) -> None:
    assert not directory.is_held()
    with directory.lock():
        assert directory.is_held()
        with (
            pytest.raises(LocalAccountError, match="Another local account is running on"),
            directory.lock(),
        ):
            pass
    with directory.lock():
        pass


def test_worlds_have_directories_of_their_own_and_keep_out_of_others(tmp_path: Path) -> None:
    assert DataDir(play=Play(Path("some/busy.toml"))).path.parts[-2:] == ("worlds", "busy")
    assert DataDir().path.name == "local"
    lasting = DataDir(tmp_path / "lasting")
    lasting.prepare()
    lasting.claim(simulated=False)
    lasting.identity()
    with pytest.raises(LocalAccountError, match="holds a local account, which a play would"):
        lasting.claim(simulated=True)
    lasting.claim(simulated=False)
    played = DataDir(tmp_path / "played")
    played.prepare()
    played.claim(simulated=True)
    played.identity()
    played.claim(simulated=True)
    with pytest.raises(LocalAccountError, match="belongs to a simulated world"):
        played.claim(simulated=False)


def test_an_announcement_lasts_as_long_as_the_account(directory: DataDir) -> None:
    assert directory.connection() is None
    here = connection(directory)
    with directory.announced(here, 42):
        assert directory.connection() == here
        assert (directory.path / "running.json").stat().st_mode & 0o777 == 0o600
    assert directory.connection() is None
    assert (directory.ports().batch, directory.ports().storage) == (1001, 1002)


@pytest.mark.parametrize("text", [b"", b"{", b'{"batchAccount": 1}', b'{"batchAccount": "\xff"}'])
def test_a_damaged_file_is_said(directory: DataDir, text: bytes) -> None:
    (directory.path / "account.json").write_bytes(text)
    with pytest.raises(LocalAccountError, match=r"account\.json"):
        directory.identity()


def test_a_directory_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalAccountError, match=r"cannot make .* Not a directory"):
        DataDir(tmp_path / "file" / "data").prepare()


def test_the_environment_is_what_other_programs_read(directory: DataDir) -> None:
    here = connection(directory)
    variables = here.environment()
    assert variables["AZURE_BATCH_ENDPOINT"] == "http://127.0.0.1:1001"
    assert variables["AZURE_STORAGE_CONNECTION_STRING"] == (
        f"DefaultEndpointsProtocol=http;AccountName={here.storage_account};"
        f"AccountKey={here.storage_key};BlobEndpoint=http://127.0.0.1:1002/s"
    )
    lines = here.exports().splitlines()
    assert f"export AZURE_BATCH_ACCESS_KEY='{here.batch_key}'" in lines
    assert len(lines) == len(variables) == 6


def test_a_private_file_is_whole_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    write_private(path, "old")

    def full(descriptor: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_private(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]
